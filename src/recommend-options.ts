import { extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CommandIo } from './commands.ts';
import type { ROW_FORMATS } from './delivery/formats.ts';

const USAGE = `npm run recommend -- --out FILE [--format csv|ndjson] [--limit N] [--database FILE]

  --out FILE       where the lists go; an existing file is replaced when all are there
  --format WORD    csv or ndjson; by the name of FILE when left out, csv for any other name
  --limit N        products for each customer, 1 to 100 (default 10)
  --database FILE  a DuckDB file; what the service would serve when left out
  --help           print this

Writes what to offer every customer next, the rows of the analysis cross-sell.recommendations. Nobody else may have
the database open meanwhile; a running service streams the same at /v1/analyses/cross-sell.recommendations.
Exit code: 0 done, 1 not carried out, 2 wrong use.`;

export type RecommendOptions = {
  readonly out: string;
  readonly format: keyof typeof ROW_FORMATS;
  readonly limit: number;
  readonly database: string | undefined;
};

const MOST = 100;

/** What the arguments ask for, or the exit code when they were answered or refused. */
export function readRecommendOptions(args: readonly string[], io: CommandIo): RecommendOptions | number {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    if (values.help) {
      io.stdout(USAGE);
      return 0;
    }
    if (values.out === undefined || values.out === '') throw new TypeError('--out FILE is missing');
    return {
      out: resolve(io.cwd, values.out),
      format: formatOf(values.format, values.out),
      limit: limitOf(values.limit),
      database: values.database === undefined ? undefined : resolve(io.cwd, values.database),
    };
  } catch (error) {
    io.stderr(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

function formatOf(word: string | undefined, file: string): RecommendOptions['format'] {
  if (word === 'csv' || word === 'ndjson') return word;
  if (word !== undefined) throw new TypeError(`--format is csv or ndjson, not ${JSON.stringify(word)}`);
  return ['.ndjson', '.jsonl'].includes(extname(file).toLowerCase()) ? 'ndjson' : 'csv';
}

function limitOf(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST)
    throw new TypeError(`--limit is a whole number from 1 to ${MOST}, not ${JSON.stringify(text)}`);
  return limit;
}

const FLAGS = {
  out: { type: 'string' },
  format: { type: 'string' },
  limit: { type: 'string', default: '10' },
  database: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;
