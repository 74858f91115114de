import type { Whole } from './whole.ts';

/** A customer by number; products in common, and products that one of both has. */
export type Near = { readonly customer: number; readonly common: number; readonly union: number };

export type Nearness = {
  /** How many products the one who is asked about has. */
  readonly size: number;
  /** Products of customer c are `rowOffsets[c + 1] - rowOffsets[c]`. */
  readonly rowOffsets: Uint32Array;
  /** Asked only of those who are near enough. */
  readonly isOut: (customer: number) => boolean;
};

const NOBODY: Near = { customer: -1, common: 0, union: 1 };

/** Customers from `first` on: the products in common of each, and the places there of the candidates, in any order. */
export type Stretch = { readonly first: number; readonly common: Whole; readonly candidates: Uint32Array };

/**
 * Puts candidates into `best`: the `count` customers with the highest common / union, of equal ones those with the lower
 * numbers, nearest first.
 */
export function takeNearest(
  { first, common, candidates }: Stretch,
  { size, rowOffsets, isOut }: Nearness,
  count: number,
  best: Near[],
): void {
  let last = best[count - 1] ?? NOBODY;
  for (let i = 0; i < candidates.length; i++) {
    const customer = first + candidates[i]!;
    const shared = common[candidates[i]!]!;
    // Whatever else the other has, both have at least `size` products: most need not be looked up.
    if (shared * last.union < last.common * size) continue;
    const union = size + rowOffsets[customer + 1]! - rowOffsets[customer]! - shared;
    const lead = shared * last.union - last.common * union;
    if (lead < 0 || (lead === 0 && customer > last.customer) || isOut(customer)) continue;
    insert({ customer, common: shared, union }, count, best);
    last = best[count - 1] ?? NOBODY;
  }
}

function insert(one: Near, count: number, best: Near[]): void {
  const after = best.findIndex((other) => order(one, other) < 0);
  best.splice(after < 0 ? best.length : after, 0, one);
  best.length = Math.min(best.length, count);
}

/** Quotients are compared as products of whole numbers. */
function order(a: Near, b: Near): number {
  return b.common * a.union - a.common * b.union || a.customer - b.customer;
}
