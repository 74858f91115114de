import { assert, dictionary, integer, jsonValue, property, string } from '../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { canonicalJson, shortHash } from './canonical-json.ts';

test('keys are sorted at every depth, lists keep their order, undefined members are left out', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: undefined, b: 'x' } })).toBe('{"a":{"b":"x","d":null},"b":[2,1]}');
});

test('the order in which members were set does not matter', () => {
  assert(
    property(dictionary(string(), integer()), (members) => {
      const reversed = Object.fromEntries(Object.entries(members).toReversed());
      return canonicalJson(members) === canonicalJson(reversed);
    }),
  );
});

test('reading it gives the value back', () => {
  assert(
    property(jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
    }),
  );
});

test('a hash is 22 characters that fit into headers and file names, and differs for another text', () => {
  expect(shortHash('')).toMatch(/^[\w-]{22}$/);
  expect(shortHash('a')).toBe(shortHash('a'));
  expect(shortHash('a')).not.toBe(shortHash('b'));
});
