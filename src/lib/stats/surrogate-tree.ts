import { countOf, type Points } from './points.ts';
import { bestSplit, type Split } from './gini-split.ts';
import { randomOf, sampleOf } from './random.ts';

/** One condition on a measure, in the units of the points. */
export type Condition = { readonly feature: string; readonly op: '<=' | '>'; readonly threshold: number };

/** All conditions hold for the points of a leaf, and for no others. At most one of each op for a feature. */
export type Leaf = {
  readonly conditions: readonly Condition[];
  /** The cluster to which most of its points belong, the lowest on ties. */
  readonly cluster: number;
  readonly count: number;
  /** Share of its points that belong to this cluster. */
  readonly purity: number;
};

export type SurrogateTree = {
  /** Each point is in exactly one. A number that is in none (NaN) is in no rule either. */
  readonly leaves: readonly Leaf[];
  /** Share of all points whose leaf's cluster is their own. */
  readonly fidelity: number;
};

export type TreeOptions = {
  /** A name for each coordinate. */
  readonly features: readonly string[];
  readonly k: number;
  readonly seed: number;
  readonly maxDepth?: number;
  /** Splits are found on a seeded sample of this size; leaves, purity and fidelity are counted over all points. */
  readonly sampleSize?: number;
};

type Node = { readonly split: Split; readonly low: Node; readonly high: Node } | { readonly leaf: number };
/** With the number of points of each cluster in a leaf. */
type Counted =
  | { readonly split: Split; readonly low: Counted; readonly high: Counted }
  | { readonly counts: Float64Array };

const MAX_DEPTH = 4;
const SAMPLE = 20_000;

/**
 * A shallow decision tree that says in words what a clustering did (L. Breiman and others, 1984, CART: binary splits of
 * the largest decrease of Gini impurity). On ties the first feature and the lowest threshold count. A threshold is
 * rounded as far as the two values that it separates allow, so that rules are readable. Splits that make no difference
 * to the cluster are undone. Without points there are no leaves and the fidelity is 1.
 */
export function surrogateTree(points: Points, labels: Int32Array, options: TreeOptions): SurrogateTree {
  const { features, k, seed, maxDepth = MAX_DEPTH, sampleSize = SAMPLE } = options;
  const count = countOf(points);
  if (count === 0) return { leaves: [], fidelity: 1 };
  const sample = sampleOf(count, sampleSize, randomOf(seed, 'tree'));
  const made = { leaves: 0 };
  const root = grow(points, labels, sample, k, maxDepth, made);
  const leaves = leavesOf(merged(root, countLeaves(points, labels, root, k, made.leaves)), features, []);
  const right = leaves.reduce((sum, leaf) => sum + Math.round(leaf.purity * leaf.count), 0);
  return { leaves, fidelity: right / count };
}

function grow(
  points: Points,
  labels: Int32Array,
  rows: Int32Array,
  k: number,
  depth: number,
  made: { leaves: number },
): Node {
  const split = depth === 0 ? undefined : bestSplit(points, labels, rows, k);
  if (split === undefined) return { leaf: made.leaves++ };
  const isLow = (row: number): boolean => points.values[row * points.width + split.feature]! <= split.threshold;
  const low = grow(points, labels, rows.filter(isLow), k, depth - 1, made);
  const high = grow(
    points,
    labels,
    rows.filter((row) => !isLow(row)),
    k,
    depth - 1,
    made,
  );
  return { split, low, high };
}

/** How many points of each cluster are in each leaf. */
function countLeaves(
  { values, width }: Points,
  labels: Int32Array,
  root: Node,
  k: number,
  leaves: number,
): Float64Array[] {
  const counts = Array.from({ length: leaves }, () => new Float64Array(k));
  for (let i = 0; i < labels.length; i++) {
    let node = root;
    while ('split' in node)
      node = values[i * width + node.split.feature]! <= node.split.threshold ? node.low : node.high;
    counts[node.leaf]![labels[i]!]!++;
  }
  return counts;
}

/** Without splits on whose both sides the same cluster wins. */
function merged(node: Node, counts: readonly Float64Array[]): Counted {
  if ('leaf' in node) return { counts: counts[node.leaf]! };
  const [low, high] = [merged(node.low, counts), merged(node.high, counts)];
  if ('split' in low || 'split' in high || winner(low.counts) !== winner(high.counts)) {
    return { split: node.split, low, high };
  }
  return { counts: low.counts.map((count, c) => count + high.counts[c]!) };
}

function leavesOf(node: Counted, features: readonly string[], conditions: readonly Condition[]): Leaf[] {
  if ('split' in node) {
    const { feature, threshold } = node.split;
    const also = (op: Condition['op']) => narrowed(conditions, { feature: features[feature]!, op, threshold });
    return [...leavesOf(node.low, features, also('<=')), ...leavesOf(node.high, features, also('>'))];
  }
  const { counts } = node;
  const count = counts.reduce((sum, one) => sum + one, 0);
  const cluster = winner(counts);
  return [{ conditions, cluster, count, purity: counts[cluster]! / count }];
}

/** A later condition on a feature is within the earlier ones, and stands for them. */
function narrowed(conditions: readonly Condition[], last: Condition): Condition[] {
  return [...conditions.filter(({ feature, op }) => feature !== last.feature || op !== last.op), last];
}

function winner(counts: Float64Array): number {
  return counts.reduce((best, count, c) => (count > counts[best]! ? c : best), 0);
}
