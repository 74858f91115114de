import { array, assert, constantFrom, property, string } from '../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import type { Catalog, CatalogColumn, CatalogTable } from '../catalog/model.ts';
import { tenant } from '../warehouse/tenant.ts';
import { compile, type CompileContext, type Isolation } from './compile.ts';
import { duckdbDialect } from './duckdb-dialect.ts';
import { snowflakeDialect } from './snowflake-dialect.ts';
import { columns, id, join, sql, stored, trusted, type Sql } from './sql.ts';

const base = { type: 'text', engineType: 'VARCHAR', description: '', unit: undefined, isPersonal: false } as const;
const column = (name: string, source: string = name): CatalogColumn => ({
  ...base,
  name,
  isAttribute: name.startsWith('attribute_'),
  source: { kind: 'column', column: source },
});
const expression = (name: string, text: string): CatalogColumn => ({
  ...base,
  name,
  isAttribute: false,
  source: { kind: 'expression', sql: text },
});
const table = (name: string, source: CatalogTable['source'], list: readonly CatalogColumn[]): CatalogTable => ({
  name,
  kind: 'mapped',
  isCore: false,
  description: '',
  source,
  columns: list,
  tenantColumn: 'owner "x"',
});

const TABLES = [
  table('customers', { kind: 'table', path: ['customers'] }, [
    column('customer_id'),
    column('region', 'Sales Region'),
    expression('status', "case when gone then 'left' else 'here' end"),
    column('attribute_tier', 'tier'),
  ]),
  table('orders', { kind: 'table', path: ['sales', 'or"ders'] }, [column('order_id')]),
  table('late', { kind: 'sql', sql: 'select * from orders where late' }, [column('order_id')]),
  table('files', { kind: 'file', file: '/tmp/x.csv', scan: "read_csv('/tmp/x.csv')" }, [column('line no')]),
];
const catalog: Catalog = {
  tables: new Map(TABLES.map((entry) => [entry.name, entry])),
  valueMeaning: { default: 'once', byType: {} },
  hash: 'h',
  file: undefined,
};
const t = (name: string) => ({ kind: 'table', table: name }) as const;
const context = (isolation: Isolation = 'database'): CompileContext => ({
  dialect: duckdbDialect,
  catalog,
  tenant: tenant('acme'),
  isolation,
});
const print = (fragment: Sql, isolation?: Isolation) => compile(fragment, context(isolation));

describe('compile', () => {
  test('prints each table as a sub-select of the columns that the statement names, under our names', () => {
    const { text, params, reads } = print(
      sql`select c.region, c.status from ${t('customers')} c where c.region = ${'x'}`,
    );
    expect(text).toBe(
      `select c.region, c.status from (select "Sales Region" as "region", ` +
        `(case when gone then 'left' else 'here' end) as "status" from "customers") c where c.region = ?`,
    );
    expect(params).toEqual(['x']);
    expect(reads).toEqual({ tables: ['customers'], columns: ['customers.region', 'customers.status'] });
  });

  test('a table of which no column is named still has its rows', () => {
    const { text, reads } = print(sql`select count(*) as n from ${t('customers')} c`);
    expect(text).toBe('select count(*) as n from (select 1 as one from "customers") c');
    expect(reads).toEqual({ tables: ['customers'], columns: [] });
  });

  test('names in quotes and in id() count as named', () => {
    expect(print(sql`select f."line no" from ${t('files')} f`).reads.columns).toEqual(['files.line no']);
    expect(print(sql`select f.${id('line no')} from ${t('files')} f`).reads.columns).toEqual(['files.line no']);
  });

  test('bound values are no names: a value that equals a column does not read it', () => {
    expect(print(sql`select ${'region'} as x from ${t('customers')} c`).reads.columns).toEqual([]);
  });

  test('columns() prints all of them, attributes too', () => {
    const { text, reads } = print(sql`select ${columns(t('customers'), 'c')} from ${t('customers')} c`);
    expect(text).toContain('select c."customer_id", c."region", c."status", c."attribute_tier" from (');
    expect(reads.columns).toHaveLength(4);
  });

  test('a table that is used twice is printed twice and read once', () => {
    const { text, reads } = print(sql`select a.order_id from ${t('orders')} a join ${t('orders')} b on true`);
    expect(text.match(/"sales"."or""ders"/g)).toHaveLength(2);
    expect(reads.tables).toEqual(['orders']);
  });

  test('a table or a column list that the catalog does not have is refused', () => {
    expect(() => print(sql`select 1 from ${t('nope')} n`)).toThrow('the catalog has no table "nope"');
    expect(() => print(sql`select ${columns(t('nope'), 'n')}`)).toThrow(RangeError);
  });

  test('without a tenant nothing is printed', () => {
    for (const none of [undefined, null, {}, { id: '' }]) {
      const broken = { ...context(), tenant: none } as unknown as CompileContext;
      expect(() => compile(sql`select 1`, broken)).toThrow(TypeError);
    }
  });
});

describe('the scope of the tenant', () => {
  const everywhere = sql`select a.region, o.order_id, l.order_id from ${t('customers')} a, ${t('orders')} o, ${t('late')} l
where a.region = ${'north'}`;

  test('database: the file is the scope, nothing is added', () => {
    const { text, params } = print(everywhere);
    expect(text).not.toContain('acme');
    expect(params).toEqual(['north']);
  });

  test('schema: a table without a schema of its own is in that of the tenant', () => {
    const { text } = print(everywhere, 'schema');
    expect(text).toContain('from "acme"."customers"');
    expect(text).toContain('from "sales"."or""ders"');
  });

  test('column: every table holds the tenant, whatever its rows come from, and binds stay in the order of the text', () => {
    const { text, params } = print(everywhere, 'column');
    expect(text.match(/ where "owner ""x""" = \?\)/g)).toHaveLength(3);
    expect(params).toEqual(['acme', 'acme', 'acme', 'north']);
    expect(print(sql`select 1 from ${t('files')} f`, 'column').text).toContain(
      `from read_csv('/tmp/x.csv') where "owner ""x""" = ?`,
    );
  });

  test('column: a table without such a column cannot be printed', () => {
    const open = { ...TABLES[0]!, tenantColumn: undefined };
    const leaky = { ...context('column'), catalog: { ...catalog, tables: new Map([['customers', open]]) } };
    expect(() => compile(sql`select 1 from ${t('customers')} c`, leaky)).toThrow(
      'needs tenant_column on table customers',
    );
  });

  test('column: no arrangement of tables and values leaves a table without it or moves a value', () => {
    const piece = constantFrom('customers', 'orders', 'late', 'files').map((name) => ({ name, value: undefined }));
    const value = string().map((text) => ({ name: undefined, value: text }));
    assert(
      property(array(piece, { minLength: 1 }), array(value), (tables, values) => {
        const mixed = [...tables, ...values].map(({ name, value: text }) =>
          name === undefined ? sql`${text}` : sql`${t(name)}`,
        );
        const { params, text } = print(join(mixed, ', '), 'column');
        expect(params).toEqual([...tables.map(() => 'acme'), ...values.map((one) => one.value)]);
        expect(text.match(/\?/g)).toHaveLength(params.length);
      }),
    );
  });
});

test('trusted text is printed as it is', () => {
  expect(print(trusted('select 1 as "a?"')).text).toBe('select 1 as "a?"');
});

describe('compile for Snowflake', () => {
  const onSnowflake = (fragment: Sql, isolation?: Isolation) =>
    compile(fragment, { ...context(isolation), dialect: snowflakeDialect });

  test('prints names of ours folded, and stored names as they are', () => {
    const { text, reads } = onSnowflake(
      sql`select c.${id('region')}, c.status as ${id('Our Status')} from ${t('customers')} c where c.${stored('customer_id')} = ${'x'}`,
    );
    expect(text).toBe(
      `select c."REGION", c.status as "Our Status" from (select "Sales Region" as "REGION", ` +
        `(case when gone then 'left' else 'here' end) as "STATUS" from "customers") c where c."customer_id" = ?`,
    );
    expect(reads.columns).toEqual(['customers.region', 'customers.status']);
  });

  test('prints all columns of a table under our names, and reads them', () => {
    const { text, reads } = onSnowflake(sql`select ${columns(t('customers'), 'c')} from ${t('customers')} c`);
    expect(text).toMatch(/^select c\."CUSTOMER_ID", c\."REGION", c\."STATUS", c\."ATTRIBUTE_TIER" from/);
    expect(text).toContain('"tier" as "ATTRIBUTE_TIER"');
    expect(reads.columns).toHaveLength(4);
  });

  test('names the schema of the tenant as it folds', () => {
    expect(onSnowflake(sql`select o.order_id from ${t('customers')} o`, 'schema').text).toContain(
      'from "ACME"."customers"',
    );
    expect(onSnowflake(sql`select o.order_id from ${t('orders')} o`, 'schema').text).toContain(
      'from "sales"."or""ders"',
    );
  });

  test('says aloud that it reads no files', () => {
    expect(() => onSnowflake(sql`select count(*) as n from ${t('files')} f`)).toThrow(
      expect.objectContaining({ code: 'unsupported.feature', detail: expect.stringContaining('files is a file') }),
    );
  });
});
