import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { IMPORT_MODES, ON_MISSING_REFERENCE, ON_REJECT, type ImportOverrides } from '../../data/catalog/import-plan.ts';

/** Where the command reads and writes. */
export type ImportIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  readonly isTerminal?: boolean;
};

const USAGE = `npm run import -- --catalog FILE [--data DIR] [--mode MODE] [--on-error WORD]
                  [--on-missing-reference WORD] [--dry-run] [--json]

  --catalog FILE  catalog (YAML) whose imports section says how files become rows
  --data DIR      folder of the files; that of the catalog when left out
  --mode replace|append|upsert
                  replace: the tables hold these rows alone; append: they join the
                  stored ones; upsert: they join them and replace those with their id
  --on-error abort|reject
                  one bad row stops the import, or bad rows are left out and reported
  --on-missing-reference reject|placeholder
                  a relationship without its customer or product is a bad row, or is
                  stored with a row that holds only the missing id
  --dry-run       do everything, report, and change nothing
  --json          print the report as JSON
  --help          print this

Fills the managed tables that the catalog's imports name, all or nothing, in DATA_DIR/main.duckdb. What is said here
wins over the catalog.
Exit code: 0 done, 1 not carried out, 2 wrong use.`;

export type Options = {
  readonly catalog: string;
  readonly data: string | undefined;
  readonly overrides: ImportOverrides;
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
      overrides: {
        mode: oneOf(IMPORT_MODES, '--mode', values.mode),
        onReject: oneOf(ON_REJECT, '--on-error', values['on-error']),
        onMissingReference: oneOf(ON_MISSING_REFERENCE, '--on-missing-reference', values['on-missing-reference']),
      },
      isDryRun: values['dry-run'],
      json: values.json,
    };
  } catch (error) {
    io.stderr(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

function oneOf<W extends string>(words: readonly W[], flag: string, value: string | undefined): W | undefined {
  const known = words.find((word) => word === value);
  if (known !== value) throw new TypeError(`${flag} is ${words.join(' or ')}, not ${JSON.stringify(value)}`);
  return known;
}

const FLAGS = {
  catalog: { type: 'string' },
  data: { type: 'string' },
  mode: { type: 'string' },
  'on-error': { type: 'string' },
  'on-missing-reference': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
