import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { NOBODY, type Ladder, type Members } from './read-members.ts';

/** A segment's owners of a product. */
export type Cell = {
  readonly ladder: number;
  readonly owners: number;
  /** Median revenue in cents. */
  readonly median: number;
  /** What `chances` made of their numbers of products. */
  readonly chances: number;
};

/** Owners by number of products, for the levels of a ladder, the lowest first. */
export type Chances = (ladder: Ladder, ownersAt: (level: number) => number) => number;

/** Sum of P(buy) over those who do not have it. Owners with k products have k - 1 others, so that they are not compared with at k. */
export const likelyBuyers: Chances = ({ levels, at, from }, ownersAt) => {
  let [buyers, above] = [0, 0];
  for (let i = levels.length - 1; i >= 0; i--) {
    const owners = ownersAt(levels[i]!);
    const compared = from[i]! - owners;
    if (compared > 0) buyers += ((at[i]! - owners) * above) / compared;
    above += owners;
  }
  return buyers;
};

/** P(buy) of one who does not have it and has so many products. */
export const chanceWith =
  (products: number): Chances =>
  ({ levels, from }, ownersAt) => {
    const own = levels.indexOf(products);
    const above = levels.slice(own + 1).reduce((sum, level) => sum + ownersAt(level), 0);
    return above / (from[own]! - ownersAt(products));
  };

type Pairs = { readonly matrix: Matrix; readonly revenue: Float64Array };

/** Of one product after the other: its cells with owners, only of the ladder `only` where that is given. */
export function cellsBy(
  { matrix: { rowOffsets, columnOffsets, owners }, revenue }: Pairs,
  { ladders, ladderOf }: Members,
  chances: Chances,
  only?: number,
): (product: number) => readonly Cell[] {
  const most = Math.max(0, ...ladders.map(({ levels }) => levels.at(-1)!));
  const ownersWith = new Uint32Array(most + 1);
  const isAsked = (ladder: number) => ladder !== NOBODY && (only === undefined || ladder === only);
  const sizes = new Uint32Array(ladders.length);
  return (product) => {
    const [begin, end] = [columnOffsets[product]!, columnOffsets[product + 1]!];
    const present: number[] = [];
    for (let i = begin; i < end; i++) {
      const ladder = ladderOf[owners[i]!]!;
      if (isAsked(ladder) && sizes[ladder]!++ === 0) present.push(ladder);
    }
    const parts = new Map(present.map((ladder) => [ladder, partOf(sizes[ladder]!)]));
    for (let i = begin; i < end; i++) {
      const customer = owners[i]!;
      const part = parts.get(ladderOf[customer]!);
      if (part === undefined) continue;
      part.cents[part.filled] = revenue[i]!;
      part.products[part.filled++] = rowOffsets[customer + 1]! - rowOffsets[customer]!;
    }
    return Array.from(parts, ([ladder, { cents, products }]) => {
      sizes[ladder] = 0;
      for (const level of products) ownersWith[level]! += 1;
      const found = chances(ladders[ladder]!, (level) => ownersWith[level]!);
      for (const level of products) ownersWith[level] = 0;
      return { ladder, owners: cents.length, median: medianOf(cents), chances: found };
    });
  };
}

function partOf(size: number) {
  return { cents: new Float64Array(size), products: new Uint32Array(size), filled: 0 };
}

/** Sorts them. */
function medianOf(cents: Float64Array): number {
  cents.sort();
  const half = cents.length >> 1;
  return cents.length % 2 === 1 ? cents[half]! : (cents[half - 1]! + cents[half]!) / 2;
}
