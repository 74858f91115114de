import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { medianInPlace } from '../../../lib/stats/median.ts';
import { NOBODY, type Ladder, type Members } from './read-members.ts';

/** A segment's owners of a product. */
export type Cell = {
  readonly ladder: number;
  readonly owners: number;
  /** Median revenue in cents. */
  readonly median: number;
  /** What `chances` made of them. */
  readonly chances: number;
};

/** A figure of a ladder's segment and a product, of which `ownersOn` is the number of owners on each rung. */
export type Chances = (ladder: Ladder, ownersOn: Uint32Array) => number;

/** Sum of P(buy) over those who do not have it. Owners with k products have k - 1 others, so that they are not compared with at k. */
export const likelyBuyers: Chances = ({ first, at, from }, ownersOn) => {
  let [buyers, above] = [0, 0];
  for (let i = at.length - 1; i >= 0; i--) {
    const owners = ownersOn[first + i]!;
    const compared = from[i]! - owners;
    if (compared > 0) buyers += ((at[i]! - owners) * above) / compared;
    above += owners;
  }
  return buyers;
};

/** P(buy) of one who does not have it and has as many products as customers on the rung. */
export const chanceOn =
  (rung: number): Chances =>
  ({ first, from }, ownersOn) => {
    let above = 0;
    for (let i = rung + 1; i < first + from.length; i++) above += ownersOn[i]!;
    return above / (from[rung - first]! - ownersOn[rung]!);
  };

type Pairs = { readonly matrix: Matrix; readonly revenue: Float64Array };

/** Of one product after the other: its cells with owners, only of the ladder `only` where that is given. */
export function cellsBy(
  { matrix: { columnOffsets, owners }, revenue }: Pairs,
  { ladders, rungOf }: Members,
  chances: Chances,
  only?: number,
): (product: number) => readonly Cell[] {
  const ladderAt = ladders.flatMap(({ at }, ladder) => at.map(() => ladder));
  const ownersOn = new Uint32Array(ladderAt.length);
  const most = columnOffsets.slice(1).reduce((size, end, i) => Math.max(size, end - columnOffsets[i]!), 0);
  const [rungs, cents] = [new Int32Array(most), new Float64Array(most)];
  const sizes = new Uint32Array(ladders.length);
  const ends = new Uint32Array(ladders.length);

  /** Counts owners; the ladders that have some. */
  function count(begin: number, end: number): number[] {
    const present: number[] = [];
    for (let i = begin; i < end; i++) {
      const rung = rungOf[owners[i]!]!;
      const ladder = rung === NOBODY ? NOBODY : ladderAt[rung]!;
      const isAsked = rung !== NOBODY && (only === undefined || ladder === only);
      rungs[i - begin] = isAsked ? rung : NOBODY;
      if (!isAsked) continue;
      ownersOn[rung]! += 1;
      if (sizes[ladder]!++ === 0) present.push(ladder);
    }
    return present;
  }

  /** Puts their revenue into stretches, one for each ladder. */
  function place(begin: number, end: number, present: readonly number[]): void {
    let at = 0;
    for (const ladder of present) [ends[ladder], at] = [at, at + sizes[ladder]!];
    for (let i = begin; i < end; i++) {
      const rung = rungs[i - begin]!;
      if (rung !== NOBODY) cents[ends[ladderAt[rung]!]!++] = revenue[i]!;
    }
  }

  return (product) => {
    const [begin, end] = [columnOffsets[product]!, columnOffsets[product + 1]!];
    const present = count(begin, end);
    place(begin, end, present);
    return present.map((ladder) => {
      const size = sizes[ladder]!;
      const median = medianInPlace(cents.subarray(ends[ladder]! - size, ends[ladder]));
      const { first, at } = ladders[ladder]!;
      const found = chances(ladders[ladder]!, ownersOn);
      sizes[ladder] = 0;
      ownersOn.fill(0, first, first + at.length);
      return { ladder, owners: size, median, chances: found };
    });
  };
}
