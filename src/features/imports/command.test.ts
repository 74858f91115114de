import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { referenceData } from '../../../test/reference-data.ts';
import { importReports } from '../../data/state/import-reports.ts';
import { openState } from '../../data/state/open-state.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { importCommand } from './command.ts';
import { ImportReport } from './model.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-command-'));
  await writeFile(join(folder, 'items.csv'), 'id,name\nP1,Tea\nP2,Pot\n');
  await writeFile(join(folder, 'catalog.yaml'), catalogOf('select id as product_id, name as product_name from items'));
});
afterEach(() => rm(folder, { recursive: true }));

const catalogOf = (sql: string) =>
  `version: 1\nimports:\n  sources:\n    items: { file: items.csv }\n  tables:\n    products:\n      sql: ${sql}\n`;

type Run = { code: number; out: string[]; err: string[] };

/** Runs the command in `folder`; `onLine` hears each progress line. */
async function run(args: readonly string[], onLine: (line: string) => void = () => {}, env = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await importCommand(args, {
    env: { DATA_DIR: join(folder, 'data'), THREADS: '2', MEMORY_LIMIT: '500MB', ...env },
    cwd: folder,
    stdout: (line) => out.push(line),
    stderr: (line) => {
      err.push(line);
      onLine(line);
    },
  });
  return { code, out, err };
}

const MINE = ['--catalog', 'catalog.yaml'];
const files = () => readdir(join(folder, 'data'));

/** Rows of a statement on the database that the import left. */
async function rows(text: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(join(folder, 'data', 'main.duckdb'));
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(text)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
const names = () => rows('select product_name from products order by 1').then((all) => all.flat());

/** Another process that has a database of the folder open. */
async function holder(name: string): Promise<{ letGo(): Promise<void> }> {
  const other = otherProcess(
    { DuckDBInstance: new URL('../../../node_modules/@duckdb/node-api/lib/index.js', import.meta.url) },
    `const held = await DuckDBInstance.create(${JSON.stringify(join(folder, 'data', name))}); say('open');
     process.stdin.on('end', () => { held.closeSync(); process.exit(); }).resume();`,
  );
  await other.until((lines) => lines.includes('open'));
  const letGo = async () => {
    other.child.stdin.end();
    await other.ended;
  };
  return { letGo };
}

describe('use', () => {
  test('help', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^npm run import -- --catalog FILE/);
  });

  test.each<[string, string[], RegExp]>([
    ['no catalog', [], /--catalog FILE is missing/],
    ['an unknown flag', ['--catalogue', 'x'], /Unknown option '--catalogue'/],
    ['a flag without its value', ['--catalog'], /argument missing/],
    ['a mode that is none', [...MINE, '--mode', 'merge'], /--mode is replace or append or upsert, not "merge"/],
    ['an odd word on errors', [...MINE, '--on-error', 'skip'], /--on-error is reject or abort, not "skip"/],
    ['another', [...MINE, '--on-missing-reference', ''], /--on-missing-reference is reject or placeholder, not ""/],
    ['words', [...MINE, 'now'], /Unexpected argument 'now'/],
  ])('%s', async (_name, args, problem) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err[0]).toMatch(problem);
    expect(err[0]).toContain('npm run import -- ');
  });

  test.each<[string, string[], object, RegExp]>([
    ['a catalog that is not there', ['--catalog', 'none.yaml'], {}, /the catalog cannot be read: ENOENT/],
    ['a catalog with a mistake', ['--catalog', 'items.csv'], {}, /items\.csv:1:1/],
    ['data that is not there', [...MINE, '--data', 'none'], {}, /there is no file .*none/],
    ['a setting with a mistake', MINE, { PORT: 'x' }, /PORT="x"/],
    ['a database that cannot be made', MINE, { DUCKDB_FILE: '/dev/null/x' }, /x\.importing cannot be opened/],
    ['a folder that cannot be made', MINE, { DATA_DIR: '/dev/null/x' }, /the folder cannot be made/],
  ])('%s', async (_name, args, env, problem) => {
    const { code, err } = await run(args, undefined, env);
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(problem);
  });
});

describe('a first import', () => {
  test('makes the folders, the database and the kept catalog, and says what is next', async () => {
    const { code, out, err } = await run([...MINE, '--data', '.']);
    expect(code).toBe(0);
    expect((await files()).sort()).toEqual([
      'catalog.yaml',
      'exports',
      'main.duckdb',
      'processed',
      'raw',
      'state.sqlite',
    ]);
    expect(await names()).toEqual(['Pot', 'Tea']);
    expect(out).toContain('products        2         0         0         2        0');
    expect(out.at(-1)).toMatch(/^next: npm start/);
    expect(err.some((line) => /^ +\d\.\d s {2}products: storing {2}2 rows$/.test(line))).toBe(true);
    expect(await readFile(join(folder, 'data/catalog.yaml'), 'utf8')).toMatch(
      /^# Kept by npm run import.*\nversion: 1\n/,
    );
  });

  test('as JSON prints nothing but the report', async () => {
    const { code, out, err } = await run([...MINE, '--json']);
    expect(code).toBe(0);
    expect(Value.Check(ImportReport, JSON.parse(out.join('\n')))).toBe(true);
    expect(err.at(-1)).toMatch(/^next: npm start/);
  });

  test('is recorded with its report, like one that is tried out', async () => {
    await run([...MINE, '--dry-run']);
    await run(MINE);
    const state = openState({ file: join(folder, 'data/state.sqlite'), clock: () => new Date() });
    const [last, first] = await importReports(state).list(tenant('default'), 10);
    state.close();
    expect([first!.outcome, last!.outcome]).toEqual(['checked', 'imported']);
    expect(Value.Check(ImportReport, last!.report)).toBe(true);
  });

  test('that is tried out, or fails, leaves no database behind', async () => {
    expect(await run([...MINE, '--dry-run'])).toMatchObject({ code: 0 });
    expect(await files()).toEqual(['exports', 'processed', 'raw', 'state.sqlite']);
    await writeFile(join(folder, 'items.csv'), 'id,name\nP1\n');
    const { code, out } = await run(MINE);
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/line 2: P1[^]*NOT IMPORTED, nothing was changed: .*1 of items\.csv/);
    expect(await files()).toEqual(['exports', 'processed', 'raw', 'state.sqlite']);
  });

  test('leaves another first import alone that is under way', async () => {
    await mkdir(join(folder, 'data'));
    const other = await holder('main.duckdb.importing');
    const { code, err } = await run(MINE);
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/Another process has .*main\.duckdb\.importing open/);
    expect(await files()).toContain('main.duckdb.importing');
    await other.letGo();
    expect(await run(MINE)).toMatchObject({ code: 0 });
    expect(await files()).not.toContain('main.duckdb.importing');
  });

  test('after one that was killed starts from nothing', async () => {
    await run(MINE);
    await rename(join(folder, 'data/main.duckdb'), join(folder, 'data/main.duckdb.importing'));
    const empty = "select 'C1' as customer_id from items where id = 'P1'";
    await writeFile(join(folder, 'catalog.yaml'), catalogOf(empty).replace('products:', 'customers:'));
    expect(await run(MINE)).toMatchObject({ code: 0 });
    expect(await names()).toEqual([]);
    expect(await rows('select customer_id from customers')).toEqual([['C1']]);
  });
});

describe('a later import', () => {
  beforeEach(async () => {
    expect(await run(MINE)).toMatchObject({ code: 0 });
    await writeFile(join(folder, 'items.csv'), 'id,name\nP1,New\n');
  });

  test('replaces the rows', async () => {
    expect(await run(MINE)).toMatchObject({ code: 0 });
    expect(await names()).toEqual(['New']);
    expect(await rows('select version from service.data_versions')).toEqual([['2'], ['2'], ['2']]);
  });

  test('by other words than the catalog says', async () => {
    const words = ['--mode', 'append', '--on-error', 'reject', '--on-missing-reference', 'placeholder'];
    const { code, out } = await run([...MINE, ...words, '--json']);
    expect(code).toBe(0);
    const { tables } = JSON.parse(out.join('\n')) as ImportReport;
    expect(tables).toMatchObject([{ rowsIn: 1, rejected: 1, rejects: [{ reason: 'product_id.taken' }] }]);
    expect(await names()).toEqual(['Pot', 'Tea']);
  });

  test('keeps the catalog with its datasets in the folder of the files', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await rename(join(folder, 'items.csv'), join(folder, 'elsewhere/items.csv'));
    const text = await readFile(join(folder, 'catalog.yaml'), 'utf8');
    await writeFile(join(folder, 'catalog.yaml'), `${text}tables:\n  raw: { file: items.csv }\n`);
    expect(await run([...MINE, '--data', 'elsewhere'])).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'data/catalog.yaml'), 'utf8')).toContain(join(folder, 'elsewhere', 'items.csv'));
    expect((await run(MINE)).err.join('\n')).toMatch(
      /catalog\.yaml:4:20 there is no file .*\n.*catalog\.yaml:9:16 there is/,
    );
  });

  test('leaves a catalog alone that no import wrote', async () => {
    await writeFile(join(folder, 'data/catalog.yaml'), 'version: 1\n');
    const { code, out } = await run(MINE);
    expect(code).toBe(0);
    expect(out.at(-2)).toMatch(/was not written by an import and stays: to serve by this one, set CATALOG=/);
    expect(await readFile(join(folder, 'data/catalog.yaml'), 'utf8')).toBe('version: 1\n');
  });

  test('that fails or is a dry run changes nothing', async () => {
    expect(await run([...MINE, '--dry-run'])).toMatchObject({ code: 0 });
    await writeFile(join(folder, 'catalog.yaml'), catalogOf("select error('no') as product_id from items"));
    const { code, out } = await run(MINE);
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/NOT IMPORTED, nothing was changed: products: mapping: .*no/);
    expect(await names()).toEqual(['Pot', 'Tea']);
  });

  test.each(['checking items.csv', 'products: storing', 'committing'])('stops on Ctrl+C while %s', async (phase) => {
    const listeners = process.listenerCount('SIGINT');
    const { code, out } = await run(MINE, (line) => line.includes(phase) && process.emit('SIGINT'));
    expect(code).toBe(1);
    expect(out.join('\n')).toContain(`NOT IMPORTED, nothing was changed: stopped while ${phase}`);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    expect(await names()).toEqual(['Pot', 'Tea']);
  });

  test('stops a statement that runs', async () => {
    // It would take for ever: only the signal ends it.
    const endless =
      'select count(*)::varchar as product_id from range(1000000) a, range(1000000) b, items where a.range + b.range < 0';
    await writeFile(join(folder, 'catalog.yaml'), catalogOf(endless));
    const onLine = (line: string) =>
      line.includes('products: mapping') && setTimeout(() => process.emit('SIGTERM'), 50);
    const { code, out } = await run(MINE, onLine);
    expect(code).toBe(1);
    expect(out.join('\n')).toContain('NOT IMPORTED, nothing was changed: stopped while products: mapping');
    expect(await names()).toEqual(['Pot', 'Tea']);
  });

  test('says when the catalog cannot be kept', async () => {
    await rm(join(folder, 'data/catalog.yaml'));
    await mkdir(join(folder, 'data/catalog.yaml'));
    const { code, err } = await run(MINE);
    expect(code).toBe(1);
    expect(err.at(-1)).toMatch(/the rows are stored, but the catalog could not be kept: EISDIR/);
    expect(await names()).toEqual(['New']);
  });

  test('says who holds the database', async () => {
    const other = await holder('main.duckdb');
    const { code, err } = await run(MINE);
    await other.letGo();
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(
      /Another process has .*main\.duckdb open[^]*A service that runs on this DATA_DIR imports by itself/,
    );
  });

  test.each(['products: storing', 'committing'])('killed while %s leaves the old rows', async (phase) => {
    const io = { env: { DATA_DIR: join(folder, 'data'), MEMORY_LIMIT: '500MB' }, cwd: folder };
    const other = otherProcess(
      { importCommand: new URL('./command.ts', import.meta.url) },
      `await importCommand(${JSON.stringify(MINE)}, { ...${JSON.stringify(io)}, stdout: say, stderr: (line) => {
         say(line);
         if (line.includes(${JSON.stringify(phase)})) process.kill(process.pid, 'SIGKILL');
       } }); say('survived');`,
    );
    expect(await other.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(other.lines.at(-1)).toContain(phase);
    expect(await names()).toEqual(['Pot', 'Tea']);
    expect(await run(MINE)).toMatchObject({ code: 0 });
    expect(await names()).toEqual(['New']);
  });
});

const example = (name: string) => new URL(`../../../examples/${name}/catalog.yaml`, import.meta.url).pathname;

const northwind = referenceData('northwind');
test.skipIf(northwind === undefined)('Northwind: 91 customers, 77 products, 2,155 lines, 1,265,792.95', async () => {
  const { code, out } = await run(['--catalog', example('northwind'), '--data', northwind!, '--json']);
  expect(code).toBe(0);
  const report = JSON.parse(out.join('\n')) as ImportReport;
  expect(report.tables.map(({ rowsOut, valueSum }) => [rowsOut, valueSum])).toEqual([
    [91, null],
    [77, null],
    [2155, '1265792.95'],
  ]);
  expect(report.tables.flatMap(({ rejects, warnings }) => [...rejects, ...warnings])).toEqual([]);
  const facts = `select count(*) filter (where registration_date is null), count(*) filter (where status = 'active'),
    count(distinct region) from customers`;
  expect(await rows(facts)).toEqual([['2', '84', '21']]);
  expect(await rows("select count(*) from products where status = 'discontinued'")).toEqual([['10']]);
  // 141,396.74 without rounding the lines, as tutorials print it.
  const best = `select product_name, sum(value) from customer_products join products using (product_id) group by all order by 2 desc limit 1`;
  expect(await rows(best)).toEqual([['Côte de Blaye', '141396.73']]);
});

const telco = referenceData('telco');
test.skipIf(telco === undefined)('Telco: 7,043 customers, ten products, 29,202 relationships, 456,116.60', async () => {
  const { code, out } = await run(['--catalog', example('telco'), '--data', telco!, '--json']);
  expect(code).toBe(0);
  const report = JSON.parse(out.join('\n')) as ImportReport;
  expect(report.tables.map(({ rowsOut, valueSum }) => [rowsOut, valueSum])).toEqual([
    [7043, null],
    [10, null],
    [29202, '456116.60'],
  ]);
  const counts = 'select product_id, count(*) from customer_products group by all order by 2 desc limit 3';
  expect(await rows(counts)).toEqual([
    ['phone-service', '6361'],
    ['fibre-optic', '3096'],
    ['multiple-lines', '2971'],
  ]);
  const services = `select n, count(*) from (select count(*) as n from customer_products group by customer_id) group by n order by n`;
  const published = ['1264', '859', '846', '965', '922', '908', '676', '395', '208'];
  expect((await rows(services)).map(([, customers]) => customers)).toEqual(published);
  expect(await rows("select count(*), sum(total_charges) from customers where status = 'churned'")).toEqual([
    ['1869', expect.any(String)],
  ]);
  expect(await rows('select count(total_charges), sum(total_charges) from customers')).toEqual([
    ['7032', '16056168.7000'],
  ]);
});
