import { describe, expect, test } from 'vitest';
import { dateWords, entityScore, looksPersonal, tableWords, wordsIn } from './words.ts';

test.each([
  ['OrderLines', 'order line'],
  ['tbl_Kunden-2', 'tbl kunden 2'],
  ['purchases', 'purchase'],
  ['categories', 'category'],
  ['boxes', 'box'],
  ['addresses', 'address'],
  ['status', 'status'],
  ['class', 'class'],
  ['Größe', 'große'],
])('the words in %s', (name, expected) => {
  expect(wordsIn(name).join(' ')).toBe(expected);
});

test('words that say nothing are left out, unless there are no others', () => {
  expect(tableWords('dim_customer')).toEqual(['customer']);
  expect(tableWords('main_data')).toEqual(['main', 'data']);
  expect(dateWords('created_at')).toEqual(['created']);
  expect(dateWords('date')).toEqual(['date']);
});

describe('how well a word names a kind of table', () => {
  test.each([
    ['customer', 'customers', 1],
    ['clnt', 'customers', 0.8],
    ['prod', 'products', 0.8],
    ['cl', 'customers', 0],
    ['clientx', 'customers', 0],
    ['weather', 'products', 0],
  ] as const)('%s for %s', (word, kind, score) => {
    expect(entityScore(word, kind)).toBe(score);
  });
  test('later words a little less', () => {
    expect(entityScore('user', 'customers')).toBeGreaterThan(entityScore('party', 'customers'));
  });
});

test.each([
  ['e_mail', true],
  ['EmailAddress', true],
  ['first_name', true],
  ['phone_no', true],
  ['product_name', false],
  ['first_order', false],
  ['total', false],
])('%s looks personal: %s', (name, expected) => {
  expect(looksPersonal(name)).toBe(expected);
});
