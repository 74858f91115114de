import { randomOf, sampleOf } from '../stats/random.ts';
import type { Matrix } from '../co-occurrence/matrix.ts';
import { rowOf, type Rows } from './cases.ts';
import type { Model } from './models.ts';
import { neighbours as neighboursOf, type NeighbourLimits } from './neighbours.ts';
import { popularityOrder, scorerOf } from './scorer.ts';

export type HitRatesInput = NeighbourLimits & {
  readonly model: Model;
  /** What customers had at the cut, and what they had later. */
  readonly train: Matrix;
  readonly started: Rows;
  /** How many ranks. */
  readonly ranks: number;
  /** Customers that are looked at, a seeded sample of those who had something at the cut. */
  readonly sample?: number;
  readonly seed: number;
};

const SAMPLE = 20_000;

/**
 * How often what a model puts at each rank is started between the cut and later, by customers who had something at the
 * cut, whether they started anything or not: a rate from 0 to 1 for each rank. Rates never rise with the rank: neighbours
 * that would are put together (isotonic regression by pooling adjacent violators; Ayer et al. 1955).
 */
export function hitRates(input: HitRatesInput): Float64Array {
  const { model, train, started, ranks, sample = SAMPLE, seed, ...limits } = input;
  const learned = model.name === 'popularity' ? undefined : neighboursOf({ ...limits, matrix: train, model });
  const scorer = scorerOf({ neighbours: learned, popular: popularityOrder(train), most: ranks });
  const known = Array.from({ length: train.rows }, (_, row) => row).filter((row) => rowOf(train, row).length > 0);
  const rows = sampleOf(known.length, sample, randomOf(seed, 'hit-rates'));
  const [hits, lists] = [new Float64Array(ranks), new Float64Array(ranks)];
  for (const place of rows) {
    const row = known[place]!;
    const later = new Set(rowOf(started, row));
    const ranked = scorer(rowOf(train, row));
    for (let rank = 0; rank < ranked.count; rank++) {
      lists[rank]! += 1;
      if (later.has(ranked.items[rank]!)) hits[rank]! += 1;
    }
  }
  return falling(hits, lists);
}

/** Quotients that do not rise, weighted by their denominators; 0 where there is nothing to divide by. */
export function falling(hits: ArrayLike<number>, lists: ArrayLike<number>): Float64Array {
  type Pool = { hits: number; lists: number; ranks: number };
  const pools: Pool[] = [];
  const rate = (pool: Pool) => (pool.lists === 0 ? 0 : pool.hits / pool.lists);
  for (let rank = 0; rank < hits.length; rank++) {
    let pool: Pool = { hits: hits[rank]!, lists: lists[rank]!, ranks: 1 };
    while (pools.length > 0 && rate(pools.at(-1)!) < rate(pool)) {
      const before = pools.pop()!;
      pool = { hits: before.hits + pool.hits, lists: before.lists + pool.lists, ranks: before.ranks + pool.ranks };
    }
    pools.push(pool);
  }
  return Float64Array.from(pools.flatMap((pool) => Array<number>(pool.ranks).fill(rate(pool))));
}
