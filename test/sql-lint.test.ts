import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryOf } from '../src/analysis/registry.ts';
import { coreCatalog } from '../src/data/catalog/core-catalog.ts';
import { CORE_TABLE_NAMES } from '../src/data/catalog/core-tables.ts';
import { createTable } from '../src/data/catalog/ddl.ts';
import { duckdbDialect } from '../src/data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../src/data/sql/snowflake-dialect.ts';
import { openTestWarehouse, type TestWarehouse } from '../src/data/warehouse/duckdb/test-warehouse.ts';
import { sqlPages } from '../src/delivery/reference/sql-pages.ts';
import { ANALYSES } from '../src/features/index.ts';
import { checkStrictly } from './snowflake/strict.ts';
import { objection, orderOf } from './sql-rules.ts';
import { listStatements, stepStatements, writeStatements, type Printed } from './sql-statements.ts';

const docs = readFileSync(fileURLToPath(new URL('../docs/dialects.md', import.meta.url)), 'utf8');
const pages = (dialect: typeof duckdbDialect) =>
  sqlPages(registryOf(ANALYSES), coreCatalog(dialect), dialect).flatMap(({ path, text }) =>
    text
      .split('\n\n-- ')
      .slice(1)
      .map((part): Printed => {
        const [title, second, ...rest] = part.trimEnd().replace(/;$/, '').split('\n');
        const binds = second!.startsWith('-- binds: ');
        const lines = binds ? rest : [second!, ...rest];
        const params = binds ? (JSON.parse(second!.slice('-- binds: '.length)) as Printed['params']) : [];
        return { name: `${path}: ${title}`, text: lines.join('\n'), params };
      }),
  );
const DUCKDB = [...pages(duckdbDialect), ...listStatements(duckdbDialect), ...stepStatements(duckdbDialect)];
const ISOLATIONS = ['database', 'schema', 'column'] as const;
const SNOWFLAKE = [
  ...pages(snowflakeDialect),
  ...ISOLATIONS.flatMap((isolation) => [
    ...listStatements(snowflakeDialect, isolation),
    ...stepStatements(snowflakeDialect, isolation),
    ...writeStatements(snowflakeDialect, isolation),
  ]),
  ...CORE_TABLE_NAMES.map((name) => ({
    name: `create ${name}`,
    text: createTable(name, [{ name: 'tier', type: 'text' }], name, snowflakeDialect),
    params: [],
  })),
];

test('the rules of SQL hold for both dialects', () => {
  const all = [...DUCKDB, ...SNOWFLAKE, ...writeStatements(duckdbDialect)];
  expect(all.length).toBeGreaterThan(500);
  expect(all.flatMap(({ name, text }) => objection(text)?.concat(': ', name) ?? [])).toEqual([]);
});

describe('on Snowflake', () => {
  test('every statement is of the subset, and its functions are in docs/dialects.md with their pages', () => {
    const used = new Map<string, string>();
    for (const { name, text } of SNOWFLAKE) {
      try {
        for (const one of checkStrictly(text)) used.set(one.name, one.page);
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}\n${text}`, { cause: error });
      }
    }
    const rows = [...used].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, page]) => `| \`${name}\` | <${page}> |`);
    const [, table = ''] = docs.split('| function | page |\n| --- | --- |\n');
    expect(table.split('\n\n')[0]!.trimEnd()).toBe(rows.join('\n'));
  });

  test('names of ours fold, and stored names stay as they are', () => {
    const [insert] = writeStatements(snowflakeDialect, 'column');
    expect(insert!.text).toContain('merge into "CUSTOMERS" t');
    expect(insert!.text).toMatch(/"CUSTOMER_ID", .*"The double", .*"owner"\)/);
    expect(insert!.text).toMatch(
      /on t\."CUSTOMER_ID" = s\."CUSTOMER_ID" and t\."owner" = \?\nwhen not matched then insert/,
    );
    expect(writeStatements(snowflakeDialect, 'schema')[0]!.text).toContain('merge into "ACME"."CUSTOMERS" t');
  });

  test('a word of the language names nothing: DuckDB would take it', () => {
    for (const { text } of SNOWFLAKE) expect(text).not.toMatch(/\bas rows\b/);
  });
});

/** Characters of a statement that reads the facts. */
const LONG = 8000;

/**
 * Whether an order ends in a unique key is asked of rows: two customers, products and relationships out of three are alike in
 * all but their ids, so that every other order has ties.
 */
describe('every order is total', () => {
  let warehouse: TestWarehouse;
  const all = DUCKDB.flatMap((printed) => {
    const order = orderOf(printed.text);
    return order === undefined ? [] : [{ ...printed, ...order }];
  });
  // Of the lists with all that is known of a customer one for each order: each takes half a second, whatever it filters by.
  const ordered = [
    ...new Map(
      all.map((one) => [one.text.length > LONG ? `${one.name.split(' ')[0]} ${one.keys.join()}` : one.name, one]),
    ).values(),
  ];

  beforeAll(async () => {
    warehouse = await openTestWarehouse();
    const attributes = ['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'json'] as const;
    await warehouse.script(
      createTable(
        'customers',
        attributes.map((type) => ({ name: `The ${type}`, type })),
      ),
      createTable('products'),
      createTable('customer_products'),
      `insert into customers (customer_id, customer_name, region, customer_type) select 'C000000' || i, case when i % 3 = 0 then 'b' end, 'r' || i % 2, 't' from range(30) r(i)`,
      `insert into products (product_id, product_name) select 'P0000' || i, 'x' from range(9) r(i)`,
      `insert into customer_products (relationship_id, customer_id, product_id, start_date, value)
        select 'R' || c || p || n, 'C000000' || c, 'P0000' || p, date '2020-01-01', 1 from range(30) a(c), range(9) b(p), range(2) d(n)`,
    );
  });
  afterAll(() => warehouse.close());

  async function ties({ rows, keys, params }: { rows: string; keys: readonly string[]; params: Printed['params'] }) {
    const binds = params.slice(0, rows.split('?').length - 1);
    const counted = `${rows}\nqualify count(*) over (partition by ${keys.join(', ')}) > 1`;
    return (await warehouse.query(counted, binds)).rowCount;
  }

  test('the statements that have one', async () => {
    expect(ordered.length).toBeGreaterThan(100);
    for (const statement of ordered) expect([statement.name, await ties(statement)]).toEqual([statement.name, 0]);
    // Hundreds of statements, some of which have all that is known of a customer in them.
  }, 300_000);

  test('one that is not is found', async () => {
    const { rows, keys } = orderOf('select c.region from customers c\norder by c.region desc nulls last\nlimit 3')!;
    expect(keys).toEqual(['c.region']);
    expect(await ties({ rows, keys, params: [] })).toBeGreaterThan(0);
  });
});
