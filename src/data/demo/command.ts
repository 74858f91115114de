import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings, type Settings } from '../../config/settings.ts';
import { chooseSource, dataPaths } from '../source.ts';
import { makeDemoFile, readTruth, truthFile } from './demo-file.ts';
import { DEFAULT_SEED, progressLine } from './ensure.ts';
import type { DemoTruth } from './truth.ts';
import { DEMO_SIZES, type DemoSize } from './world.ts';

type Io = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
};
type Wish = { readonly size: DemoSize; readonly seed: number; readonly isForced: boolean };

const HELP = `npm run demo -- [--size S|M|L] [--seed N] [--force]

Makes demo data in DATA_DIR/demo.duckdb and says in demo-truth.json what is planted in it (docs/demo-data.md).

  --size   S: 10,000 customers, 500 products, 100,000 relationships (the default)
           M: 100,000, 1,000, 2 million;  L: 1 million, 10,000, 20 million
  --seed   a whole number from 0 to 4294967295 (default ${DEFAULT_SEED}); the same size and seed give the same rows
  --force  make it again also when the same is there already`;

/** `npm run demo`. Gives 0 when the data is there, 2 for wrong use; throws AppError when it cannot be made. */
export async function demoCommand(args: readonly string[], io: Io): Promise<number> {
  const wish = readWish(args);
  if (typeof wish === 'string') {
    (wish === HELP ? io.stdout : io.stderr)(wish);
    return wish === HELP ? 0 : 2;
  }
  const read = readSettings(io.env);
  const settings: Settings = { ...read, DATA_DIR: resolve(io.cwd, read.DATA_DIR) };
  const { demo } = dataPaths(settings);
  const there = existsSync(demo) ? await readTruth(settings) : undefined;
  if (!wish.isForced && there?.size === wish.size && there.seed === wish.seed) {
    io.stdout(`${demo} is there already (${summary(there)}); --force makes it again`);
  } else {
    const started = performance.now();
    const truth = await makeDemoFile({ settings, ...wish, existing: 'replace', progress: progressLine(io.stderr) });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    io.stdout(`${demo}: ${summary(truth)}; ${megabytes(demo)} MB in ${seconds} s`);
    io.stdout(`${truthFile(settings)} says what is planted`);
  }
  const { kind } = chooseSource(settings, dataPaths(settings));
  if (kind === 'main') io.stderr('the service does not serve it: there is own data, a CATALOG is set, or DEMO=off');
  return 0;
}

/** What is asked for, or the text to show instead. */
function readWish(args: readonly string[]): Wish | string {
  const options = {
    size: { type: 'string', default: 'S' },
    seed: { type: 'string', default: String(DEFAULT_SEED) },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return HELP;
    const size = Object.keys(DEMO_SIZES).find((name): name is DemoSize => name === values.size.toUpperCase());
    if (size === undefined) return `--size ${values.size}: one of S, M, L`;
    const seed = /^\d{1,10}$/.test(values.seed) ? Number(values.seed) : NaN;
    if (!(seed < 2 ** 32)) return `--seed ${values.seed}: a whole number from 0 to ${2 ** 32 - 1}`;
    return { size, seed, isForced: values.force };
  } catch (error) {
    return `${(error as Error).message}\n\n${HELP}`;
  }
}

function summary({ size, seed, rows }: DemoTruth): string {
  const count = (number: number) => number.toLocaleString('en');
  return `size ${size}, seed ${seed}: ${count(rows.customers)} customers, ${count(rows.products)} products, ${count(rows.customer_products)} relationships`;
}

function megabytes(file: string): string {
  return (statSync(file).size / 1024 ** 2).toFixed(0);
}
