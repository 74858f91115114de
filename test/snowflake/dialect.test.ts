import { expect, test } from 'vitest';
import { compile } from '../../src/data/sql/compile.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import { sql, trusted, type Sql } from '../../src/data/sql/sql.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { connect, testStandIn } from './driver.ts';
import { checkStrictly } from './strict.ts';

const d = snowflakeDialect;
const NO_TABLES = {
  tables: new Map(),
  valueMeaning: { default: 'once', byType: {} },
  hash: '',
  file: undefined,
} as const;
const HOSTILE = ["o'hara", '"', '\\', 'a\nb', '😀', '', '%_', 'null', 'Ünïcode'];

async function answers() {
  const session = await connect(await testStandIn());
  return async (fragment: Sql) => {
    const context = { dialect: d, catalog: NO_TABLES, tenant: tenant('acme'), isolation: 'database' } as const;
    const { text, params } = compile(fragment, context);
    checkStrictly(text);
    return (await session.run(text, params as (string | number)[])).rows;
  };
}

test('lists of ids come as they were given', async () => {
  const answer = await answers();
  const rows = await answer(sql`select l.id from ${d.idList(HOSTILE)} l`);
  expect(new Set(rows.map(({ ID }) => ID))).toEqual(new Set(HOSTILE));
  expect(rows).toHaveLength(HOSTILE.length);
  expect(await answer(sql`select l.id from ${d.idList([])} l`)).toEqual([]);
});

test('rows have their types, and a null of JSON is a null', async () => {
  const answer = await answers();
  const columns = [
    { name: 'customer_id', type: 'varchar' },
    { name: 'Amount', type: 'decimal(15,2)' },
    { name: 'since', type: 'date' },
    { name: 'is_set', type: 'boolean' },
  ];
  const json = JSON.stringify([
    ["a'\\", '12345678901.05', '2026-01-31', 'true'],
    ['null', null, null, null],
  ]);
  const rows = await answer(
    sql`select r.customer_id, r."Amount" * 2 as twice, r.since + 1 as day_after, not r.is_set as is_unset from ${d.rows(columns, json)} r order by r.customer_id nulls last`,
  );
  expect(rows).toMatchObject([
    { CUSTOMER_ID: "a'\\", TWICE: 24691357802.1, IS_UNSET: false },
    { CUSTOMER_ID: 'null', TWICE: null, DAY_AFTER: null, IS_UNSET: null },
  ]);
});

test('a double is finite or null', async () => {
  const answer = await answers();
  const values = ['NaN', 'inf', '-inf', '0', '-1.5e300'];
  const columns = [
    { name: 'x', type: 'double' },
    { name: 'number', type: 'integer' },
  ];
  const list = d.rows(columns, JSON.stringify(values.map((value, i) => [value, String(i)])));
  const rows = await answer(sql`select ${d.finite(sql`v.x`)} as y from ${list} v order by v.number nulls last`);
  expect(rows.map(({ Y }) => Y)).toEqual([null, null, null, 0, -1.5e300]);
});

test('a text is contained whatever its case, and its signs mean nothing', async () => {
  const answer = await answers();
  const is = async (text: string, part: string) =>
    (await answer(sql`select ${d.contains(sql`cast(${text} as varchar)`, part)} as found`))[0]!['FOUND'];
  expect(await is("100% O'Hara", "% o'h")).toBe(true);
  expect(await is('abc', 'a_c')).toBe(false);
});

test('a literal is its text', async () => {
  const answer = await answers();
  for (const text of HOSTILE) expect(await answer(sql`select ${trusted(d.literal(text))} as x`)).toEqual([{ X: text }]);
});
