import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import fc from '../../test/fast-check.ts';
import { condensed, type ObjectSchema } from './condensed-schema.ts';

const text = (maxLength: number, description: string) => ({ type: 'string', maxLength, description });
const filters = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`size ${i}`, text(3, `Size ${i}.`)],
      [`size ${i}[in]`, { type: 'array', items: text(3, `One of ${i}.`), maxItems: 2 }],
    ]).flat(),
  );
const wide = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, default: 10 },
    need: text(3, 'Has to be there.'),
    odd: text(4, 'Like no other.'),
    ...filters(12),
  },
  required: ['need'],
  additionalProperties: false,
};

test('properties that allow the same are one pattern; those with a default or that must be there stay', () => {
  const { properties, patternProperties } = condensed<ObjectSchema & { patternProperties?: object }>(wide);
  expect(Object.keys(properties!)).toEqual(['limit', 'need', 'odd']);
  expect(Object.values(patternProperties!)).toEqual([
    { type: 'string', maxLength: 3 },
    { type: 'array', items: text(3, 'One of 0.'), maxItems: 2 },
  ]);
});

test('a schema of few properties stays as it is', () => {
  const few = { type: 'object', properties: filters(3) };
  expect(condensed(few)).toBe(few);
});

test('both take and refuse the same, and make the same of it', () => {
  const ajv = new Ajv({ useDefaults: true, coerceTypes: 'array', allErrors: true });
  const [plain, dense] = [ajv.compile(wide), ajv.compile(condensed(wide))];
  const name = fc.constantFrom(
    'limit',
    'need',
    'odd',
    'size 1',
    'size 11',
    'size 12',
    'size 1[in]',
    'Size 1',
    'size',
    '',
  );
  const value = fc.oneof(fc.string({ maxLength: 5 }), fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }));
  const errors = ({ errors }: typeof plain) =>
    new Set(errors?.map(({ instancePath, keyword, params }) => JSON.stringify([instancePath, keyword, params])));
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (query) => {
      const [first, second] = [structuredClone(query), structuredClone(query)];
      expect(dense(second)).toBe(plain(first));
      expect(second).toEqual(first);
      expect(errors(dense)).toEqual(errors(plain));
    }),
    { numRuns: 2000 },
  );
});
