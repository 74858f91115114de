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

/** How many customers have all of some items, and how many of these have another one too. */
export type Shared = { readonly customers: number; readonly withOther: (item: number) => number };

/**
 * Of the customers who have all of some items (at least one). They are kept as bits, so that each question is one pass
 * over the customers of the other item: at 1 M customers some 20 to 100 microseconds.
 */
export function sharedBy({ rows, columnOffsets, owners }: Matrix, items: ItemList): Shared {
  const ownersOf = (item: number) => owners.subarray(columnOffsets[item]!, columnOffsets[item + 1]!);
  const bits = new Uint32Array((rows + 31) >>> 5);
  const has = (row: number) => (bits[row >>> 5]! >>> (row & 31)) & 1;
  let all = ownersOf(items[0]!);
  mark(bits, all);
  for (let i = 1; i < items.length; i++) {
    const both = ownersOf(items[i]!).slice();
    let count = 0;
    for (let at = 0; at < both.length; at++) if (has(both[at]!) === 1) both[count++] = both[at]!;
    all = both.subarray(0, count);
    bits.fill(0);
    mark(bits, all);
  }
  return {
    customers: all.length,
    withOther(item) {
      const others = ownersOf(item);
      let count = 0;
      for (let at = 0; at < others.length; at++) count += has(others[at]!);
      return count;
    },
  };
}

function mark(bits: Uint32Array, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) bits[rows[at]! >>> 5]! |= 1 << (rows[at]! & 31);
}
