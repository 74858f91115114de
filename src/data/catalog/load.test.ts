import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { Isolation } from '../sql/compile.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { createTable } from './ddl.ts';
import { loadCatalog } from './load.ts';
import type { Catalog } from './model.ts';
import { TEST_TENANT, testFolder, testWarehouse } from './test-warehouse.ts';

const WORLD = [
  'create schema crm',
  'create table crm.clients (client_no bigint, full_name varchar, tier varchar, turnover decimal(12,2), vip boolean, since timestamp, uid uuid, home varchar)',
  'create table crm.product_master (sku varchar, title varchar, launched date, tenant varchar)',
  'create table sales (id bigint, client_no bigint, sku varchar, kind varchar, sold date, amount double, "Tenant" varchar)',
  'create view sales_view as select * from sales',
];
const files = testFolder({
  'orders.csv': 'id;amount;day\n1;2.5;2024-01-31\n',
  'events.ndjson': '{"id":1,"tags":["a"]}\n',
  'list.json': '[{"id":1}]',
  "it's.csv": 'a,b\n1,2\n',
  'broken.parquet': 'not parquet',
});
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await testWarehouse(WORLD);
});
afterAll(async () => {
  await warehouse.close();
  files.remove();
});

const MAPPED = `version: 1
tables:
  customers:
    table: CRM.clients
    description: Clients of the company.
    columns:
      customer_id: Client_No
      customer_name: { expression: trim(full_name) }
      registration_date: since
      status: null
    attributes:
      tier: { description: Level of service, personal: true }
      is_big: { expression: "turnover > 1000000", type: boolean }
      turnover: { type: decimal, unit: EUR }
      uid: {}
      vip: { type: integer }
    personal: [region]
  products:
    table: crm.product_master
    columns: { product_id: sku, product_name: title, launch_date: launched }
    tenant_column: Tenant
  customer_products:
    sql: |
      select id as relationship_id, client_no as customer_id, sku as product_id, kind as relationship_type,
             sold as start_date, amount as value, kind as extra
      from sales; -- not the last character
    attributes: { extra: {} }
    value: { default: once, types: { "it's": monthly } }
  raw_sales: { table: sales_view, personal: [client_no], tenant_column: tenant }
  orders: { file: orders.csv, delimiter: ";", description: Orders of the old shop. }
  events: { file: events.ndjson }
  list: { file: list.json }
  quoted: { file: it's.csv }
  big: { sql: "select sku, count(*) as n from sales group by sku" }
`.replace('from sales; -- not the last character', 'from sales;');

const load = (text: string, isolation: Isolation = 'database', importFolder?: string): Promise<Catalog> =>
  loadCatalog({ file: files.path('catalog.yaml'), text, warehouse, tenant: TEST_TENANT, isolation, importFolder });

async function problemsOf(text: string, isolation: Isolation = 'database', importFolder?: string): Promise<string[]> {
  try {
    await load(text, isolation, importFolder);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'catalog.invalid') throw error;
    return error.detail.replaceAll(files.path('catalog.yaml'), 'c').split('\n');
  }
  return [];
}

describe('a mapped table', () => {
  test('has every core column in its type, whatever it comes from', async () => {
    const customers = (await load(MAPPED)).tables.get('customers')!;
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
    expect((await load(MAPPED)).tables.get('products')!.tenantColumn).toBe('tenant');
  });
});

test('a derived table: its select without the semicolon, casts to the core types, the meaning of value', async () => {
  const catalog = await load(MAPPED);
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
  expect((await problemsOf(text)).filter((line) => line.includes(':3:'))).toEqual([]);
});

describe('datasets', () => {
  test('have the columns and types of their table, select or file, that of the tenant left out', async () => {
    const { tables } = await load(MAPPED);
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
    const { tables } = await load(MAPPED);
    expect(tables.get('quoted')!.source).toEqual({
      kind: 'file',
      file: files.path("it's.csv"),
      scan: `read_csv('${files.path("it''s.csv")}', header = true)`,
    });
  });
});

describe('the built-in catalog', () => {
  const builtIn = (own: Warehouse, isolation: Isolation = 'database') =>
    loadCatalog({ warehouse: own, tenant: TEST_TENANT, isolation });
  const tables = (prefix = '') => [
    createTable(
      'customers',
      [
        { name: 'tier', type: 'text' },
        { name: 'credit', type: 'decimal' },
      ],
      'customers',
    ).replace('"customers"', `${prefix}customers`),
    createTable('products').replace('"products"', `${prefix}products`),
    createTable('customer_products').replace('"customer_products"', `${prefix}customer_products`),
  ];

  test('has the managed tables, and further stored columns as attributes', async () => {
    const own = await testWarehouse([
      ...tables(),
      'alter table products add column "Größe (cm)" double',
      'create table other (a int)',
    ]);
    const catalog = await builtIn(own);
    expect([...catalog.tables.keys()]).toEqual(['customers', 'products', 'customer_products']);
    expect(catalog.file).toBeUndefined();
    const attributes = [...catalog.tables.values()].flatMap((table) => table.columns.filter((c) => c.isAttribute));
    expect(attributes.map((c) => [c.name, c.type, c.source])).toEqual([
      ['attribute_tier', 'text', { kind: 'column', column: 'tier' }],
      ['attribute_credit', 'decimal', { kind: 'column', column: 'credit' }],
      ['attribute_grosse_cm', 'double', { kind: 'column', column: 'Größe (cm)' }],
    ]);
    const core = catalog.tables.get('customers')!.columns.filter((c) => !c.isAttribute);
    expect(core.every((c) => c.source.kind === 'column' && c.source.column === c.name)).toBe(true);
    expect(catalog.tables.get('customer_products')!.columns.at(-1)!.source).toEqual({
      kind: 'expression',
      sql: "cast('once' as VARCHAR)",
    });
    await own.close();
  });

  test('says which tables are not there', async () => {
    const own = await testWarehouse([createTable('customers'), 'create table product (a int)']);
    await expect(builtIn(own)).rejects.toThrow(
      'built-in catalog:1:1 the warehouse has no table "products" (did you mean "product"?); import it, or say with table, sql or file where it is\n' +
        'built-in catalog:1:1 the warehouse has no table "customer_products"; import it, or say with table, sql or file where it is',
    );
    await own.close();
  });

  test('is in the schema of the tenant under ISOLATION=schema', async () => {
    const own = await testWarehouse(['create schema acme', ...tables('acme.'), 'create table customers (x int)']);
    const catalog = await builtIn(own, 'schema');
    expect(catalog.tables.get('customers')!.source).toEqual({ kind: 'table', path: ['customers'] });
    await expect(loadCatalog({ warehouse: own, tenant: tenant('other'), isolation: 'schema' })).rejects.toThrow(
      'has no table "customers"',
    );
    await own.close();
  });

  test('needs a tenant column under ISOLATION=column, which it cannot name', async () => {
    const own = await testWarehouse(tables());
    await expect(builtIn(own, 'column')).rejects.toThrow('customers needs tenant_column, because of ISOLATION=column');
    await own.close();
  });
});

test('managed tables with a file: attributes are those that it declares', async () => {
  const own = await testWarehouse([
    createTable('customers', [
      { name: 'tier', type: 'text' },
      { name: 'credit', type: 'decimal' },
      { name: 'more', type: 'text' },
    ]),
    createTable('products'),
    createTable('customer_products'),
  ]);
  const at = (text: string) => loadCatalog({ text, warehouse: own, tenant: TEST_TENANT, isolation: 'database' });
  const attributes =
    'version: 1\ntables: { customers: { attributes: { tier: { personal: true }, credit: { type: decimal } } } }';
  const customers = (await at(attributes)).tables.get('customers')!;
  expect(customers.kind).toBe('managed');
  expect(customers.columns.filter((c) => c.isAttribute).map((c) => [c.name, c.type, c.isPersonal])).toEqual([
    ['attribute_tier', 'text', true],
    ['attribute_credit', 'decimal', false],
  ]);
  await expect(at(attributes.replace('tier:', 'tir:'))).rejects.toThrow(
    'catalog:2:38 the table "customers" has no column "tir" (did you mean "tier"?)',
  );
  await own.close();
});

describe('before an import', () => {
  const text = `version: 1
tables: { customers: { attributes: { tier: { type: integer } } } }
imports:
  sources: { a: { file: orders.csv } }
  tables: { customers: { sql: select * from a }, products: { sql: select * from a }, customer_products: { sql: select * from a } }
`;
  test('its tables are taken as it will make them', async () => {
    const { tables } = await load(text, 'database', files.folder);
    expect(tables.get('customers')!.columns.at(-1)).toMatchObject({
      name: 'attribute_tier',
      type: 'integer',
      engineType: 'BIGINT',
    });
    expect((await problemsOf(text)).length).toBe(3);
  });
  test('its files must be there', async () => {
    expect(await problemsOf(text, 'database', '/nonexistent')).toEqual([
      'c:4:25 there is no file "/nonexistent/orders.csv"',
    ]);
    expect(await problemsOf(text.replace('orders.csv', 'nope.csv'))).toHaveLength(3);
  });
});

describe('the hash', () => {
  test('is the same for the same catalog and changes with what answers depend on', async () => {
    const hash = async (text: string) => (await load(text)).hash;
    const first = await hash(MAPPED);
    expect(await hash(`# a comment\n${MAPPED}`)).toBe(first);
    expect(await hash(MAPPED.replace('default: once', 'default: monthly'))).not.toBe(first);
    expect(await hash(MAPPED.replace('turnover > 1000000', 'turnover > 2000000'))).not.toBe(first);
    expect(await hash(MAPPED.replace('customer_id: Client_No', 'customer_id: uid'))).not.toBe(first);
  });
});

describe('what the warehouse says against', () => {
  const customers = (body: string) =>
    MAPPED.replace(/ {2}customers:\n[^]*? {2}products:\n/, `  customers:\n${body}\n  products:\n`);
  test.each([
    ['    table: crm.client', ['c:4:12 the warehouse has no table "crm.client" (did you mean "crm.clients"?)']],
    ['    table: clients', ['c:4:12 the warehouse has no table "clients" (did you mean "crm.clients"?)']],
    ['    table: a.b.c', ['c:4:12 must be a table or schema.table, not "a.b.c"']],
    [
      '    table: crm.clients\n    columns: { customer_id: client_n }',
      ['c:5:29 the table "crm.clients" has no column "client_n" (did you mean "client_no"?)'],
    ],
    ['    table: crm.clients', ['c:3:3 customers needs customer_id, and the table "crm.clients" has no such column']],
    [
      '    table: crm.clients\n    columns: { customer_id: null }',
      ['c:5:29 customers needs customer_id: it cannot be null'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_i: client_no }',
      ['c:5:16 unknown core column "customer_i" (did you mean "customer_id"?)'],
    ],
    [
      '    table: crm.clients\n    colums: { customer_id: client_no }',
      ['c:5:5 unknown key "colums" (did you mean "columns"?)'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, registration_date: vip }',
      ['c:5:59 customers.registration_date is date, and BOOLEAN cannot become that'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, registration_date: { expression: client_no + 1 } }',
      ['c:5:73 customers.registration_date is date, and BIGINT cannot become that'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: upper(hom) }, status: { expression: "1 +" }, customer_name: { expression: lower(home) } }',
      [
        'c:5:62 Referenced column "hom" not found in FROM clause (did you mean "home"?)',
        'c:5:98 syntax error at or near ")"',
      ],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: foo(home) } }',
      ['c:5:62 Scalar Function with name foo does not exist'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: max(home) } }',
      [expect.stringMatching(/^c:5:62 column "client_no" must appear in the GROUP BY/)],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no }\n    attributes: { tir: {}, a: { column: tierr }, b: { expression: nope } }',
      [
        'c:6:19 the table "crm.clients" has no column "tir" (did you mean "tier"?)',
        'c:6:41 the table "crm.clients" has no column "tierr" (did you mean "tier"?)',
        'c:6:67 Referenced column "nope" not found in FROM clause',
      ],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no }\n    tenant_column: tenat',
      ['c:6:20 customers has no column "tenat"'],
    ],
    [
      '    sql: select client_no from crm.clients',
      ['c:4:10 customers needs customer_id, and the sql of customers has no such column'],
    ],
    ['    sql: selec 1', ['c:4:10 syntax error at or near "1"']],
    [
      '    sql: |\n      select\n        client_no as customer_id,\n        nme\n      from crm.clients',
      ['c:4:10 Referenced column "nme" not found in FROM clause (line 3 of it)'],
    ],
    ['    file: nope.csv', [`c:4:11 there is no file "${files.path('nope.csv')}"`]],
    ['    file: broken.parquet', [expect.stringMatching(/^c:4:11 .*(parquet|magic)/i)]],
    [
      '    file: orders.csv\n    columns: { customer_id: ids }',
      ['c:5:29 the file of customers has no column "ids" (did you mean "id"?)'],
    ],
  ])('%s', async (body, lines) => {
    expect(await problemsOf(customers(body))).toEqual(lines);
  });

  test('under ISOLATION=column every table needs its tenant column', async () => {
    expect(await problemsOf(MAPPED, 'column')).toEqual([
      'c:3:3 customers needs tenant_column, because of ISOLATION=column',
      'c:22:3 customer_products needs tenant_column, because of ISOLATION=column',
      'c:30:3 orders needs tenant_column, because of ISOLATION=column',
      'c:31:3 events needs tenant_column, because of ISOLATION=column',
      'c:32:3 list needs tenant_column, because of ISOLATION=column',
      'c:33:3 quoted needs tenant_column, because of ISOLATION=column',
      'c:34:3 big needs tenant_column, because of ISOLATION=column',
    ]);
  });

  test('a PII mark on no column', async () => {
    expect(await problemsOf(MAPPED.replace('personal: [client_no]', 'personal: [client_no, sk]'))).toEqual([
      'c:29:57 raw_sales has no column "sk" (did you mean "sku"?)',
    ]);
  });
});

test('a file that cannot be read', async () => {
  const at = (file: string) => loadCatalog({ file, warehouse, tenant: TEST_TENANT, isolation: 'database' });
  const bad = testFolder({ 'latin1.yaml': Uint8Array.of(0x61, 0xe9), 'large.yaml': 'x'.repeat(10_000_000) });
  await expect(at('/nonexistent.yaml')).rejects.toThrow('/nonexistent.yaml:1:1 the file cannot be read (ENOENT)');
  await expect(at(bad.path('latin1.yaml'))).rejects.toThrow('latin1.yaml:1:1 the file is not UTF-8 text');
  await expect(at(bad.path('large.yaml'))).rejects.toThrow('large.yaml:1:1 the file has 10000000 bytes');
  bad.remove();
});

test('a warehouse that does not answer is no mistake of the catalog', async () => {
  const away = { ...warehouse, describe: () => Promise.reject(new AppError('warehouse.unavailable', 'gone')) };
  await expect(
    loadCatalog({ text: MAPPED, warehouse: away, tenant: TEST_TENANT, isolation: 'database' }),
  ).rejects.toThrow('warehouse.unavailable');
});
