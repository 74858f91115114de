import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { settingsWith } from '../../../src/config/settings.ts';
import type { WarehouseOptions } from '../../../src/data/warehouse/open-warehouse.ts';
import { openSnowflake } from '../../../src/data/warehouse/snowflake/warehouse.ts';
import { lockImports } from '../../../src/features/imports/account/import-lock.ts';
import { importCommand } from '../../../src/features/index.ts';
import { folderWith, openListening } from '../../imports-client.ts';
import { testStandIn } from '../driver.ts';
import type { StandIn } from '../stand-in.ts';
import { plainDriver } from './plain-driver.ts';

const account = vi.hoisted(() => ({ standIn: undefined as unknown }));
vi.mock('../../../src/data/warehouse/open-warehouse.ts', () => ({
  openWarehouse: ({ settings, log }: WarehouseOptions) =>
    openSnowflake({ settings, log, driver: plainDriver(account.standIn as StandIn) }),
}));

const SNOWFLAKE = { WAREHOUSE: 'snowflake', SNOWFLAKE_DATABASE: 'DEMO' } as const;
const CUSTOMERS = 'customer_id,customer_name\nA,Ann\nB,Bo\n';
const CATALOG = `version: 1
tables:
  customers: { attributes: { colour: { description: Favourite. } } }
  people: { table: RAW_PEOPLE }
imports:
  sources: { people_file: { file: people.csv } }
  tables:
    customers: { sql: "select id as customer_id, colour from people_file", on_reject: reject }
`;

async function openAccount() {
  const standIn = await testStandIn({ databases: { DEMO: ['PUBLIC', 'SERVICE'] } });
  account.standIn = standIn;
  return standIn;
}

test('a running service imports into the account that it serves', async () => {
  const standIn = await openAccount();
  await standIn.admin(`create table "DEMO"."PUBLIC"."RAW_PEOPLE" ("CUSTOMER_ID" varchar, "CUSTOMER_NAME" varchar)`);
  await standIn.admin(`insert into "DEMO"."PUBLIC"."RAW_PEOPLE" values ('D', 'Di'), (null, 'x')`);
  const folder = folderWith();
  const { imported, ask, post, ended } = await openListening(folder, SNOWFLAKE);
  expect(await imported('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({
    state: 'imported',
    problem: null,
  });
  expect((await ask('/v1/customers')).json.data).toMatchObject([
    { customerId: 'A', customerName: 'Ann' },
    { customerId: 'B' },
  ]);
  expect(await imported('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({
    state: 'failed',
    rejected: [{ part: 'customers', reason: 'customer_id.taken', rows: 2 }],
  });
  expect(await imported('', { 'people.csv': 'id,colour\nX,red\n,blue\n' }, CATALOG)).toMatchObject({
    state: 'imported',
    problem: null,
    rejected: [{ part: 'customers', reason: 'customer_id.missing', rows: 1 }],
  });
  expect((await ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'X', attributes: { colour: 'red' } }]);
  const begun = await post('/v1/imports?table=customers&onError=reject', { dataset: 'people' });
  expect(begun.status).toBe(202);
  expect(await ended(begun.json.data.id)).toMatchObject({ state: 'imported', problem: null });
  expect((await ask('/v1/customers/D')).json.data).toMatchObject({ customerName: 'Di' });
});

test('the command imports into the account that the environment names', async () => {
  const standIn = await openAccount();
  const folder = folderWith({ 'c.csv': CUSTOMERS });
  writeFileSync(
    join(folder, 'catalog.yaml'),
    'version: 1\nimports:\n  sources: { c: { file: c.csv } }\n  tables:\n    customers: { sql: select * from c }\n',
  );
  const said: string[] = [];
  const io = {
    env: { ...SNOWFLAKE, DATA_DIR: join(folder, 'data'), MEMORY_LIMIT: '500MB', THREADS: '1' },
    cwd: folder,
    stdout: (line: string) => void said.push(line),
    stderr: (line: string) => void said.push(line),
  };
  expect(await importCommand(['--catalog', 'catalog.yaml', '--dry-run'], io)).toBe(0);
  expect(await standIn.admin(`select 1 from duckdb_tables() where table_name = 'CUSTOMERS'`)).toEqual([]);
  expect(await importCommand(['--catalog', 'catalog.yaml'], io)).toBe(0);
  expect(await standIn.admin('select CUSTOMER_ID from "DEMO"."PUBLIC"."CUSTOMERS" order by 1')).toEqual([
    { CUSTOMER_ID: 'A' },
    { CUSTOMER_ID: 'B' },
  ]);
  expect(await importCommand(['--catalog', 'catalog.yaml', '--mode', 'append'], io)).toBe(1);
  expect(said.join('\n')).toContain('customer_id.taken');
  const release = lockImports({ settings: settingsWith(SNOWFLAKE), paths: { root: join(folder, 'data') } });
  expect(await importCommand(['--catalog', 'catalog.yaml'], io)).toBe(1);
  expect(said.at(-1)).toMatch(/^another process with this DATA_DIR is importing into the account/);
  release();
});

test('the command reads no file when the catalog would not fit the account, or nobody is let in', async () => {
  const standIn = await openAccount();
  const folder = folderWith({ 'c.csv': CUSTOMERS });
  const text =
    'version: 1\ntables:\n  raw: { file: c.csv }\nimports:\n  sources: { c: { file: c.csv } }\n  tables:\n    customers: { sql: select * from c }\n';
  writeFileSync(join(folder, 'catalog.yaml'), text);
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const env = { ...SNOWFLAKE, DATA_DIR: join(folder, 'data'), MEMORY_LIMIT: '500MB', THREADS: '1' };
  const run = () => importCommand(['--catalog', 'catalog.yaml'], { env, cwd: folder, stdout: say, stderr: say });
  expect(await run()).toBe(1);
  expect(said).toEqual([
    expect.stringMatching(/catalog\.yaml:3:\d+ files are read on DuckDB only: load it into a table$/),
  ]);
  said.length = 0;
  standIn.faults.add({
    on: 'login',
    action: { kind: 'error', code: '390101', sqlState: '08001', message: 'User access disabled.' },
    times: 9,
  });
  expect(await run()).toBe(1);
  expect(said).toHaveLength(1);
});

test('a service waits for the import of another process', async () => {
  await openAccount();
  const folder = folderWith();
  const { ask, upload, imported } = await openListening(folder, SNOWFLAKE);
  const release = lockImports({ settings: settingsWith(SNOWFLAKE), paths: { root: folder } });
  expect(await upload('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({
    status: 503,
    json: { code: 'warehouse.locked' },
  });
  release();
  expect((await ask('/v1/imports')).json.data).toEqual([]);
  expect(await imported('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({ state: 'imported' });
});
