import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** Where the command reads and writes. */
export type ImportIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  readonly isTerminal?: boolean;
};

const USAGE = `npm run import -- --catalog FILE [--data DIR] [--dry-run] [--json]

  --catalog FILE  catalog (YAML) whose imports section says how files become rows
  --data DIR      folder of the files; that of the catalog when left out
  --dry-run       do everything, report, and change nothing
  --json          print the report as JSON
  --help          print this

Replaces the managed tables that the catalog's imports name, all or nothing, in DATA_DIR/main.duckdb.
Exit code: 0 done, 1 not carried out, 2 wrong use.`;

export type Options = {
  readonly catalog: string;
  readonly data: string | undefined;
  readonly isDryRun: boolean;
  readonly json: boolean;
};

/** What the arguments ask for, or the exit code when they were answered or refused. */
export function readOptions(args: readonly string[], io: ImportIo): Options | number {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    if (values.help) {
      io.stdout(USAGE);
      return 0;
    }
    if (values.catalog === undefined) throw new TypeError('--catalog FILE is missing');
    return {
      catalog: resolve(io.cwd, values.catalog),
      data: values.data === undefined ? undefined : resolve(io.cwd, values.data),
      isDryRun: values['dry-run'],
      json: values.json,
    };
  } catch (error) {
    io.stderr(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

const FLAGS = {
  catalog: { type: 'string' },
  data: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
