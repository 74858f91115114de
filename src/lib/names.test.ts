import { expect, test } from 'vitest';
import { camelCase, snakeCase } from './names.ts';

test.each([
  ['customerId', 'customer_id'],
  ['status', 'status'],
  ['valueOnce', 'value_once'],
  ['productsPerOwner', 'products_per_owner'],
])('%s is %s in SQL, and back', (field, column) => {
  expect(snakeCase(field)).toBe(column);
  expect(camelCase(column)).toBe(field);
});

test('a digit after an underscore has no capital and loses its underscore', () => {
  expect(camelCase('top_10')).toBe('top10');
});
