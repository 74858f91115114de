import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../sql/compile.ts';
import { columns, sql } from '../sql/sql.ts';
import { TEST_TENANT, testFolder } from './test-warehouse.ts';
import { MAPPED, openWorld } from './test-world.ts';

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('a mapped table', () => {
  test('has every core column in its type, whatever it comes from', async () => {
    const customers = (await world.load(MAPPED)).tables.get('customers')!;
    expect(customers).toMatchObject({
      kind: 'mapped',
      isCore: true,
      description: 'Clients of the company.',
      source: { kind: 'table', path: ['crm', 'clients'] },
      tenantColumn: undefined,
    });
    const sources = Object.fromEntries(
      customers.columns.map((c) => [c.name, c.source.kind === 'column' ? c.source.column : c.source.sql]),
    );
    expect(sources).toEqual({
      customer_id: 'cast("client_no" as VARCHAR)',
      customer_name: 'trim(full_name)',
      customer_type: 'cast(null as VARCHAR)',
      region: 'cast(null as VARCHAR)',
      registration_date: 'cast("since" as DATE)',
      status: 'cast(null as VARCHAR)',
      attribute_tier: 'tier',
      attribute_is_big: 'turnover > 1000000',
      attribute_turnover: 'turnover',
      attribute_uid: 'cast("uid" as VARCHAR)',
      attribute_vip: 'cast("vip" as BIGINT)',
    });
    expect(customers.columns.map(({ type, engineType }) => `${type} ${engineType}`).join()).toBe(
      'text VARCHAR(50),text VARCHAR(255),text VARCHAR(50),text VARCHAR(100),date DATE,text VARCHAR(20),' +
        'text VARCHAR,boolean BOOLEAN,decimal DECIMAL(18,4),text VARCHAR,integer BIGINT',
    );
    expect(customers.columns.filter((c) => c.isPersonal).map((c) => c.name)).toEqual([
      'customer_name',
      'region',
      'attribute_tier',
    ]);
    expect(customers.columns.find((c) => c.name === 'attribute_turnover')).toMatchObject({
      unit: 'EUR',
      isAttribute: true,
    });
    expect(customers.columns.find((c) => c.name === 'attribute_tier')?.description).toBe('Level of service');
  });

  test('names its tenant column in the spelling of the warehouse', async () => {
    expect((await world.load(MAPPED)).tables.get('products')!.tenantColumn).toBe('tenant');
  });
});

test('a derived table: its select without the semicolon, casts to the core types, the meaning of value', async () => {
  const catalog = await world.load(MAPPED);
  const table = catalog.tables.get('customer_products')!;
  expect(table.kind).toBe('derived');
  expect(table.source).toMatchObject({ kind: 'sql', sql: expect.stringMatching(/from sales\n$/) as unknown });
  const value = table.columns.find((c) => c.name === 'value')!;
  expect(value).toMatchObject({ engineType: 'DECIMAL(15,2)', source: { sql: 'cast("value" as DECIMAL(15,2))' } });
  expect(table.columns.find((c) => c.name === 'value_kind')).toMatchObject({
    type: 'text',
    isAttribute: false,
    source: {
      kind: 'expression',
      sql: `case "relationship_type" when 'it''s' then 'monthly' else cast('once' as VARCHAR) end`,
    },
  });
  expect(catalog.valueMeaning).toEqual({ default: 'once', byType: { "it's": 'monthly' } });
});

test('a select may end in a comment', async () => {
  const text = 'version: 1\ntables:\n  a: { sql: "select 1 as x -- one" }\n';
  expect((await world.problemsOf(text)).filter((line) => line.includes(':3:'))).toEqual([]);
});

describe('datasets', () => {
  test('have the columns and types of their table, select or file, that of the tenant left out', async () => {
    const { tables } = await world.load(MAPPED);
    const shape = (name: string) =>
      tables.get(name)!.columns.map((c) => `${c.name} ${c.type}${c.isPersonal ? '!' : ''}`);
    expect(shape('raw_sales')).toEqual([
      'id integer',
      'client_no integer!',
      'sku text',
      'kind text',
      'sold date',
      'amount double',
    ]);
    expect(shape('orders')).toEqual(['id integer', 'amount double', 'day date']);
    expect(shape('events')).toEqual(['id integer', 'tags json']);
    expect(shape('list')).toEqual(['id integer']);
    expect(shape('quoted')).toEqual(['a integer', 'b integer']);
    expect(shape('big')).toEqual(['sku text', 'n integer']);
    expect([...tables.values()].slice(3).map(({ kind }) => kind)).toEqual([
      'mapped',
      'file',
      'file',
      'file',
      'file',
      'derived',
    ]);
  });

  test('a file is read from the folder of the catalog, quotes in its name escaped', async () => {
    const { tables } = await world.load(MAPPED);
    expect(tables.get('quoted')!.source).toEqual({
      kind: 'file',
      file: world.files.path("it's.csv"),
      scan: `read_csv('${world.files.path("it''s.csv")}', header = true)`,
    });
  });

  test('before an import a file is read from the folder of the data', async () => {
    const data = testFolder({ 'only-there.csv': 'a\n1\n' });
    try {
      const text = 'version: 1\ntables:\n  there: { file: only-there.csv }\n';
      const core = '  customers: { sql: select 1 as customer_id }\n  products: { sql: select 1 as product_id }\n';
      const sales = '  customer_products: { sql: "select 1 as relationship_id, 1 as customer_id, 1 as product_id" }\n';
      const whole = text + core + sales;
      const { tables } = await world.load(whole, 'database', data.folder);
      expect(tables.get('there')!.source).toMatchObject({ file: data.path('only-there.csv') });
      expect(await world.problemsOf(whole)).toEqual([expect.stringContaining('c:3:18 there is no file')]);
    } finally {
      data.remove();
    }
  });
});

test('statements over the resolved catalog run, with values in the types that it says', async () => {
  const filled = await openWorld([
    "insert into crm.clients values (7, ' Ann ', 'gold', 2000000.5, true, '2024-02-29 10:00:00', null, null)",
    "insert into sales values (1, 7, 's', 'it''s', '2024-03-01', 9.999, 'acme'), (2, 7, 's', null, null, 1, 'acme')",
  ]);
  const { warehouse } = filled;
  const catalog = await filled.load(MAPPED);
  const rowsOf = async (name: string) => {
    const value = { kind: 'table', table: name } as const;
    const context = { dialect: warehouse.dialect, catalog, tenant: TEST_TENANT, isolation: 'database' } as const;
    const statement = compile(sql`select ${columns(value, 't')} from ${value} t order by 1`, context);
    const rows = await warehouse.query(TEST_TENANT, statement, { lane: 'fast' });
    expect(rows.schema.map(({ type }) => type)).toEqual(catalog.tables.get(name)!.columns.map(({ type }) => type));
    return Array.from({ length: rows.rowCount }, (_, row) => rows.columns.map((column) => column[row]));
  };
  expect(await rowsOf('customers')).toEqual([
    ['7', 'Ann', null, null, '2024-02-29', null, 'gold', true, 2000000.5, null, 1],
  ]);
  expect(await rowsOf('customer_products')).toEqual([
    ['1', '7', 's', "it's", '2024-03-01', null, 10, "it's", 'monthly'],
    ['2', '7', 's', null, null, null, 1, null, 'once'],
  ]);
  for (const name of catalog.tables.keys()) await rowsOf(name);
  await filled.close();
});
