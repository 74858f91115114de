import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { BenchWorld, Figure } from './figures.ts';

const MEMORY_LIMIT = '1.5GB';
const MB = 1024 * 1024;
const TABLES = ['customers', 'products', 'customer_products'];

/**
 * The command that fills an empty service from CSV files, the relationships in no order, with all checks; against
 * DuckDB that only reads the file of relationships into a table, typed, with the same memory limit.
 */
export async function importFromCsv({ raw, size, relationships }: BenchWorld): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
  try {
    const columns = new Map<string, readonly string[]>();
    for (const table of TABLES) columns.set(table, await writeCsv(raw, table, join(folder, `${table}.csv`)));
    writeFileSync(join(folder, 'catalog.yaml'), catalogOf(columns));
    const bySelf = await rawSeconds(folder);
    const { seconds, peak } = await importSeconds(folder, relationships);
    const aims = size === 'L' ? { seconds: { aim: 120 }, peak: { aim: 2560 } } : { seconds: {}, peak: {} };
    return [
      { name: 'import of all tables from CSV', value: seconds, unit: 's', better: 'lower', ...aims.seconds },
      { name: 'import / raw DuckDB, read without checks', value: seconds / bySelf, unit: 'ratio', better: 'lower' },
      { name: 'peak memory of the import', value: peak / MB, unit: 'MB', better: 'lower', ...aims.peak },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeCsv(raw: BenchWorld['raw'], table: string, path: string): Promise<readonly string[]> {
  const key = table === 'customer_products' ? 'relationship_id' : '1';
  await raw.run(`copy (select * from ${table} order by hash(${key})) to '${path}' (header)`);
  return (await raw.runAndReadAll(`select * from ${table} limit 0`)).columnNames();
}

/** Columns that are not of the core tables are attributes of the demo. */
function catalogOf(columns: ReadonlyMap<string, readonly string[]>): string {
  const sources = TABLES.map((table) => `    ${table}_file: { file: ${table}.csv }`);
  const tables = TABLES.map(
    (table) =>
      `    ${table}: { sql: "select ${columns.get(table)!.join(', ')} from ${table}_file", on_reject: reject }`,
  );
  return `version: 1
tables:
  customers: { attributes: { newsletter: { type: boolean, description: Has the newsletter. } } }
  products: { attributes: { list_price: { type: decimal, description: Price in the list., unit: EUR } } }
imports:
  sources:
${sources.join('\n')}
  tables:
${tables.join('\n')}
`;
}

const TYPES =
  'cast(start_date as date) as start_date, cast(end_date as date) as end_date, cast(value as decimal(15,2)) as value';

async function rawSeconds(folder: string): Promise<number> {
  const file = join(folder, 'raw.duckdb');
  const instance = await DuckDBInstance.create(file, { memory_limit: MEMORY_LIMIT, temp_directory: `${file}.tmp` });
  try {
    const connection = await instance.connect();
    const from = `read_csv('${join(folder, 'customer_products.csv')}', all_varchar = true)`;
    const started = performance.now();
    await connection.run(`create table customer_products as select * replace (${TYPES}) from ${from}`);
    await connection.run('checkpoint');
    return (performance.now() - started) / 1000;
  } finally {
    instance.closeSync();
  }
}

async function importSeconds(folder: string, relationships: number): Promise<{ seconds: number; peak: number }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--env-file=runtime.env', 'src/cli.ts', 'import', '--catalog', join(folder, 'catalog.yaml'), '--json'],
    { env: { ...process.env, DATA_DIR: join(folder, 'data'), MEMORY_LIMIT }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let [said, peak] = ['', 0];
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const probe = setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), 50);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(probe);
  const seconds = (performance.now() - started) / 1000;
  const { tables } = JSON.parse(said) as { tables: { table: string; rowsIn: number }[] };
  const rowsIn = tables.find(({ table }) => table === 'customer_products')?.rowsIn;
  if (code !== 0 || rowsIn !== relationships) throw new Error(`the import ended with ${code}: ${said.slice(0, 1000)}`);
  return { seconds, peak };
}

/** The most memory that the process ever had; 0 when it has just ended. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
