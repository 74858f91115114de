import { expect, test } from 'vitest';
import { allowedWords, nameList, shownValue, type ValueSchema } from './allowed-words.ts';

const words: [ValueSchema, string][] = [
  [{ type: 'integer' }, 'an integer'],
  [{ type: 'integer', minimum: 1, maximum: 9 }, 'an integer between 1 and 9'],
  [{ type: 'number', minimum: 0 }, 'a number of at least 0'],
  [{ type: 'number', maximum: 0 }, 'a number of at most 0'],
  [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 'a number greater than 0 and less than 1'],
  [{ type: 'number', multipleOf: 5 }, 'a number that is a multiple of 5'],
  [{ type: 'boolean' }, 'true or false'],
  [{ type: 'null' }, 'null'],
  [{ type: 'object' }, 'an object'],
  [{ type: 'string' }, 'text'],
  [{ type: 'string', minLength: 1 }, 'text of at least 1 character'],
  [{ type: 'string', minLength: 1, maxLength: 50 }, 'text of 1 to 50 characters'],
  [{ type: 'string', minLength: 2, maxLength: 2 }, 'text of 2 characters'],
  [{ type: 'string', pattern: '^a' }, 'text that matches ^a'],
  [{ type: 'string', pattern: '^a', examples: ['ab'] }, 'text that matches ^a, such as "ab"'],
  [{ type: 'string', format: 'date' }, 'a date such as 2024-01-31'],
  [{ type: 'string', format: 'date-time' }, 'a timestamp such as 2024-01-31T12:00:00Z'],
  [{ type: 'string', enum: ['a', 'b'] }, 'one of a, b'],
  [{ const: 'a' }, '"a"'],
  [{ type: 'array', minItems: 1, maxItems: 3 }, 'a list of 1 to 3 items'],
  [{ type: 'array', uniqueItems: true }, 'a list without repeats'],
  [{ type: ['string', 'null'] }, 'text or null'],
  [{ type: 'strange' }, 'strange'],
  [{ anyOf: [{ const: 'a' }, { const: 1 }] }, 'one of a, 1'],
  [{ anyOf: [{ type: 'integer' }, { type: 'integer' }, { type: 'null' }] }, 'an integer or null'],
  [{}, 'something else'],
];

test.each(words)('%j allows %s', (schema, said) => {
  expect(allowedWords(schema)).toBe(said);
});

test.each([
  ['a"b', '"a\\"b"'],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [[1], 'a list of 1 item'],
  [{ a: 1 }, 'an object'],
] as const)('%j is shown as %s', (value, shown) => {
  expect(shownValue(value)).toBe(shown);
});

test('many names are counted', () => {
  expect(nameList(Array.from({ length: 50 }, (_, i) => `n${i}`))).toMatch(/^n0, n1, .*, n39 and 10 more$/);
});
