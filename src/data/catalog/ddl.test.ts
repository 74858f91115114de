import { expect, test } from 'vitest';
import { CORE_TABLE_NAMES, CORE_TABLES, isCoreTable } from './core-tables.ts';
import { createTable } from './ddl.ts';

test('the three tables have the names and types that everybody may rely on', () => {
  const shape = CORE_TABLE_NAMES.map((name) => [
    name,
    CORE_TABLES[name].columns.map((c) => `${c.name} ${c.engineType}`),
  ]);
  expect(Object.fromEntries(shape)).toEqual({
    customers: [
      'customer_id VARCHAR(50)',
      'customer_name VARCHAR(255)',
      'customer_type VARCHAR(50)',
      'region VARCHAR(100)',
      'registration_date DATE',
      'status VARCHAR(20)',
    ],
    products: [
      'product_id VARCHAR(50)',
      'product_name VARCHAR(255)',
      'product_category VARCHAR(100)',
      'product_type VARCHAR(50)',
      'launch_date DATE',
      'status VARCHAR(20)',
    ],
    customer_products: [
      'relationship_id VARCHAR(50)',
      'customer_id VARCHAR(50)',
      'product_id VARCHAR(50)',
      'relationship_type VARCHAR(50)',
      'start_date DATE',
      'end_date DATE',
      'value DECIMAL(15,2)',
    ],
  });
});

test('a name is a core table or not, and members of objects are none', () => {
  expect(isCoreTable('products')).toBe(true);
  expect(isCoreTable('constructor')).toBe(false);
});

test('customers and products have a primary key, customer_products has none', () => {
  expect(createTable('customers')).toMatch(/customer_id VARCHAR\(50\) not null,[^]*primary key \(customer_id\)\n\)$/);
  expect(createTable('products')).toContain('primary key (product_id)');
  expect(createTable('customer_products')).not.toContain('primary key');
});

test('attributes are columns of their own, whatever their names hold, and the table may have another name', () => {
  const text = createTable(
    'customer_products',
    [
      { name: 'tier', type: 'text' },
      { name: 'a"; drop table x', type: 'integer' },
    ],
    'next "x"',
  );
  expect(text).toMatch(/^create table if not exists "next ""x""" \(/);
  expect(text).toMatch(/\n  "tier" VARCHAR,\n  "a""; drop table x" BIGINT\n\)$/);
});
