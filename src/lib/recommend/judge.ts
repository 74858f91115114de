import { type Cases, rowOf } from './cases.ts';
import { measured, type Measured, type Metric, METRICS } from './metrics.ts';
import type { Scorer } from './scorer.ts';

/** What came of one method: a value per case of each metric, and the lists. */
export type Judged = {
  readonly values: Readonly<Record<Metric, Float64Array>>;
  /** The first k items of each case, one case after the other; NO_ITEM where a list has fewer. */
  readonly lists: Uint32Array;
};

/** Means over cases. */
export type Summary = {
  readonly cases: number;
  readonly metrics: Measured;
  /** Share of the items that may be offered which is on some list. */
  readonly coverage: number;
};

const NO_ITEM = 2 ** 32 - 1;
/** Beyond this rank the half-life score moves by less than a ten-millionth. */
export const LIST_LENGTH = 100;

/** Ranks all items for each case (none is sampled) and measures the lists. */
export function judged(cases: Cases, scorer: Scorer, k: number, information: Float64Array): Judged {
  const count = cases.customers.length;
  const values = Object.fromEntries(METRICS.map((metric) => [metric, new Float64Array(count)])) as Judged['values'];
  const lists = new Uint32Array(count * k).fill(NO_ITEM);
  for (let i = 0; i < count; i++) {
    const ranked = scorer(rowOf(cases.owned, cases.customers[i]!));
    const list = ranked.items.subarray(0, ranked.count);
    const of = measured(list, rowOf(cases.relevant, i), k, information);
    for (const metric of METRICS) values[metric][i] = of[metric];
    lists.set(list.subarray(0, k), i * k);
  }
  return { values, lists };
}

/** Means over some of the cases, told by their places; undefined without any. */
export function summary({ values, lists }: Judged, places: ArrayLike<number>, offered: number): Summary | undefined {
  const cases = places.length;
  if (cases === 0) return undefined;
  const k = lists.length / values.ndcg.length;
  const sums = Object.fromEntries(METRICS.map((metric) => [metric, 0])) as Measured;
  const shown = new Set<number>();
  for (let i = 0; i < cases; i++) {
    for (const metric of METRICS) sums[metric] += values[metric][places[i]!]!;
    for (const item of lists.subarray(places[i]! * k, (places[i]! + 1) * k)) shown.add(item);
  }
  shown.delete(NO_ITEM);
  for (const metric of METRICS) sums[metric] /= cases;
  return { cases, metrics: sums, coverage: shown.size / offered };
}
