import type { Baskets } from './baskets.ts';
import { sortStretch } from './sort-stretch.ts';

/**
 * Baskets of frequent items only. An item is a code, 1 for the most frequent; before each basket stands a 0, and its codes
 * ascend: who walks backwards from an item sees those that are more frequent, down to the 0.
 */
export type Recoded = {
  readonly codes: Uint16Array | Uint32Array;
  /** All baskets, also those without a frequent item. */
  readonly baskets: number;
  /** The item by code; nothing by 0. */
  readonly itemOf: Uint32Array;
};

/** Items in fewer than `minCount` baskets are left out; of equally frequent ones the lower number comes first. */
export function recoded({ offsets, items, itemCount }: Baskets, minCount: number): Recoded {
  const frequency = new Uint32Array(itemCount);
  for (let i = 0; i < items.length; i++) frequency[items[i]!]! += 1;
  const frequent = Uint32Array.from(frequency.keys())
    .filter((item) => frequency[item]! >= minCount)
    .sort((a, b) => frequency[b]! - frequency[a]! || a - b);
  const codeOf = new Uint32Array(itemCount);
  const itemOf = new Uint32Array(frequent.length + 1);
  for (let i = 0; i < frequent.length; i++) {
    codeOf[frequent[i]!] = i + 1;
    itemOf[i + 1] = frequent[i]!;
  }
  return { codes: codesOf(offsets, items, codeOf, frequent.length), baskets: offsets.length - 1, itemOf };
}

function codesOf(
  offsets: Uint32Array,
  items: Uint16Array | Uint32Array,
  codeOf: Uint32Array,
  frequent: number,
): Uint16Array | Uint32Array {
  const room = items.length + offsets.length;
  const codes = frequent < 65_536 ? new Uint16Array(room) : new Uint32Array(room);
  let at = 0;
  for (let basket = 0; basket + 1 < offsets.length; basket++) {
    const first = ++at;
    for (let i = offsets[basket]!; i < offsets[basket + 1]!; i++) {
      const code = codeOf[items[i]!]!;
      if (code > 0) codes[at++] = code;
    }
    if (at === first) at -= 1;
    else sortStretch(codes, first, at);
  }
  return codes.slice(0, at);
}
