import fc from '../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { erfc } from './erfc.ts';
import { fisherExact, type TwoByTwo } from './fisher-exact.ts';
import { PAIR_MEASURES, pairMeasures, pairProbability, pairTest } from './pair-measures.ts';

/** From the four cells: both, only A, only B, neither. */
const cells = (both: number, onlyA: number, onlyB: number, neither: number): TwoByTwo => ({
  both,
  a: both + onlyA,
  b: both + onlyB,
  all: both + onlyA + onlyB + neither,
});

describe('Han, Kamber and Pei 2012, Data Mining, table 6.9: milk and coffee', () => {
  test.each([
    ['D1', cells(10_000, 1_000, 1_000, 100_000), 90_557, 9.26, 0.91, 0.91, 0],
    ['D2', cells(10_000, 1_000, 1_000, 100), 0, 1, 0.91, 0.91, 0],
    ['D3', cells(100, 1_000, 1_000, 100_000), 670, 8.44, 0.09, 0.09, 0],
    ['D4', cells(1_000, 1_000, 1_000, 100_000), 24_740, 25.75, 0.5, 0.5, 0],
    ['D5', cells(1_000, 100, 10_000, 100_000), 8_173, 9.18, 0.5, 0.29, 0.89],
    ['D6', cells(1_000, 10, 100_000, 100_000), 965, 1.97, 0.5, 0.1, 0.99],
  ])('%s', (_, table, chiSquare, lift, kulczynski, cosine, imbalance) => {
    const found = pairMeasures(table);
    expect(found.chiSquare).toBeCloseTo(chiSquare, -0.5);
    expect(found.lift).toBeCloseTo(lift, 2);
    expect(found.kulczynski).toBeCloseTo(kulczynski, 1.9);
    expect(found.cosine).toBeCloseTo(cosine, 1.9);
    expect(found.imbalance).toBeCloseTo(imbalance, 1.9);
  });
});

describe('Tan, Steinbach and Kumar 2005, Introduction to Data Mining, section 6.7', () => {
  test('tea and coffee: confidence 0.75, interest 0.9375, phi -0.0625', () => {
    const found = pairMeasures(cells(150, 50, 650, 150));
    expect(found).toMatchObject({ support: 0.15, confidence: 0.75, lift: 0.9375, phi: -0.0625, leverage: -0.01 });
    expect(found.conviction).toBeCloseTo(0.8, 12);
    expect(found.oddsRatio).toBeCloseTo((150 * 150) / (50 * 650), 12);
    expect(found.reverseConfidence).toBe(150 / 800);
    expect(found.jaccard).toBe(150 / 850);
  });

  test.each([
    ['p and q', cells(880, 50, 50, 20), 1.02, 0.232, 0.946],
    ['r and s', cells(20, 50, 50, 880), 4.08, 0.232, 0.286],
  ])('words %s', (_, table, lift, phi, cosine) => {
    const found = pairMeasures(table);
    expect(found.lift).toBeCloseTo(lift, 2);
    expect(found.phi).toBeCloseTo(phi, 3);
    expect(found.cosine).toBeCloseTo(cosine, 3);
  });
});

describe('what is not defined is null', () => {
  test.each([
    ['always together', cells(5, 0, 0, 5), ['conviction', 'reverseConviction', 'oddsRatio']],
    ['B with everybody', cells(4, 0, 6, 0), ['conviction', 'phi', 'oddsRatio', 'chiSquare']],
    ['both with everybody', cells(1, 0, 0, 0), ['conviction', 'reverseConviction', 'phi', 'oddsRatio', 'chiSquare']],
    ['nothing', cells(2, 3, 4, 5), []],
  ])('%s', (_, table, missing) => {
    const found = Object.entries(pairMeasures(table));
    expect(found.filter(([, value]) => value === null).map(([name]) => name)).toEqual(missing);
    expect(found.every(([, value]) => value === null || Number.isFinite(value))).toBe(true);
    expect(pairProbability(table)).toBeGreaterThan(0);
    expect(pairProbability(table)).toBeLessThanOrEqual(1);
  });
});

describe('chi-square', () => {
  test.each([
    [2.705543454095404, 0.1],
    [3.841458820694124, 0.05],
    [6.634896601021213, 0.01],
    [10.827566170662733, 0.001],
  ])('%d is the quantile of R qchisq(df = 1) for %d', (statistic, p) => {
    expect(erfc(Math.sqrt(statistic / 2)) / p).toBeCloseTo(1, 11);
  });

  test.each([
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [1.9999999999, 0.004677734983],
    [2, 0.004677734981047266],
    [5, 1.5374597944280347e-12],
    [10, 2.0884875837625446e-45],
    [30, 0],
  ])('erfc(%d) is that of Abramowitz and Stegun', (x, expected) => {
    if (expected === 0) expect(erfc(x)).toBe(0);
    else expect(erfc(x) / expected).toBeCloseTo(1, 9);
  });

  test('is taken where five are expected in each cell', () => {
    expect(pairTest({ a: 10, b: 10, all: 20 })).toBe('chi-square');
    expect(pairTest({ a: 10, b: 9, all: 20 })).toBe('fisher');
    expect(pairTest({ a: 16, b: 10, all: 20 })).toBe('fisher');
    expect(pairProbability(cells(150, 50, 650, 150)) / erfc(Math.sqrt((1000 * 0.0625 ** 2) / 2))).toBeCloseTo(1, 12);
  });
});

describe('Fisher', () => {
  test('1935, tea: 0.4857', () => {
    expect(fisherExact(cells(3, 1, 1, 3))).toBeCloseTo(34 / 70, 14);
  });

  test('R fisher.test, Convictions of twins: 0.0005367', () => {
    expect(fisherExact(cells(2, 15, 10, 3))).toBeCloseTo(0.0005367, 7);
  });

  test('is what counting all tables gives', () => {
    const table = fc
      .record({ all: fc.integer({ min: 1, max: 60 }) })
      .chain(({ all }) =>
        fc.record({ all: fc.constant(all), a: fc.integer({ min: 1, max: all }), b: fc.integer({ min: 1, max: all }) }),
      )
      .chain(({ all, a, b }) =>
        fc.record({
          all: fc.constant(all),
          a: fc.constant(a),
          b: fc.constant(b),
          both: fc.integer({ min: Math.max(0, a + b - all), max: Math.min(a, b) }),
        }),
      );
    fc.assert(
      fc.property(table, (one) => {
        expect(fisherExact(one) / byCounting(one)).toBeCloseTo(1, 10);
      }),
    );
  });

  test('is right far out, where most of the tables weigh nothing', () => {
    // The sums of logarithms, not the test, are inexact here.
    expect(
      fisherExact({ both: 20, a: 2_000, b: 2_000, all: 1_000_000 }) /
        byCounting({ both: 20, a: 2_000, b: 2_000, all: 1_000_000 }),
    ).toBeCloseTo(1, 6);
    expect(fisherExact({ both: 1_500, a: 2_000, b: 2_000, all: 1_000_000 })).toBe(0);
    expect(fisherExact({ both: 0, a: 2_000, b: 2_000, all: 1_000_000 })).toBeCloseTo(
      byCounting({ both: 0, a: 2_000, b: 2_000, all: 1_000_000 }),
      7,
    );
  });
});

function byCounting({ both, a, b, all }: TwoByTwo): number {
  const logFactorial = [0];
  for (let n = 1; n <= all; n++) logFactorial.push(logFactorial[n - 1]! + Math.log(n));
  const f = (n: number) => logFactorial[n]!;
  const probability = (k: number) =>
    Math.exp(f(a) + f(all - a) + f(b) + f(all - b) - f(all) - f(k) - f(a - k) - f(b - k) - f(all - a - b + k));
  let sum = 0;
  for (let k = Math.max(0, a + b - all); k <= Math.min(a, b); k++)
    if (probability(k) <= probability(both) * (1 + 1e-7)) sum += probability(k);
  return sum;
}

describe('Benjamini and Hochberg', () => {
  // Of 15 tests in a study of myocardial infarction, the four with the lowest probabilities are rejected at 0.05.
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];

  test('1995, section 4.1', () => {
    const found = benjaminiHochberg([Float64Array.from(published)], Float64Array.from(published));
    expect([...found].filter((q) => q <= 0.05)).toHaveLength(4);
    expect(found[3]).toBeCloseTo((0.0095 * 15) / 4, 14);
    expect(found[4]).toBeCloseTo((0.0201 * 15) / 5, 14);
  });

  test('is what the definition gives, in whatever lists and order, with ties', () => {
    const probability = fc.constantFrom(0, 1e-300, 0.001, 0.01, 0.02, 0.03, 0.04, 0.05, 0.3, 0.31, 0.9, 1);
    const lists = fc.array(fc.array(probability, { maxLength: 8 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(lists, (some) => {
        const all = some.flat().toSorted((x, y) => x - y);
        const tested = some.map((list) => Float64Array.from(list).sort());
        const expected = some
          .flat()
          .map((p) => Math.min(1, ...all.flatMap((other, i) => (other >= p ? [(all.length * other) / (i + 1)] : []))));
        const found = [...benjaminiHochberg(tested, Float64Array.from(some.flat()))];
        found.forEach((q, i) => expect(q).toBeCloseTo(expected[i]!, 12));
      }),
    );
  });
});

test('every measure has a finite value or none', () => {
  const count = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), count, count, count, (both, onlyA, onlyB, neither) => {
      const table = cells(both, onlyA, onlyB, neither);
      for (const measure of Object.values(PAIR_MEASURES)) expect(Math.abs(measure(table))).not.toBe(Infinity);
      const { phi, chiSquare } = pairMeasures(table);
      if (phi !== null) expect(chiSquare).toBeCloseTo(table.all * phi ** 2, 8);
    }),
  );
});
