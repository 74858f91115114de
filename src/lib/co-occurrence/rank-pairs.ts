import { PAIR_MEASURES, pairProbability, type PairMeasure, type TwoByTwo } from '../stats/pair-measures.ts';
import { bestPairs, type PairList } from './best-pairs.ts';
import { countBeside, countPairs, type VisitPair } from './count-pairs.ts';
import { ownersOfColumn, type Matrix } from './matrix.ts';
import type { Range } from './tails.ts';

/** What pairs are put in order by: a measure, how many rows have both, or how probable that is without a relation. */
export type PairOrder = PairMeasure | 'both' | 'probability';

export type Ranking = {
  /** Rows in all. */
  readonly all: number;
  /** Pairs that fewer rows have are left out, and not tested. */
  readonly leastBoth: number;
  /** Pairs with a column that fewer rows have, too. */
  readonly leastOwners: number;
  readonly order: PairOrder;
  /** Lowest first rather than highest. */
  readonly isAscending: boolean;
  /** How many of the first are wanted. */
  readonly count: number;
  /** More pairs are not tested: RangeError. */
  readonly most?: number;
};

/** The first pairs, and the probabilities of all that were tested, ascending. */
export type RankedPairs = PairList & { readonly tested: Float64Array };

/** Pairs of the columns of a range with all later ones; `a` is the one with fewer rows, of equal ones the first. */
export function rankRange({ matrix, range, ...ranking }: Ranking & { matrix: Matrix; range: Range }): RankedPairs {
  return rank(ranking, matrix, (add) =>
    countPairs(matrix, range, ranking.leastBoth, (a, b, both) => {
      if (ownersOfColumn(matrix, a) <= ownersOfColumn(matrix, b)) add(a, b, both);
      else add(b, a, both);
    }),
  );
}

/** Pairs of one column, `a`, with all others. */
export function rankBeside({ matrix, column, ...ranking }: Ranking & { matrix: Matrix; column: number }): RankedPairs {
  return rank(ranking, matrix, (add) => countBeside(matrix, column, ranking.leastBoth, add));
}

/** Pairs that were counted elsewhere, as they are. */
export function rankList({ a, b, both, columnOffsets, ...ranking }: Ranking & PairList & Owners): RankedPairs {
  return rank(ranking, { columnOffsets }, (add) => {
    for (let i = 0; i < a.length; i++) add(a[i]!, b[i]!, both[i]!);
  });
}

/** Column c is had by `columnOffsets[c + 1] - columnOffsets[c]` rows. */
type Owners = Pick<Matrix, 'columnOffsets'>;

function rank(ranking: Ranking, owners: Owners, visitAll: (add: VisitPair) => void): RankedPairs {
  const { leastOwners, leastBoth, count } = ranking;
  const best = bestPairs(count);
  const tested = growing(ranking.most ?? MOST_TESTED);
  const score = scoreOfPairs(ranking);
  // One for all of them: there are millions.
  const table = { both: 0, a: 0, b: 0, all: ranking.all };
  visitAll((a, b, both) => {
    table.both = both;
    table.a = ownersOfColumn(owners, a);
    table.b = ownersOfColumn(owners, b);
    if (both < leastBoth || table.a < leastOwners || table.b < leastOwners) return;
    const p = pairProbability(table);
    tested.add(p);
    best.add(score(table, p), a, b, both);
  });
  return { ...best.list(), tested: tested.values().sort() };
}

/** What pairs are sorted by, the highest first. */
export function scoreOfPairs({
  order,
  isAscending,
}: Pick<Ranking, 'order' | 'isAscending'>): (table: TwoByTwo, p: number) => number {
  const sign = isAscending ? -1 : 1;
  if (order === 'probability') return (_, p) => sign * p;
  if (order === 'both') return ({ both }) => sign * both;
  const measure = PAIR_MEASURES[order];
  return (table) => sign * measure(table);
}

const FIRST_ROOM = 1_024;
/** A probability of each is held, 8 bytes. */
export const MOST_TESTED = 60_000_000;

/** A list of numbers that grows without a second copy of it. */
function growing(most: number) {
  let list = new Float64Array(FIRST_ROOM);
  let length = 0;
  return {
    add(value: number) {
      if (length === most) throw new RangeError(`more than ${most} pairs to be tested`);
      if (length === list.length) list = new Float64Array(list.buffer.transfer(2 * list.byteLength));
      list[length++] = value;
    },
    values: () => list.subarray(0, length),
  };
}
