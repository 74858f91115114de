import { erfc } from './erfc.ts';
import { fisherExact, type TwoByTwo } from './fisher-exact.ts';

export type { TwoByTwo } from './fisher-exact.ts';

/*
 * How two things go together, of `all` customers (baskets) of whom `a` have A, `b` have B, and `both` have both. Each
 * measure is NaN where it is not defined. 1 <= both <= a, b <= all.
 */

const notB = ({ both, a }: TwoByTwo) => a - both;
const notA = ({ both, b }: TwoByTwo) => b - both;
const neither = ({ both, a, b, all }: TwoByTwo) => all - a - b + both;
/** NaN in place of an infinite or undefined quotient. */
const quotient = (x: number, y: number) => (y === 0 ? NaN : x / y);

/** Measures by name. */
export const PAIR_MEASURES = Object.freeze({
  /** Part of all that have both (Agrawal, Imielinski and Swami 1993). */
  support: ({ both, all }: TwoByTwo) => both / all,
  /** Part of those with A that have B (Agrawal, Imielinski and Swami 1993). */
  confidence: ({ both, a }: TwoByTwo) => both / a,
  /** Part of those with B that have A. */
  reverseConfidence: ({ both, b }: TwoByTwo) => both / b,
  /** How many times as many have both as if A and B had nothing to do with each other (Brin, Motwani, Ullman and Tsur 1997, "interest"). */
  lift: ({ both, a, b, all }: TwoByTwo) => (both * all) / (a * b),
  /** Part of all that have both less what it would be without a relation (Piatetsky-Shapiro 1991). */
  leverage: ({ both, a, b, all }: TwoByTwo) => (both - (a * b) / all) / all,
  /** How many times as often A would come without B without a relation as it does; NaN when it never does (Brin et al. 1997). */
  conviction: (table: TwoByTwo) => quotient(table.a * (table.all - table.b), table.all * notB(table)),
  /** The same of B without A. */
  reverseConviction: (table: TwoByTwo) => quotient(table.b * (table.all - table.a), table.all * notA(table)),
  /** Geometric mean of the two confidences (Tan, Kumar and Srivastava 2004, "IS"). */
  cosine: ({ both, a, b }: TwoByTwo) => both / Math.sqrt(a * b),
  /** Part of those with A or B that have both (Jaccard 1901). */
  jaccard: ({ both, a, b }: TwoByTwo) => both / (a + b - both),
  /** Arithmetic mean of the two confidences (Kulczynski 1927). */
  kulczynski: ({ both, a, b }: TwoByTwo) => (both / a + both / b) / 2,
  /** How unequal A and B are: 0 when as many have the one as the other (Wu, Chen and Han 2010). */
  imbalance: ({ both, a, b }: TwoByTwo) => Math.abs(a - b) / (a + b - both),
  /** Correlation of having A with having B, -1 to 1; NaN when all have one of them (Pearson 1900, Yule 1912). */
  phi: ({ both, a, b, all }: TwoByTwo) =>
    quotient(both * all - a * b, Math.sqrt(a * (all - a)) * Math.sqrt(b * (all - b))),
  /** Odds of B with A over those without A; NaN where it would be infinite or 0 / 0 (Cornfield 1951). */
  oddsRatio: (table: TwoByTwo) => quotient(table.both * neither(table), notB(table) * notA(table)),
  /** Pearson's statistic without a correction, one degree of freedom: all times the square of phi (Pearson 1900). */
  chiSquare: ({ both, a, b, all }: TwoByTwo) =>
    quotient((all * (both * all - a * b) ** 2) / a / b, (all - a) * (all - b)),
});

export type PairMeasure = keyof typeof PAIR_MEASURES;

/** Every measure of a pair, null in place of NaN. */
export function pairMeasures(table: TwoByTwo): Record<PairMeasure, number | null> {
  const values = Object.entries(PAIR_MEASURES).map(([name, measure]) => {
    const value = measure(table);
    return [name, Number.isNaN(value) ? null : value];
  });
  return Object.fromEntries(values) as Record<PairMeasure, number | null>;
}

/** Expected numbers below it are too small for the chi-square distribution (Cochran 1954). */
const LEAST_EXPECTED = 5;

/** The test that fits: chi-square when five or more are expected in each of the four cells, else Fisher's exact one. */
export function pairTest({ a, b, all }: Omit<TwoByTwo, 'both'>): 'chi-square' | 'fisher' {
  const least = (Math.min(a, all - a) * Math.min(b, all - b)) / all;
  return least < LEAST_EXPECTED ? 'fisher' : 'chi-square';
}

/** How probable a relation as strong as this would be if there were none, by the test that fits; two-sided, 0..1. */
export function pairProbability(table: TwoByTwo): number {
  if (pairTest(table) === 'fisher') return fisherExact(table);
  return erfc(Math.sqrt(PAIR_MEASURES.chiSquare(table) / 2));
}
