import { type Matrix, ownersOfColumn } from '../co-occurrence/matrix.ts';
import { type Best, bestOf, couldEnter, offer, sortBest } from './best.ts';
import type { Neighbours } from './neighbours.ts';

export type ScorerInput = {
  /** Of all items. Without them popularity is what ranks. */
  readonly neighbours?: Neighbours | undefined;
  /** All items in the order in which they fill up a list, as popularityOrder() gives them. */
  readonly popular: Uint32Array;
  /** Per item: 1 when it may be offered. All may unless told. */
  readonly eligible?: Uint8Array | undefined;
  /** Items of a list. */
  readonly most: number;
};

/** A list, valid until the scorer is asked again: the first `scored` by their score, others up to `count` by popularity. */
export type Ranked = {
  readonly items: Uint32Array;
  /** 0 for those that popularity added. */
  readonly scores: Float64Array;
  readonly count: number;
  readonly scored: number;
};

/** Items numbered below the count of all. */
export type ItemList = ArrayLike<number>;

/** What to offer to one who owns these items; never one that is owned or excluded. */
export type Scorer = (owned: ItemList, excluded?: ItemList) => Ranked;

/** Items by the number of their customers, the most first, then the lower item. */
export function popularityOrder(matrix: Matrix): Uint32Array {
  const owners = Array.from({ length: matrix.columns }, (_, item) => ownersOfColumn(matrix, item));
  return Uint32Array.from(owners.keys()).sort((a, b) => owners[b]! - owners[a]! || a - b);
}

/**
 * A scorer: an item's score is the sum of the weights with which it is a neighbour of the owned ones, the higher first,
 * then the lower item; what is missing of the list is filled up by popularity. It keeps its own room, one per thread.
 */
export function scorerOf({ neighbours, popular, eligible, most }: ScorerInput): Scorer {
  const columns = popular.length;
  const best = bestOf(Math.min(most, columns));
  const addUp = neighbours === undefined ? undefined : sumsOver(neighbours, columns);
  // The round in which an item was last shut out: nothing has to be wiped between two customers.
  const shutIn = new Uint32Array(columns);
  let round = 0;
  const shut = (items: ItemList, count = items.length) => {
    for (let i = 0; i < count; i++) shutIn[items[i]!] = round;
  };
  const take = (item: number, score: number) => {
    if (shutIn[item] !== round && (eligible === undefined || eligible[item] === 1)) offer(best, item, score);
  };
  const fillUp = () => {
    shut(best.items, best.count);
    for (let i = 0; i < columns && best.count < best.items.length; i++) {
      const item = popular[i]!;
      if (shutIn[item] === round || eligible?.[item] === 0) continue;
      best.items[best.count] = item;
      best.scores[best.count++] = 0;
    }
  };

  return (owned, excluded = []) => {
    round += 1;
    best.count = 0;
    shut(owned);
    shut(excluded);
    addUp?.(owned, best, take);
    sortBest(best);
    const scored = best.count;
    if (scored < best.items.length) fillUp();
    return { items: best.items, scores: best.scores, count: best.count, scored };
  };
}

/** Adds up the weights of the owned items' neighbours, and hands over those that could still be among the best. */
function sumsOver({ offsets, items, weights }: Neighbours, columns: number) {
  const [sums, met] = [new Float64Array(columns), new Uint32Array(columns)];
  return (owned: ItemList, best: Best, take: (item: number, score: number) => void): void => {
    let count = 0;
    for (let i = 0; i < owned.length; i++) {
      const end = offsets[owned[i]! + 1]!;
      for (let at = offsets[owned[i]!]!; at < end; at++) {
        const item = items[at]!;
        const sum = sums[item]!;
        if (sum === 0) met[count++] = item;
        sums[item] = sum + weights[at]!;
      }
    }
    for (let i = 0; i < count; i++) {
      const item = met[i]!;
      const sum = sums[item]!;
      sums[item] = 0;
      if (couldEnter(best, sum)) take(item, sum);
    }
  };
}
