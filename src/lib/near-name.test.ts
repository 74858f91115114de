import { assert, property, string } from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { didYouMean, nearName } from './near-name.ts';

describe('nearName', () => {
  test.each([
    ['limt', ['limit', 'sort'], 'limit'],
    ['lmiit', ['limit', 'sort'], 'limit'],
    ['REGION', ['region'], 'region'],
    ['pricegte', ['price', 'price[gte]'], 'price[gte]'],
    ['ab', ['ac', 'ad'], 'ac'],
    ['custmoerId', ['customerName', 'customerId'], 'customerId'],
  ])('%s is taken for one of %j', (name, candidates, meant) => {
    expect(nearName(name, candidates)).toBe(meant);
  });

  test.each([
    ['colour', ['limit', 'sort']],
    ['x', []],
    ['', ['limit']],
    ['abcdef', ['abcxyz']],
  ])('%j is near none of %j', (name, candidates) => {
    expect(nearName(name, candidates)).toBeUndefined();
  });

  test('a transposition costs one, not two: it beats a candidate at distance two', () => {
    expect(nearName('acbdef', ['abcdxx', 'abcdef'])).toBe('abcdef');
  });

  test('a name is always nearest to itself, however long', () => {
    assert(
      property(string({ minLength: 1, maxLength: 100 }), (name) => nearName(name, ['z'.repeat(50), name]) === name),
    );
  });

  test('a name of a megabyte is compared by its first hundred characters', () => {
    expect(nearName('limit'.padEnd(1_000_000, 'x'), ['limit'])).toBeUndefined();
  });
});

test('didYouMean quotes the near name, or says nothing', () => {
  expect(didYouMean('limt', ['limit'])).toBe(' (did you mean "limit"?)');
  expect(didYouMean('colour', ['limit'])).toBe('');
});
