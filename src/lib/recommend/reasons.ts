import type { Matrix } from '../co-occurrence/matrix.ts';
import type { Neighbours } from './neighbours.ts';
import type { ItemList } from './scorer.ts';

/** Room for reasons: `perItem` for each item, the owned item that gave most first, then the lower one. */
export type Reasons = {
  readonly items: Uint32Array;
  /** What it gave to the score; 0 where there is no further reason. */
  readonly weights: Float64Array;
  readonly perItem: number;
};

/** Writes the reasons of the items of a list, one item after the other, from place `at` on. */
export type Explain = (owned: ItemList, list: ItemList, reasons: Reasons, at: number) => void;

/** Finds which owned items gave how much to the scores of a list. It keeps its own room, one per thread. */
export function contributions({ offsets, items, weights }: Neighbours, columns: number): Explain {
  const placeOf = new Uint32Array(columns);
  return (owned, list, reasons, at) => {
    for (let i = 0; i < list.length; i++) placeOf[list[i]!] = i + 1;
    for (let i = 0; i < owned.length; i++) {
      const end = offsets[owned[i]! + 1]!;
      for (let entry = offsets[owned[i]!]!; entry < end; entry++) {
        const place = placeOf[items[entry]!]!;
        if (place > 0) insert(reasons, at + (place - 1) * reasons.perItem, owned[i]!, weights[entry]!);
      }
    }
    for (let i = 0; i < list.length; i++) placeOf[list[i]!] = 0;
  };
}

/** Owned items come ascending: of equal ones the lower is there already, and stays before. */
function insert({ items, weights, perItem }: Reasons, first: number, item: number, weight: number): void {
  const end = first + perItem;
  if (weight <= weights[end - 1]!) return;
  let at = end - 1;
  for (; at > first && weights[at - 1]! < weight; at--) {
    items[at] = items[at - 1]!;
    weights[at] = weights[at - 1]!;
  }
  items[at] = item;
  weights[at] = weight;
}

/** Of the customers who have all of some items (at least one), how many there are, and how many have another one too. */
export function sharedOwners(
  { columnOffsets, owners }: Matrix,
  items: ItemList,
  other: number,
): { readonly customers: number; readonly withOther: number } {
  const ownersOf = (item: number) => owners.subarray(columnOffsets[item]!, columnOffsets[item + 1]!);
  const lists = Array.from(items, ownersOf).toSorted((a, b) => a.length - b.length);
  const all = lists.slice(1).reduce((both, list) => common(both, list), lists[0]!);
  return { customers: all.length, withOther: common(all, ownersOf(other)).length };
}

/** What two ascending lists have in common: from one of the shorter to the next by doubling steps in the longer. */
function common(a: Uint32Array, b: Uint32Array): Uint32Array {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let from = 0;
  return short.filter((row) => {
    from = firstNotBelow(long, row, from);
    return long[from] === row;
  });
}

function firstNotBelow(list: Uint32Array, value: number, start: number): number {
  let [low, step] = [start, 1];
  while (low + step < list.length && list[low + step]! < value) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, list.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
