import { expect, test } from 'vitest';
import { duckdbDialect } from '../sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../sql/snowflake-dialect.ts';
import type { TableDescription } from '../warehouse/port.ts';
import { managedTable, missingTables, withManagedTables } from './managed-tables.ts';

const table = (...path: readonly string[]): TableDescription => ({ path, kind: 'table', columns: [] });

test('the name as the engine stores it, in the schema of the tables', () => {
  const own = table('CUSTOMERS');
  expect(managedTable('customers', [table('OLD', 'CUSTOMERS'), table('customers'), own], snowflakeDialect)).toBe(own);
  expect(managedTable('customers', [table('OLD', 'CUSTOMERS')], snowflakeDialect)).toBeUndefined();
  expect(missingTables([own, table('PRODUCTS')], snowflakeDialect)).toEqual(['customer_products']);
});

test('one that differs in its case alone is refused where it is another table', () => {
  const odd = table('Customers');
  expect(() => managedTable('customers', [odd], snowflakeDialect)).toThrow(
    /the service keeps customers in CUSTOMERS, and there is a table "Customers" instead/,
  );
  expect(managedTable('customers', [odd], duckdbDialect)).toBe(odd);
});

test('what is missing is described as it will be made', () => {
  const all = withManagedTables([table('CUSTOMERS')], snowflakeDialect);
  expect(all.map(({ path }) => path)).toEqual([['CUSTOMERS'], ['PRODUCTS'], ['CUSTOMER_PRODUCTS']]);
  expect(all[1]!.columns[0]).toEqual({
    name: 'PRODUCT_ID',
    type: 'text',
    engineType: 'VARCHAR(50)',
    isNullable: false,
  });
  expect(missingTables(all, snowflakeDialect)).toEqual([]);
});
