import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { Isolation } from '../sql/compile.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { createTable } from './ddl.ts';
import { loadCatalog } from './load.ts';
import { TEST_TENANT, testFolder, testWarehouse } from './test-warehouse.ts';
import { MAPPED, openWorld } from './test-world.ts';

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

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
    const { tables } = await world.load(text, 'database', world.files.folder);
    expect(tables.get('customers')!.columns.at(-1)).toMatchObject({
      name: 'attribute_tier',
      type: 'integer',
      engineType: 'BIGINT',
    });
    expect((await world.problemsOf(text)).length).toBe(3);
  });
  test('its files must be there', async () => {
    expect(await world.problemsOf(text, 'database', '/nonexistent')).toEqual([
      'c:4:25 there is no file "/nonexistent/orders.csv"',
    ]);
    expect(await world.problemsOf(text.replace('orders.csv', 'nope.csv'))).toHaveLength(3);
  });
});

describe('the hash', () => {
  test('is the same for the same catalog and changes with what answers depend on', async () => {
    const hash = async (text: string) => (await world.load(text)).hash;
    const first = await hash(MAPPED);
    expect(await hash(`# a comment\n${MAPPED}`)).toBe(first);
    expect(await hash(MAPPED.replace('default: once', 'default: monthly'))).not.toBe(first);
    expect(await hash(MAPPED.replace('turnover > 1000000', 'turnover > 2000000'))).not.toBe(first);
    expect(await hash(MAPPED.replace('customer_id: Client_No', 'customer_id: uid'))).not.toBe(first);
  });
});

test('a file that cannot be read', async () => {
  const at = (file: string) =>
    loadCatalog({ file, warehouse: world.warehouse, tenant: TEST_TENANT, isolation: 'database' });
  const bad = testFolder({ 'latin1.yaml': Uint8Array.of(0x61, 0xe9), 'large.yaml': 'x'.repeat(10_000_000) });
  await expect(at('/nonexistent.yaml')).rejects.toThrow('/nonexistent.yaml:1:1 the file cannot be read (ENOENT)');
  await expect(at(bad.path('latin1.yaml'))).rejects.toThrow('latin1.yaml:1:1 the file is not UTF-8 text');
  await expect(at(bad.path('large.yaml'))).rejects.toThrow('large.yaml:1:1 the file has 10000000 bytes');
  bad.remove();
});

test('a warehouse that does not answer is no mistake of the catalog', async () => {
  const away = { ...world.warehouse, describe: () => Promise.reject(new AppError('warehouse.unavailable', 'gone')) };
  await expect(
    loadCatalog({ text: MAPPED, warehouse: away, tenant: TEST_TENANT, isolation: 'database' }),
  ).rejects.toThrow('warehouse.unavailable');
});
