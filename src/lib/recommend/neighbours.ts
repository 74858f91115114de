import { balancedRanges } from '../co-occurrence/balanced-ranges.ts';
import { type Range, type VisitPair, weighPairs } from '../co-occurrence/count-pairs.ts';
import { degreeWeights } from '../co-occurrence/degree-weights.ts';
import { LANES, type VisitSums, weighPairsTogether } from '../co-occurrence/weigh-together.ts';
import { ownersOfColumn, type Matrix } from '../co-occurrence/matrix.ts';
import { type Best, bestOf, couldEnter, offer, sortBest } from './best.ts';
import type { Model } from './models.ts';

/** The strongest neighbours of items that follow each other, the strongest first, then the lower item. */
export type Neighbours = {
  /** Those of the n-th item are at offsets[n] to offsets[n + 1] - 1. */
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
  readonly weights: Float32Array;
};

export type NeighbourLimits = {
  /** Neighbours of an item. */
  readonly most?: number;
  /** Customers with more items than this are left out: their pairs grow with the square of it. */
  readonly heaviest?: number;
};

export const MOST_NEIGHBOURS = 200;
export const HEAVIEST = 500;

export type NeighbourInput = NeighbourLimits & {
  readonly matrix: Matrix;
  readonly model: Model;
  /** Of which items; all unless told. See neighbourRanges(). */
  readonly range?: Range;
};

/**
 * Neighbours of the items of a range under a model, and how many customers were left out for having too much. For the
 * popularity there are none. Weights are single precision, also where they are compared.
 */
export function neighbours({ matrix, model, range, ...limits }: NeighbourInput): Neighbours & { leftOut: number } {
  const { tables, leftOut } = neighboursUnder(matrix, [model], limits, range);
  return { ...tables[0]!, leftOut };
}

/** The same for several models, in their order; those that weigh customers alike share the sums, up to four others the counting. */
export function neighboursUnder(
  matrix: Matrix,
  models: readonly Model[],
  limits: NeighbourLimits = {},
  range: Range = { from: 0, to: matrix.columns },
): { readonly tables: readonly Neighbours[]; readonly leftOut: number } {
  const lists = models.map((model) => listsOf(model, limits.most ?? MOST_NEIGHBOURS, range.to - range.from));
  const learned = lists.filter(({ model }) => model.name !== 'popularity');
  const degrees = [...new Set(learned.map(({ model }) => model.degree))];
  const weigh = (degree: number) => degreeWeights(matrix, degree, limits.heaviest ?? HEAVIEST);
  for (let first = 0; first < degrees.length; first += LANES) {
    const together = degrees.slice(first, first + LANES);
    const some = learned.filter(({ model }) => together.includes(model.degree));
    const lanes = some.map(({ model }) => together.indexOf(model.degree));
    const weights = together.map((degree) => weigh(degree).weights);
    fill({ lists: some, lanes, matrix, weights, range });
  }
  return { tables: lists.map(tableOf), leftOut: weigh(0).leftOut };
}

/** Into so many ranges the work is cut: how much each is, is known roughly, and other tasks get in between. */
const RANGES = 8;

/** Ranges of about the same work: what costs is reading an item's customers, with all that they have. */
export function neighbourRanges(matrix: Matrix): readonly Range[] {
  return balancedRanges(
    Array.from({ length: matrix.columns }, (_, item) => ownersOfColumn(matrix, item)),
    RANGES,
  );
}

/** One table of those of ranges that follow each other, in memory that threads share. */
export function joinNeighbours(parts: readonly Neighbours[]): Neighbours {
  const total = parts.reduce((sum, { items }) => sum + items.length, 0);
  const rows = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * (rows + 1)));
  const items = new Uint32Array(new SharedArrayBuffer(4 * total));
  const weights = new Float32Array(new SharedArrayBuffer(4 * total));
  let [row, at] = [0, 0];
  for (const part of parts) {
    items.set(part.items, at);
    weights.set(part.weights, at);
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = at + part.offsets[i]!;
    at += part.items.length;
  }
  return { offsets, items, weights };
}

/** The lists of a model while they are made. */
type Lists = {
  readonly model: Model;
  readonly best: Best;
  readonly offsets: Uint32Array;
  items: Uint32Array;
  weights: Float32Array;
};

function listsOf(model: Model, most: number, count: number): Lists {
  const offsets = new Uint32Array(count + 1);
  return { model, best: bestOf(most), offsets, items: new Uint32Array(0), weights: new Float32Array(0) };
}

type Fill = {
  readonly lists: readonly Lists[];
  /** Which of the weights each of the lists is made with. */
  readonly lanes: readonly number[];
  readonly matrix: Matrix;
  readonly weights: readonly Float64Array[];
  readonly range: Range;
};

function fill({ lists, lanes, matrix, weights, range }: Fill): void {
  const owners = countedOwners(matrix, weights[0]!);
  const takers = lists.map((one) => takerOf(one, owners));
  let current = range.from;
  const close = (until: number) => {
    for (; current < until; current++) for (const one of lists) write(one, current - range.from);
  };
  const take: VisitSums = (a, b, sums, at) => {
    if (a !== current) close(a);
    for (let i = 0; i < takers.length; i++) takers[i]!(a, b, sums[at + lanes[i]!]!);
  };
  if (weights.length > 1) weighPairsTogether(matrix, weights, range, take);
  else {
    const sums = new Float64Array(1);
    weighPairs(matrix, weights[0]!, range, (a, b, sum) => {
      sums[0] = sum;
      take(a, b, sums, 0);
    });
  }
  close(range.to);
}

function takerOf({ model, best }: Lists, owners: Float64Array): VisitPair {
  const from = owners.map((count) => count ** -model.from);
  const to = owners.map((count) => count ** -model.to);
  return (a, b, sum) => {
    const weight = Math.fround(sum * from[a]! * to[b]!);
    if (couldEnter(best, weight)) offer(best, b, weight);
  };
}

/** Customers of each item, of those that count. */
function countedOwners({ columns, columnOffsets, owners }: Matrix, weights: Float64Array): Float64Array {
  const counts = new Float64Array(columns);
  for (let item = 0; item < columns; item++)
    for (let i = columnOffsets[item]!; i < columnOffsets[item + 1]!; i++)
      if (weights[owners[i]!]! > 0) counts[item]! += 1;
  return counts;
}

function write(lists: Lists, row: number): void {
  const { best, offsets } = lists;
  const at = offsets[row]!;
  sortBest(best);
  if (at + best.count > lists.items.length) grow(lists, Math.max(1024, 2 * (at + best.count)));
  lists.items.set(best.items.subarray(0, best.count), at);
  lists.weights.set(best.scores.subarray(0, best.count), at);
  offsets[row + 1] = at + best.count;
  best.count = 0;
}

function grow(lists: Lists, length: number): void {
  const { items, weights } = lists;
  lists.items = new Uint32Array(length);
  lists.items.set(items);
  lists.weights = new Float32Array(length);
  lists.weights.set(weights);
}

function tableOf({ offsets, items, weights }: Lists): Neighbours {
  const end = offsets.at(-1)!;
  return { offsets, items: items.slice(0, end), weights: weights.slice(0, end) };
}
