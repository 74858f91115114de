import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { openState } from '../state/open-state.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { tenant } from '../warehouse/tenant.ts';
import { createTable } from '../catalog/ddl.ts';
import { doctorCommand } from './command.ts';

type Env = Readonly<Record<string, string>>;

async function doctor(env: Env, args: readonly string[] = []) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await doctorCommand(args, { env, stdout: (line) => out.push(line), stderr: (line) => err.push(line) });
  return { code, out, err };
}

async function folderWith(statements: readonly string[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (statements.length > 0) await make(join(folder, 'main.duckdb'), statements);
  return folder;
}

async function make(file: string, statements: readonly string[]): Promise<void> {
  const warehouse = await openDuckdb({ settings: settingsWith(), fileOf: () => file, spillDir: `${file}.spill` });
  await warehouse.write(tenant('default'), async (writer) => {
    for (const statement of statements) await writer.run(statement);
  });
  await warehouse.close();
}

const CORE = [createTable('customers'), createTable('products'), createTable('customer_products')];
/** Lines of the checks that differ by machine are left out. */
const telling = (out: readonly string[]) => out.filter((line) => !/^.. {2}(settings|disk|memory) /.test(line));

/** Another process that has a database open. */
async function holderOf(file: string) {
  const open = `const {DuckDBInstance}=require('@duckdb/node-api');DuckDBInstance.create(process.argv[1]).then(()=>{console.log('open');setInterval(()=>{},1e3)})`;
  const holder = spawn(process.execPath, ['-e', open, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

test('a fresh clone needs nothing', async () => {
  const folder = join(await folderWith(), 'data');
  const { code, out, err } = await doctor({ DATA_DIR: folder });
  expect(telling(out)).toEqual([
    `ok  data folder     ${folder} (made at the start)`,
    'ok  records         none yet; made at the start',
    'ok  database        none yet: demo data is made at the start',
    'nothing has to be mended',
  ]);
  expect(out.filter((line) => / {2}(settings|disk|memory) /.test(line))).toHaveLength(3);
  expect([code, err]).toEqual([0, []]);
});

test('a database with its tables is read, not changed; a missing one is said', async () => {
  const folder = await folderWith(CORE);
  const { code, out } = await doctor({ DATA_DIR: folder });
  const database = join(folder, 'main.duckdb');
  expect(out).toContainEqual(expect.stringMatching(`^ok {2}database {8}${database} \\(DuckDB v1`));
  expect(telling(out).slice(3)).toEqual([
    'ok  catalog         built in',
    '        customers          managed  customers          6 columns',
    '        products           managed  products           6 columns',
    '        customer_products  managed  customer_products  7 columns',
    'nothing has to be mended',
  ]);
  expect(code).toBe(0);
  const none = await doctor({ DATA_DIR: folder, DUCKDB_FILE: join(folder, 'none.duckdb') });
  expect(none).toMatchObject({ code: 0 });
  expect(none.out).toContain(
    `--  database        there is no file ${join(folder, 'none.duckdb')}; the service makes an empty one`,
  );
});

test('tables that a start makes are not missed; one that is there and does not fit is said', async () => {
  const folder = await folderWith(['create table notes (a int)']);
  const { code, out } = await doctor({ DATA_DIR: folder });
  expect(out).toContain('ok  catalog         built in');
  expect(code).toBe(0);
  const odd = await folderWith(['create table customers (a int)']);
  const { code: failed, out: said } = await doctor({ DATA_DIR: odd });
  expect(said).toContain('!!  catalog         the built-in one does not fit');
  expect(failed).toBe(1);
});

test('demo data, and less disk than statements may spill', async () => {
  const folder = await folderWith();
  await make(join(folder, 'demo.duckdb'), CORE);
  const { code, out } = await doctor({ DATA_DIR: folder, SPILL_BYTES: '900TB' });
  expect(out).toContainEqual(expect.stringMatching(`^ok {2}database {8}${folder}/demo.duckdb \\(DuckDB v.*, demo\\)$`));
  expect(out).toContainEqual(expect.stringContaining('; statements may spill 921600.0 GB (SPILL_BYTES)'));
  expect(code).toBe(0);
});

test('records that are there are looked at', async () => {
  const folder = await folderWith();
  openState({ file: join(folder, 'state.sqlite'), clock: () => new Date() }).close();
  const { out } = await doctor({ DATA_DIR: folder });
  expect(out).toContain(`ok  records         ${join(folder, 'state.sqlite')}`);
});

test('mistakes of a catalog are lines of it', async () => {
  const folder = await folderWith(['create table clients (id varchar)']);
  const CATALOG = join(folder, 'mine.yaml');
  writeFileSync(CATALOG, 'version: 1\ntables:\n  customers: { table: client, columns: { customer_id: id } }\n');
  const { code, out } = await doctor({ DATA_DIR: folder, CATALOG });
  expect(out).toContain(`!!  catalog         ${CATALOG} does not fit`);
  expect(out).toContain(`      ${CATALOG}:3:23 the warehouse has no table "client" (did you mean "clients"?)`);
  expect(code).toBe(1);
});

test('a database that another process has open: which one, and how to end it', async () => {
  const folder = await folderWith(CORE);
  const file = join(folder, 'main.duckdb');
  const holder = await holderOf(file);
  const { code, out } = await doctor({ DATA_DIR: folder });
  expect(out).toContain(`      kill ${holder.pid}   # or set DATA_DIR or DUCKDB_FILE to another one`);
  expect(out).toContainEqual(expect.stringMatching(`^!! {2}database {8}${file} is open in process ${holder.pid} \\(`));
  expect(code).toBe(1);
});

test('a file that is no database', async () => {
  const folder = await folderWith();
  writeFileSync(join(folder, 'main.duckdb'), 'no database at all, just some text');
  const { code, out } = await doctor({ DATA_DIR: folder });
  const says = `!!  database        ${join(folder, 'main.duckdb')} is not a database that this version can read.`;
  expect(out).toContain(says);
  expect(code).toBe(1);
});

test('records that no version of ours wrote, and a disk limit that leaves the service nothing', async () => {
  const folder = await folderWith();
  writeFileSync(join(folder, 'state.sqlite'), 'not SQLite either, but long enough to be looked at');
  const { code, out } = await doctor({ DATA_DIR: folder, MEMORY_LIMIT: '99%' });
  const line = out.find((one) => one.includes(' records '));
  expect(line).toMatch(/^!! {2}records {9}.*state\.sqlite: it is not a SQLite file/);
  expect(out.find((one) => one.includes(' memory '))).toMatch(/^!! .* leaves nothing for the service/);
  expect(out).toContain('      MEMORY_LIMIT=50%');
  expect(out.at(-1)).toBe('2 to mend (!!)');
  expect(code).toBe(1);
});

test('a folder that is a file', async () => {
  const file = join(await folderWith(), 'file');
  writeFileSync(file, '');
  const { code, out } = await doctor({ DATA_DIR: join(file, 'data') });
  expect(telling(out).slice(0, 3)).toEqual([
    `!!  data folder     ${file} is no folder`,
    '      DATA_DIR=<folder>   # one that is, or can be made',
    'ok  records         none yet; made at the start',
  ]);
  expect(code).toBe(1);
});

test('the service itself has the database open: that is as it should be', async () => {
  const folder = await folderWith(CORE);
  const startedAt = '2026-03-01T10:00:00.000Z';
  const server = createServer((_, response) => response.end(JSON.stringify({ startedAt })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said = { pid: process.pid, startedAt, address };
  writeFileSync(join(folder, 'service.json'), JSON.stringify(said));
  await holderOf(join(folder, 'main.duckdb'));
  const { code, out } = await doctor({ DATA_DIR: folder });
  expect(out).toContainEqual(expect.stringContaining(`is open in the service at ${address}; ${address}/health`));
  expect(code).toBe(0);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
  const folder = join(await folderWith(), 'closed');
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  const { code, out } = await doctor({ DATA_DIR: folder });
  expect(out).toContain(`!!  data folder     this user may not write ${folder}`);
  expect(code).toBe(1);
});

test('settings that cannot be used are all said, and nothing is asked', async () => {
  const { code, out } = await doctor({ THREADS: '0', WAREHOUSE: 'oracle', SNOWFLAKE_PASSWORD: 'secret' });
  expect(out).toEqual([
    '!!  settings        not all can be used',
    expect.stringMatching(/^ {6}WAREHOUSE="oracle": one of duckdb, snowflake$/),
    expect.stringMatching(/^ {6}THREADS="0": /),
    '1 to mend (!!)',
  ]);
  expect(code).toBe(1);
});

test('wrong use', async () => {
  expect(await doctor({}, ['--help'])).toMatchObject({ code: 0, err: [] });
  const wrong = await doctor({}, ['now']);
  expect(wrong).toMatchObject({ code: 2, out: [] });
  expect(wrong.err[0]).toContain('npm run doctor');
});
