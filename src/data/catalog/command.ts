import { parseArgs } from 'node:util';
import { AppError } from '../../lib/app-error.ts';
import { checkCommand } from './check-command.ts';
import type { CatalogFlags, CatalogIo } from './command-io.ts';
import { draftCommand } from './draft-command.ts';

const HELP = `npm run catalog -- draft [--database FILE] [--out FILE]
  Reads the tables of a warehouse and writes a catalog with a guessed mapping, each guess with its reason.
npm run catalog -- check [--catalog FILE] [--database FILE] [--data DIR]
  Checks a catalog against a warehouse: prints ok and what is read from where, or a line per mistake.

  --database FILE  DuckDB database, opened for reading only; without it the account of
                   WAREHOUSE=snowflake, else the one of DATA_DIR
  --out FILE       new file to write the draft to; without it the draft is printed
  --catalog FILE   the catalog to check; without it the one that the service would use
  --data DIR       folder of the import's source files; without it the folder of the catalog
  --help           these lines
`;

const SUBCOMMANDS = { draft: draftCommand, check: checkCommand } as const;

/**
 * `npm run catalog`. The exit code: 0 done, 1 the catalog has mistakes or what was asked cannot be done, 2 wrong use.
 */
export async function catalogCommand(args: readonly string[], io: CatalogIo): Promise<number> {
  const parsed = parse(args);
  if ('problem' in parsed) {
    io.stderr(parsed.problem);
    io.stderr(HELP.trimEnd());
    return 2;
  }
  if (parsed.isHelp) {
    io.stdout(HELP.trimEnd());
    return 0;
  }
  try {
    return await SUBCOMMANDS[parsed.name](parsed.flags, io);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.stderr(error.detail);
    return 1;
  }
}

const FLAGS = {
  draft: ['out', 'database'],
  check: ['catalog', 'database', 'data'],
} as const;

type Parsed =
  | { readonly problem: string }
  | { readonly isHelp: true }
  | { readonly isHelp: false; readonly name: keyof typeof SUBCOMMANDS; readonly flags: CatalogFlags };

function parse(args: readonly string[]): Parsed {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: text, catalog: text, database: text, data: text, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return { isHelp: true };
    const [name, ...more] = positionals;
    if (name !== 'draft' && name !== 'check')
      return { problem: name === undefined ? 'say draft or check' : `there is no catalog command ${name}` };
    const { help: _, ...flags } = values;
    const stray = [
      ...more,
      ...Object.keys(flags)
        .filter((flag) => !FLAGS[name].some((known) => known === flag))
        .map((flag) => `--${flag}`),
    ];
    return stray.length > 0 ? { problem: `${name} does not take ${stray.join(' ')}` } : { isHelp: false, name, flags };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
