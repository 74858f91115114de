import { countOf, type Points, squaredDistance } from './points.ts';

/** Of one run of Lloyd's iterations; everything in it changes from one to the next. */
export type State = {
  readonly points: Points;
  readonly k: number;
  readonly centroids: Float64Array;
  readonly labels: Int32Array;
  /** At least the distance of a point to its own centroid; at most that to any other. */
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  /** How far each centroid has moved, and half the distance to the nearest other. */
  readonly moved: Float64Array;
  readonly half: Float64Array;
};

export function begin(points: Points, seeds: Float64Array): State {
  const count = countOf(points);
  const k = seeds.length / points.width;
  return {
    points,
    k,
    centroids: seeds.slice(),
    labels: new Int32Array(count),
    upper: new Float64Array(count),
    lower: new Float64Array(count),
    sums: new Float64Array(seeds.length),
    counts: new Float64Array(k),
    moved: new Float64Array(k),
    half: new Float64Array(k),
  };
}

/**
 * Gives every point to its nearest centroid and answers how many changed. With the bounds of G. Hamerly, 2010, "Making
 * k-means even faster", only points whose bounds cross are looked at: those that cannot have changed are passed over.
 */
export function assign(state: State, isFirst: boolean): number {
  measureGaps(state);
  return isFirst ? assignAll(state) : assignCrossed(state);
}

function assignAll(state: State): number {
  const { labels } = state;
  for (let i = 0; i < labels.length; i++) {
    labels[i] = nearest(state, i);
    add(state, i, labels[i]!, 1);
  }
  return labels.length;
}

/** `<` lets ties be looked at. */
function assignCrossed(state: State): number {
  const { points, centroids, labels, upper, lower, moved, half } = state;
  const { values, width } = points;
  const { far, first, second } = largestTwo(moved);
  let changed = 0;
  for (let i = 0; i < labels.length; i++) {
    const own = labels[i]!;
    const reach = upper[i]! + moved[own]!;
    const rest = lower[i]! - (own === far ? second : first);
    upper[i] = reach;
    lower[i] = rest;
    const bound = rest > half[own]! ? rest : half[own]!;
    if (reach < bound) continue;
    const exact = Math.sqrt(squaredDistance(values, i * width, centroids, own * width, width));
    upper[i] = exact;
    if (exact < bound) continue;
    const label = nearest(state, i);
    if (label === own) continue;
    add(state, i, own, -1);
    add(state, i, label, 1);
    labels[i] = label;
    changed += 1;
  }
  return changed;
}

/** The nearest centroid, after setting both bounds to the distances of the nearest two. */
function nearest({ points, k, centroids, upper, lower }: State, i: number): number {
  const { values, width } = points;
  let label = 0;
  let least = Infinity;
  let next = Infinity;
  for (let c = 0; c < k; c++) {
    const distance = squaredDistance(values, i * width, centroids, c * width, width);
    if (distance < least) {
      next = least;
      least = distance;
      label = c;
    } else if (distance < next) next = distance;
  }
  upper[i] = Math.sqrt(least);
  lower[i] = Math.sqrt(next);
  return label;
}

/** Counts point `i` in a cluster (1) or no more (-1). */
export function add({ points, sums, counts }: State, i: number, label: number, sign: 1 | -1): void {
  const { values, width } = points;
  counts[label]! += sign;
  for (let j = 0; j < width; j++) sums[label * width + j]! += sign * values[i * width + j]!;
}

function measureGaps({ points, k, centroids, half }: State): void {
  const { width } = points;
  half.fill(Infinity);
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const distance = Math.sqrt(squaredDistance(centroids, a * width, centroids, b * width, width)) / 2;
      half[a] = Math.min(half[a]!, distance);
      half[b] = Math.min(half[b]!, distance);
    }
  }
}

function largestTwo(moved: Float64Array): { far: number; first: number; second: number } {
  let [far, first, second] = [0, -1, 0];
  moved.forEach((distance, c) => {
    if (distance > first) [far, first, second] = [c, distance, Math.max(first, 0)];
    else if (distance > second) second = distance;
  });
  return { far, first, second };
}
