import type { Points } from './points.ts';

/** Low are the points whose coordinate `feature` is at most `threshold`. */
export type Split = { readonly feature: number; readonly threshold: number };
type Scored = { readonly split: Split; readonly score: number };

/** Less than this share of improvement is rounding. */
const LEAST_GAIN = 1e-12;

/**
 * The split of these points into two that lowers the Gini impurity of their labels (0 to k - 1) most: on ties the first
 * feature, then the lowest threshold. Undefined when no split lowers it.
 */
export function bestSplit(points: Points, labels: Int32Array, rows: Int32Array, k: number): Split | undefined {
  const total = new Float64Array(k);
  for (const row of rows) total[labels[row]!]!++;
  let best: Scored | undefined;
  const least = (squares(total) / rows.length) * (1 + LEAST_GAIN);
  for (let feature = 0; feature < points.width; feature++) {
    const found = bestOf(points, labels, rows, total, feature, best?.score ?? least);
    best = found ?? best;
  }
  return best?.split;
}

/** The impurity of the two parts falls as this rises: the sum over both of (sum of squared counts) / count. */
function bestOf(
  { values, width }: Points,
  labels: Int32Array,
  rows: Int32Array,
  total: Float64Array,
  feature: number,
  least: number,
): Scored | undefined {
  const valueOf = (row: number) => values[row * width + feature]!;
  const sorted = rows.toSorted((a, b) => valueOf(a) - valueOf(b));
  const low = new Float64Array(total.length);
  const high = total.slice();
  let [lowSquares, highSquares, score] = [0, squares(total), least];
  let best: Scored | undefined;
  for (let i = 0; i + 1 < sorted.length; i++) {
    const label = labels[sorted[i]!]!;
    lowSquares += 2 * low[label]!++ + 1;
    highSquares -= 2 * high[label]!-- - 1;
    const [value, next] = [valueOf(sorted[i]!), valueOf(sorted[i + 1]!)];
    if (value === next) continue;
    const here = lowSquares / (i + 1) + highSquares / (sorted.length - i - 1);
    if (!(here > score)) continue;
    score = here;
    best = { split: { feature, threshold: shortestBetween(value, next) }, score };
  }
  return best;
}

function squares(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count * count, 0);
}

/** The middle of the two, rounded to as few digits as keep it at least `low` and below `high`. */
export function shortestBetween(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  for (let digits = 1; digits <= 17; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short >= low && short < high) return short;
  }
  return low;
}
