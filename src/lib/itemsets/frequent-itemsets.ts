import { firstOf } from '../first-of.ts';
import { basketsOf, type BasketInput } from './baskets.ts';
import { mine } from './mine.ts';
import { recoded, type Recoded } from './recode.ts';
import { codesOf, type Bound, type ItemsetTree } from './tree.ts';

/** What is searched for, and when to stop. An itemset is frequent in at least `minSupport` of all baskets and `minCount` baskets. */
export type Search = {
  readonly minSupport: number;
  readonly minCount: number;
  readonly maxLength: number;
  readonly maxItemsets: number;
  readonly maxSeconds: number;
};

export const ITEMSET_MEASURES = ['count', 'length', 'lift', 'allConfidence'] as const;
export type ItemsetMeasure = (typeof ITEMSET_MEASURES)[number];

export type ItemsetsInput = BasketInput &
  Search & {
    readonly minLength: number;
    /** Highest first; then the more frequent, the shorter, those with the lower items. */
    readonly sort: ItemsetMeasure;
    readonly limit: number;
  };

/** `items` are ranks, ascending. */
export type FrequentItemset = Readonly<Record<ItemsetMeasure, number>> & { readonly items: readonly number[] };

/** The first rows of an order, how many there are, and of how many baskets. */
export type Found<R> = {
  readonly baskets: number;
  readonly total: number;
  readonly rows: readonly R[];
  readonly bound: Bound | undefined;
};

/** Frequent itemsets of baskets. `now`: milliseconds of a clock that only goes forward. */
export function frequentItemsets(input: ItemsetsInput, now: () => number): Found<FrequentItemset> {
  const { tree, itemOf } = search(input, now);
  const valueOf = measureOf(tree, input.sort);
  const first = firstOf<number>(
    input.limit,
    (a, b) => valueOf(b) - valueOf(a) || compareItemsets(tree, itemOf, a, b) || a - b,
  );
  let total = 0;
  for (let node = 1; node < tree.size; node++) {
    if (tree.length[node]! < input.minLength) continue;
    total += 1;
    first.add(node);
  }
  const rows = first.all().map((node) => rowOf(tree, itemOf, node));
  return { baskets: tree.count[0]!, total, rows, bound: tree.bound };
}

/** The tree of all frequent itemsets, and the item of each of its codes. */
export function search(
  input: BasketInput & Search,
  now: () => number,
): { readonly tree: ItemsetTree; readonly itemOf: Recoded['itemOf'] } {
  const baskets = basketsOf(input);
  // Ten of 9,835 baskets are at least 0.001 of them, whatever the product of doubles says.
  const share = Math.ceil(input.minSupport * (baskets.offsets.length - 1) - 1e-9);
  const minCount = Math.max(1, input.minCount, share);
  const codes = recoded(baskets, minCount);
  return { tree: mine(codes, { ...input, minCount }, now), itemOf: codes.itemOf };
}

/** The more frequent before the shorter before the one with the lower items. */
export function compareItemsets(tree: ItemsetTree, itemOf: Uint32Array, a: number, b: number): number {
  const byNumbers = tree.count[b]! - tree.count[a]! || tree.length[a]! - tree.length[b]!;
  if (byNumbers !== 0) return byNumbers;
  return compareItems(itemsOf(codesOf(tree, a), itemOf), itemsOf(codesOf(tree, b), itemOf));
}

/** By the first item in which they differ; of the same length. */
export function compareItems(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((item, i) => item !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** The items of codes, ascending. */
export function itemsOf(codes: readonly number[], itemOf: Uint32Array): number[] {
  return codes.map((code) => itemOf[code]!).sort((a, b) => a - b);
}

function rowOf(tree: ItemsetTree, itemOf: Uint32Array, node: number): FrequentItemset {
  return {
    items: itemsOf(codesOf(tree, node), itemOf),
    count: tree.count[node]!,
    length: tree.length[node]!,
    lift: liftOf(tree, node),
    allConfidence: allConfidenceOf(tree, node),
  };
}

function measureOf(tree: ItemsetTree, name: ItemsetMeasure): (node: number) => number {
  const measures = {
    count: (node: number) => tree.count[node]!,
    length: (node: number) => tree.length[node]!,
    lift: (node: number) => liftOf(tree, node),
    allConfidence: (node: number) => allConfidenceOf(tree, node),
  };
  return measures[name];
}

/** The share of baskets with all items, over what it were if items came independently of each other. */
function liftOf(tree: ItemsetTree, node: number): number {
  const [first, ...others] = codesOf(tree, node);
  const alone = tree.count[node]! / countOfItem(tree, first!);
  return others.reduce((lift, code) => lift * (tree.count[0]! / countOfItem(tree, code)), alone);
}

/** The lowest confidence of all rules within the set: over the count of its most frequent item (Omiecinski 2003). */
function allConfidenceOf(tree: ItemsetTree, node: number): number {
  return tree.count[node]! / countOfItem(tree, tree.code[node]!);
}

/** Codes are numbered as the children of the root are. */
function countOfItem(tree: ItemsetTree, code: number): number {
  return tree.count[code]!;
}
