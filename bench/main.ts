/*
 * npm run bench [-- --size S,M,L] [--only analyses,account] [--check] [--write] [--smoke]
 *
 *   demo data ─ copy for raw DuckDB ─ service as a process of its own ─ figures ─ table ─ docs/performance.md (--write)
 *
 * --check fails when a ratio is worse than the recorded one by half; --smoke runs size S with short loads and no check.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { MEASURES, type BenchWorld, type Figure, type Recorded, type Size } from './figures.ts';
import { performancePage } from './performance-page.ts';
import { startService } from './service.ts';

const RECORDED = 'bench/recorded.json';
const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'S,M,L' },
    check: { type: 'boolean' },
    write: { type: 'boolean' },
    smoke: { type: 'boolean' },
    only: { type: 'string', default: Object.keys(MEASURES).join() },
  },
});

const only = options.only.split(',').map((name) => name.trim());
const strange = only.find((name) => !Object.hasOwn(MEASURES, name));
if (strange !== undefined)
  throw new Error(`there is no measure ${strange}; there are ${Object.keys(MEASURES).join(', ')}`);
const sizes = (options.smoke ? 'S' : options.size).split(',').map((size) => size.trim().toUpperCase() as Size);
const measured: Partial<Record<Size, Figure[]>> = {};
for (const size of sizes) measured[size] = await measureSize(size);

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node.js ${process.version}`;
const known: Recorded | undefined = existsSync(RECORDED)
  ? (JSON.parse(readFileSync(RECORDED, 'utf8')) as Recorded)
  : undefined;
if (options.write) {
  const recorded: Recorded = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    sizes: { ...known?.sizes, ...withThoseBefore(measured, known?.sizes) },
  };
  writeFileSync(RECORDED, `${JSON.stringify(recorded, undefined, 2)}\n`);
  writeFileSync('docs/performance.md', performancePage(recorded));
}
if (options.check) {
  const worse = sizes.flatMap((size) =>
    (measured[size] ?? []).filter((figure) => isWorseByHalf(figure, known?.sizes[size])),
  );
  for (const { name, value } of worse)
    console.error(`worse than recorded by more than half: ${name} is now ${value.toFixed(2)}`);
  process.exitCode = worse.length > 0 ? 1 : 0;
}

async function measureSize(size: Size): Promise<Figure[]> {
  const folder = resolve('data', 'bench', size);
  const database = join(folder, 'demo.duckdb');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(database)) {
    const made = spawnSync(process.execPath, ['--env-file=runtime.env', 'src/cli.ts', 'demo', '--size', size], {
      env: { ...process.env, DATA_DIR: folder },
      stdio: 'inherit',
    });
    if (made.status !== 0) throw new Error('the demo data could not be made');
  }
  const copy = join(folder, 'raw.duckdb');
  copyFileSync(database, copy);
  const instance = await DuckDBInstance.create(copy);
  const service = await startService(folder, { MEMORY_LIMIT: '1GB' });
  try {
    const raw = await instance.connect();
    const counts = await raw.runAndReadAll(
      'select (select count(*) from customers), (select count(*) from products), (select count(*) from customer_products)',
    );
    const [customers, products, relationships] = counts.getRows()[0]!.map(Number) as [number, number, number];
    return await runMeasures({ service, size, raw, customers, products, relationships });
  } finally {
    await service.stop();
    instance.closeSync();
    rmSync(copy);
  }
}

async function runMeasures(world: BenchWorld): Promise<Figure[]> {
  console.log(
    `\nsize ${world.size}: ${world.customers} customers, ${world.products} products, ${world.relationships} relationships`,
  );
  const figures: Figure[] = [];
  for (const name of only) {
    for (const figure of await MEASURES[name]!(world)) {
      figures.push(figure);
      const aim = figure.aim === undefined ? '' : `  (aim ${figure.better === 'lower' ? '<=' : '>='} ${figure.aim})`;
      console.log(`  ${figure.name.padEnd(56)} ${figure.value.toFixed(2).padStart(10)} ${figure.unit}${aim}`);
    }
  }
  return figures;
}

/** With --only the other figures stay as they were recorded; those that are measured anew take their places, new ones come last. */
function withThoseBefore(now: Partial<Record<Size, Figure[]>>, before: Recorded['sizes'] = {}): Recorded['sizes'] {
  return Object.fromEntries(
    Object.entries(now).map(([size, figures]) => {
      const kept = options.only === Object.keys(MEASURES).join() ? [] : (before[size as Size] ?? []);
      const byName = new Map([...kept, ...figures].map((figure) => [figure.name, figure]));
      return [size, [...byName.values()]];
    }),
  );
}

function isWorseByHalf({ name, unit, value, better }: Figure, recorded: readonly Figure[] | undefined): boolean {
  const before = recorded?.find((figure) => figure.name === name)?.value;
  if (unit !== 'ratio' || before === undefined) return false;
  return better === 'lower' ? value > before * 1.5 : value < before / 1.5;
}
