import { expect, test } from 'vitest';
import type { Field } from './columns.ts';
import { bytesOfAnswer, bytesOfBatch, fromObjects, toObjects, type Answer } from './result.ts';

const field = (name: string): Field => ({
  field: name,
  column: name,
  type: 'text',
  description: '',
  unit: undefined,
  isNullable: true,
});

test('rows become objects in camelCase, and objects columns in the order of the fields', () => {
  const batch = {
    rowCount: 2,
    columns: [
      ['a', 'b'],
      [1, null],
    ],
  };
  const rows = toObjects(['customer_id', 'n'], batch);
  expect(rows).toEqual([
    { customerId: 'a', n: 1 },
    { customerId: 'b', n: null },
  ]);
  expect(fromObjects([field('customerId'), field('n')], rows)).toEqual(batch);
});

test('a member that is missing is null, one that no field names is left out', () => {
  expect(fromObjects([field('a')], [{ b: 1 }, { a: 0 }])).toEqual({ rowCount: 2, columns: [[null, 0]] });
  expect(fromObjects([field('a')], [])).toEqual({ rowCount: 0, columns: [[]] });
});

test('a column of a name that objects have is a member like any other', () => {
  expect(toObjects(['constructor'], { rowCount: 1, columns: [['x']] })).toEqual([{ constructor: 'x' }]);
});

test('the memory of an answer grows with rows, texts and encodings', () => {
  const numbers = { rowCount: 1000, columns: [Array.from({ length: 1000 }, () => 1)] };
  const texts = { rowCount: 1000, columns: [Array.from({ length: 1000 }, () => 'x'.repeat(100))] };
  expect(bytesOfBatch(texts) - bytesOfBatch(numbers)).toBeGreaterThan(100_000);
  expect(bytesOfBatch({ rowCount: 1, columns: [[['a']], [null]] })).toBeGreaterThan(64);
  const answer = { batch: numbers, encoded: new Map() } as unknown as Answer;
  const bare = bytesOfAnswer(answer);
  answer.encoded.set('json', Buffer.alloc(5000));
  expect(bytesOfAnswer(answer) - bare).toBe(5000);
});
