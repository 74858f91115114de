import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referenceData } from '../../../test/reference-data.ts';
import { associationRules, type RulesInput } from './association-rules.ts';

const still = () => 0;
const OPTIONS = {
  minSupport: 0,
  minCount: 1,
  minLength: 2,
  maxLength: 10,
  maxItemsets: 1_000_000,
  maxSeconds: 10,
  minConfidence: 0,
  minLift: 0,
  keepsRedundant: true,
  sort: 'confidence',
  limit: 10_000,
} as const;
function rulesOf(baskets: readonly (readonly string[])[], more: Partial<RulesInput> = {}, now = still) {
  const names = [...new Set(baskets.flat())].sort();
  const pairs = baskets.flatMap((basket, owner) => basket.map((item) => [owner, names.indexOf(item)] as const));
  const parts = [
    {
      owner: Int32Array.from(pairs, ([owner]) => owner),
      item: Int32Array.from(pairs, ([, item]) => item),
      day: undefined,
    },
  ];
  const found = associationRules(
    { parts, owners: baskets.length, rankOf: Uint32Array.from(names.keys()), ...OPTIONS, ...more },
    now,
  );
  const named = found.rows.map(
    ({ antecedent, consequent }) => `${antecedent.map((item) => names[item]).join('+')}>${names[consequent]}`,
  );
  return { ...found, named };
}

const BASKETS = ['ab', 'ab', 'ab', 'abc', 'c', 'c', 'c', 'd'].map((basket) => basket.split(''));

test('measures, worked out by hand', () => {
  const { rows, named, total, baskets } = rulesOf(BASKETS, { sort: 'leverage' });
  expect([named.slice(0, 2), total, baskets]).toEqual([['a>b', 'b>a'], 9, 8]);
  expect(rows[0]).toMatchObject({
    count: 4,
    antecedentCount: 4,
    consequentCount: 4,
    support: 0.5,
    confidence: 1,
    lift: 2,
    leverage: 0.25,
    conviction: null,
    phi: 1,
    isRedundant: false,
    probability: expect.closeTo(2 / 70, 12) as number,
  });
});

test('all rules count as tests, also those that the thresholds leave out', () => {
  const { rows } = rulesOf(BASKETS, { minLift: 2, maxLength: 2 });
  expect(rows).toHaveLength(2);
  // Six rules of two items: ranks 1 and 2 have the same probability.
  expect(rows[0]!.adjustedProbability).toBeCloseTo((2 / 70) * (6 / 2), 12);
});

test.each([
  ['probability', 'a>b'],
  ['count', 'a>b'],
  ['length', 'a+b>c'],
  ['lift', 'a>b'],
] as const)('sorted by %s', (sort, best) => {
  const { rows, named } = rulesOf(BASKETS, { sort });
  const values = rows.map((row) => (sort === 'probability' ? -row[sort] : row[sort]!));
  expect([named[0], values]).toEqual([best, values.toSorted((a, b) => b - a)]);
});

test('what is not defined comes last', () => {
  const { rows } = rulesOf(BASKETS, { sort: 'conviction' });
  const defined = rows.filter(({ conviction }) => conviction !== null);
  expect([defined.length > 0, rows.length > defined.length]).toEqual([true, true]);
  expect(rows.slice(0, defined.length)).toEqual(defined);
});

test('without time for all tests nothing is said of them', () => {
  const stopped = (after: number) => {
    let looks = 0;
    return rulesOf(BASKETS, { maxSeconds: 1 }, () => (looks++ < after ? 0 : 5000));
  };
  const found = Array.from({ length: 30 }, (_, i) => stopped(i));
  const inTime = found.filter(({ bound }) => bound === undefined);
  const untold = inTime.filter(({ rows }) => rows.every(({ adjustedProbability }) => adjustedProbability === null));
  // Only when the time passes between the two last looks at the clock.
  expect([untold.length, inTime.length > 1, found.length > inTime.length]).toEqual([1, true, true]);
});

test('no baskets, no rules', () => {
  expect(rulesOf([])).toMatchObject({ baskets: 0, total: 0, rows: [], bound: undefined });
});

const file = referenceData('groceries/groceries.csv');
test.skipIf(file === undefined)(
  'Groceries (Hahsler, Hornik and Reutterer 2006): rules, by length, and the best lift, as arules has them',
  () => {
    const baskets = readFileSync(file!, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const counted = (minSupport: number, minConfidence: number, more: Partial<RulesInput> = {}) => {
      const { rows, named, total } = rulesOf(baskets, { minSupport, minConfidence, sort: 'lift', ...more });
      const lengths = Object.groupBy(rows, ({ length }) => String(length));
      return [total, Object.values(lengths).map((some) => some!.length), named[0], rows[0]!.lift!.toFixed(5)];
    };
    expect(counted(0.001, 0.8)).toEqual([410, [29, 229, 140, 12], 'liquor+red/blush wine>bottled beer', '11.23527']);
    expect(counted(0.006, 0.25)).toEqual([463, [150, 297, 16], 'herbs>root vegetables', '3.95648']);
    expect(counted(0.001, 0.5)[0]).toBe(5668);
    expect(counted(0.005, 0.5)[0]).toBe(120);
    expect(counted(0.01, 0.5)[0]).toBe(15);
    expect(counted(0.001, 0.8, { keepsRedundant: false })[0]).toBe(392);
  },
  60_000,
);
