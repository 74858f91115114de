import type { ItemList } from './scorer.ts';

/** What is measured of one list, a higher one is better (of the novelty: less known). */
export const METRICS = ['hitRate', 'precision', 'recall', 'ndcg', 'map', 'halfLife', 'novelty'] as const;
export type Metric = (typeof METRICS)[number];
export type Measured = Record<Metric, number>;

/** Ranks after which a list is half as likely to be read on: 5 in Breese, Heckerman and Kadie (1998). */
const HALF_LIFE = 5;

/**
 * Measures a list, the best item first, against the relevant items (at least one, each once).
 *
 * At k: hitRate is 1 when one of the first k is relevant; precision = relevant ones among the first k / k; recall = the
 * same / all relevant; ndcg = sum over relevant ranks of 1 / log2(rank + 1), divided by that of the best possible list
 * (Järvelin and Kekäläinen 2002, binary gains); map = average precision: the mean of the precision at each relevant rank,
 * over min(k, relevant) of them. Of the whole list: halfLife = sum over relevant ranks of 2^-((rank - 1) / 4), divided by
 * that of the best possible list (Breese, Heckerman and Kadie 1998, a half-life of 5 ranks). novelty = mean
 * self-information in bits of the first k: -log2 of the share of customers who have it (Zhou et al. 2010).
 */
export function measured(list: ItemList, relevant: ItemList, k: number, information: Float64Array): Measured {
  const isRelevant = new Set<number>();
  for (let i = 0; i < relevant.length; i++) isRelevant.add(relevant[i]!);
  let [hits, gain, precisions, life, bits] = [0, 0, 0, 0, 0];
  const shown = Math.min(k, list.length);
  for (let at = 0; at < list.length; at++) {
    if (at < shown) bits += information[list[at]!]!;
    if (!isRelevant.has(list[at]!)) continue;
    life += lifeAt(at);
    if (at >= k) continue;
    hits += 1;
    gain += gainAt(at);
    precisions += hits / (at + 1);
  }
  const attainable = Math.min(k, relevant.length);
  return {
    hitRate: hits > 0 ? 1 : 0,
    precision: hits / k,
    recall: hits / relevant.length,
    ndcg: gain / sumOf(attainable, gainAt),
    map: precisions / attainable,
    halfLife: life / sumOf(relevant.length, lifeAt),
    novelty: shown === 0 ? 0 : bits / shown,
  };
}

/** Self-information of each item in bits: -log2(customers who have it / customers), as if one had what nobody has. */
export function selfInformation(owners: ItemList, customers: number): Float64Array {
  return Float64Array.from(owners, (count) => Math.log2(customers / Math.max(1, count)));
}

function gainAt(at: number): number {
  return 1 / Math.log2(at + 2);
}

function lifeAt(at: number): number {
  return 2 ** (-at / (HALF_LIFE - 1));
}

function sumOf(count: number, term: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += term(at);
  return sum;
}
