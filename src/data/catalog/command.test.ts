import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { catalogCommand } from './command.ts';
import { createTable } from './ddl.ts';
import { testFolder, testWarehouse } from './test-warehouse.ts';

const SHOP = [
  'create table clients (client_no bigint, full_name varchar, email varchar, country varchar, created_at timestamp)',
  'create table articles (sku varchar, title varchar, category varchar)',
  'create table sales (id bigint, client_no bigint, sku varchar, sold_on date, amount decimal(10,2))',
  'create table visits (client_no bigint, page varchar)',
];
const CATALOG = `version: 1
tables:
  customers: { table: clients, columns: { customer_id: client_no } }
  products: { table: articles, columns: { product_id: sku } }
  customer_products: { table: sales, columns: { relationship_id: id, customer_id: client_no, product_id: sku } }
  visits: { table: visits }
`;

let files: ReturnType<typeof testFolder>;
beforeAll(async () => {
  files = testFolder();
  await (await testWarehouse(SHOP, files.path('shop.duckdb'))).close();
});
afterAll(() => files.remove());

let output: { out: string[]; err: string[] };
beforeEach(() => {
  output = { out: [], err: [] };
});

function run(...args: readonly string[]): Promise<number> {
  return runWith({ DATA_DIR: files.path('empty') }, ...args);
}

function runWith(env: Record<string, string>, ...args: readonly string[]): Promise<number> {
  const { out, err } = output;
  return catalogCommand(args, {
    env,
    cwd: files.folder,
    stdout: (line) => out.push(line),
    stderr: (line) => err.push(line),
  });
}

describe('wrong use', () => {
  test.each([
    [[], 'say draft or check'],
    [['chek'], 'there is no catalog command chek'],
    [['draft', '--catalog', 'x'], 'draft does not take --catalog'],
    [['check', 'more', '--out', 'x'], 'check does not take more --out'],
    [['check', '--nope'], "Unknown option '--nope'"],
    [['check', '--database'], "Option '--database <value>' argument missing"],
  ])('%j', async (args, problem) => {
    expect(await run(...args)).toBe(2);
    expect(output.err.join('\n')).toContain(problem);
    expect(output.err.join('\n')).toContain('npm run catalog -- draft');
    expect(output.out).toEqual([]);
  });

  test('--help says what there is', async () => {
    expect(await run('check', '--help')).toBe(0);
    expect(output.out.join('\n')).toMatch(/draft[^]*check[^]*--database[^]*--data DIR/);
  });

  test('a bad setting', async () => {
    expect(await runWith({ PORT: 'x' }, 'check')).toBe(1);
    expect(output.err.join()).toContain('PORT="x"');
  });
});

describe('draft', () => {
  test('to a new file, which passes the check; nothing is left behind', async () => {
    const temporary = testFolder();
    vi.stubEnv('TMPDIR', temporary.folder);
    expect(await run('draft', '--database', 'shop.duckdb', '--out', 'draft.yaml')).toBe(0);
    expect(output.out).toEqual([]);
    expect(output.err).toEqual([
      `written to ${files.path('draft.yaml')}; check it with: npm run catalog -- check --catalog ${files.path('draft.yaml')} --database ${files.path('shop.duckdb')}`,
    ]);
    expect(readFileSync(files.path('draft.yaml'), 'utf8')).toMatch(
      /^# Drafted from shop\.duckdb by [^]*email: { column: email, personal: true }/,
    );
    expect(await run('check', '--catalog', 'draft.yaml', '--database', 'shop.duckdb')).toBe(0);
    expect(output.out[0]).toBe(`ok  ${files.path('draft.yaml')} over shop.duckdb`);
    expect(readdirSync(temporary.folder)).toEqual([]);
    vi.unstubAllEnvs();
    temporary.remove();
    expect(await run('draft', '--database', 'shop.duckdb', '--out', 'draft.yaml')).toBe(1);
    expect(output.err.at(-1)).toBe(`${files.path('draft.yaml')} exists; --out takes the name of a new file`);
  });

  test('as the output; says what it could not guess', async () => {
    await (
      await testWarehouse(['create table clients (client_no int, name varchar)'], files.path('half.duckdb'))
    ).close();
    expect(await run('draft', '--database', 'half.duckdb')).toBe(0);
    expect(output.out.join('\n')).toMatch(
      /^# Drafted from half\.duckdb[^]*# TODO choose: no table looks like products/,
    );
    expect(output.err).toHaveLength(2);
    expect(output.err[0]).toBe(`no table of half.duckdb looks like products; say in the draft where it is`);
  });

  test('of the database in DATA_DIR: what was imported, else the demo', async () => {
    const data = testFolder();
    const env = { DATA_DIR: data.folder };
    expect(await runWith(env, 'draft')).toBe(1);
    expect(output.err).toEqual([`there is no database file ${data.path('main.duckdb')}`]);
    await (await testWarehouse(['create table a (b int)'], data.path('demo.duckdb'))).close();
    await runWith(env, 'draft');
    expect(output.out.join('\n')).toContain('# Drafted from demo.duckdb');
    await (await testWarehouse(SHOP, data.path('main.duckdb'))).close();
    await runWith(env, 'draft');
    expect(output.out.at(-1)).toContain('# Drafted from main.duckdb');
    data.remove();
  });
});

describe('check', () => {
  test('says what is read from where', async () => {
    writeFileSync(
      files.path('catalog.yaml'),
      CATALOG.replace('client_no } }', 'client_no }, attributes: { email: {}, country: {} } }'),
    );
    expect(await run('check', '--catalog', 'catalog.yaml', '--database', 'shop.duckdb')).toBe(0);
    expect(output.out).toEqual([
      `ok  ${files.path('catalog.yaml')} over shop.duckdb`,
      '  customers          mapped  clients   6 columns, 2 attributes; always empty: customer_name, customer_type, region, registration_date, status',
      '  products           mapped  articles  6 columns; always empty: product_name, product_category, product_type, launch_date, status',
      '  customer_products  mapped  sales     7 columns; always empty: relationship_type, start_date, end_date, value',
      '  visits             mapped  visits    2 columns',
    ]);
  });

  test('prints a line per mistake, and gives 1', async () => {
    writeFileSync(
      files.path('bad.yaml'),
      CATALOG.replace('table: clients', 'table: client').replace('table: visits', 'tabel: visits'),
    );
    expect(await run('check', '--catalog', 'bad.yaml', '--database', 'shop.duckdb')).toBe(1);
    expect(output.out).toEqual([
      `${files.path('bad.yaml')}:3:23 the warehouse has no table "client" (did you mean "clients"?)`,
      `${files.path('bad.yaml')}:6:13 unknown key "tabel" (did you mean "table"?)`,
    ]);
  });

  test('a catalog or a database that is not there', async () => {
    expect(await run('check', '--catalog', 'nope.yaml')).toBe(1);
    expect(output.out).toEqual([`${files.path('nope.yaml')}:1:1 the file cannot be read (ENOENT)`]);
    writeFileSync(files.path('catalog.yaml'), CATALOG);
    expect(await run('check', '--catalog', 'catalog.yaml', '--database', 'nope.duckdb')).toBe(1);
    expect(output.err).toEqual([`there is no database file ${files.path('nope.duckdb')}`]);
  });

  test('without any database: over a new one, with the source files of the import', async () => {
    const text = `version: 1
tables:
  customers: { attributes: { tier: { type: integer } } }
  rows: { file: rows.csv }
  some: { sql: select tier from customers }
imports:
  sources: { rows: { file: rows.csv } }
  tables: { customers: { sql: select * from rows } }
`;
    writeFileSync(files.path('import.yaml'), text);
    expect(await run('check', '--catalog', 'import.yaml')).toBe(1);
    expect(output.out.map((line) => line.replace(files.folder, ''))).toEqual([
      `/import.yaml:4:17 there is no file "${files.path('rows.csv')}"`,
      `/import.yaml:7:28 there is no file "${files.path('rows.csv')}"`,
    ]);
    writeFileSync(files.path('rows.csv'), 'a,b\n1,2\n');
    expect(await run('check', '--catalog', 'import.yaml')).toBe(0);
    expect(output.out.slice(2)).toEqual([
      `ok  ${files.path('import.yaml')} over a new database`,
      '  customers          managed  customers          6 columns, 1 attribute',
      '  products           managed  products           6 columns',
      '  customer_products  managed  customer_products  7 columns',
      '  rows               file     rows.csv           2 columns',
      '  some               derived  select             1 column',
    ]);
    expect(await run('check', '--catalog', 'import.yaml', '--data', 'elsewhere')).toBe(1);
    expect(output.out.at(-1)).toContain(`:7:28 there is no file "${files.path('elsewhere/rows.csv')}"`);
    expect(existsSync(files.path('empty'))).toBe(false);
  });

  test('without a catalog, over a database that lacks its tables: a start makes them', async () => {
    await (await testWarehouse([createTable('products')], files.path('some.duckdb'))).close();
    expect(await run('check', '--database', 'some.duckdb')).toBe(0);
    expect(output.out[0]).toBe(
      'ok  the built-in catalog over some.duckdb; made at the start: customers, customer_products',
    );
  });

  test('without a catalog: the one that the service would use', async () => {
    const data = testFolder();
    const env = { DATA_DIR: data.folder };
    expect(await runWith(env, 'check')).toBe(0);
    expect(output.out[0]).toBe('ok  the built-in catalog over a new database');
    const managed = [createTable('customers'), createTable('products'), createTable('customer_products')];
    await (await testWarehouse(managed, data.path('demo.duckdb'))).close();
    await runWith(env, 'check');
    expect(output.out[4]).toBe('ok  the built-in catalog over demo.duckdb');
    await (await testWarehouse([...SHOP, ...managed], data.path('main.duckdb'))).close();
    const kept =
      'version: 1\nimports:\n  sources: { gone: { file: gone.csv } }\n  tables: { customers: { sql: select * from gone } }\n';
    writeFileSync(data.path('catalog.yaml'), kept);
    expect(await runWith(env, 'check')).toBe(0);
    expect(output.out[8]).toBe(`ok  ${data.path('catalog.yaml')} over main.duckdb`);
    writeFileSync(data.path('other.yaml'), CATALOG);
    expect(await runWith({ ...env, CATALOG: data.path('other.yaml') }, 'check')).toBe(0);
    expect(output.out[12]).toBe(`ok  ${data.path('other.yaml')} over main.duckdb`);
    data.remove();
  });
});
