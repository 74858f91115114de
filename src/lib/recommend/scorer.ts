import { type Matrix, ownersOfColumn } from '../co-occurrence/matrix.ts';
import { bestOf, offer, sortBest } from './best.ts';
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
  const [scores, met] = [new Float64Array(columns), new Uint32Array(columns)];
  // The round in which an item was last scored or shut out: nothing has to be wiped between two customers.
  const [scoredIn, shutIn] = [new Uint32Array(columns), new Uint32Array(columns)];
  let round = 0;

  const addUp = ({ offsets, items, weights }: Neighbours, owned: ItemList): number => {
    let count = 0;
    for (let i = 0; i < owned.length; i++) {
      const end = offsets[owned[i]! + 1]!;
      for (let at = offsets[owned[i]!]!; at < end; at++) {
        const item = items[at]!;
        if (scoredIn[item] === round) scores[item]! += weights[at]!;
        else {
          scoredIn[item] = round;
          scores[item] = weights[at]!;
          met[count++] = item;
        }
      }
    }
    return count;
  };
  const isOffered = (item: number) => shutIn[item] !== round && (eligible === undefined || eligible[item] === 1);
  const fillUp = () => {
    for (let i = 0; i < columns && best.count < best.items.length; i++) {
      const item = popular[i]!;
      if (scoredIn[item] === round || !isOffered(item)) continue;
      best.items[best.count] = item;
      best.scores[best.count++] = 0;
    }
  };

  return (owned, excluded = []) => {
    round += 1;
    for (let i = 0; i < owned.length; i++) shutIn[owned[i]!] = round;
    for (let i = 0; i < excluded.length; i++) shutIn[excluded[i]!] = round;
    best.count = 0;
    const count = neighbours === undefined ? 0 : addUp(neighbours, owned);
    for (let i = 0; i < count; i++) if (isOffered(met[i]!)) offer(best, met[i]!, scores[met[i]!]!);
    sortBest(best);
    const scored = best.count;
    fillUp();
    return { items: best.items, scores: best.scores, count: best.count, scored };
  };
}
