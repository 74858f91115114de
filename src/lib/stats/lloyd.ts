import { add, assign, begin, type State } from './hamerly.ts';
import { countOf, type Points, squaredDistance } from './points.ts';

export type Fit = {
  /** k * width values. */
  readonly centroids: Float64Array;
  readonly iterations: number;
  /** No more points changed their cluster in the last iteration than `rest`. */
  readonly isConverged: boolean;
};

/** Told after each iteration; an answer of `false` stops. */
export type OnIteration = (iteration: number, changed: number) => boolean | undefined;
type Limits = {
  readonly maxIterations: number;
  /** It is over when no more points than this change in an iteration. */
  readonly rest: number;
  readonly onIteration?: OnIteration | undefined;
};

/**
 * Lloyd's iterations from the given centroids (which are not changed). A cluster that loses all its points gets the point that
 * is furthest from its own centroid (the first on ties).
 */
export function lloyd(points: Points, seeds: Float64Array, { maxIterations, rest, onIteration }: Limits): Fit {
  const state = begin(points, seeds);
  let iterations = 0;
  let isConverged = countOf(points) === 0;
  while (!isConverged && iterations < maxIterations) {
    iterations += 1;
    const changed = assign(state, iterations === 1);
    const filled = fillEmpty(state);
    isConverged = iterations > 1 && changed + filled <= rest;
    moveCentroids(state);
    if (onIteration?.(iterations, changed) === false) break;
  }
  return { centroids: state.centroids, iterations, isConverged };
}

function moveCentroids({ points, k, centroids, sums, counts, moved }: State): void {
  const { width } = points;
  for (let c = 0; c < k; c++) {
    let squares = 0;
    for (let at = c * width; at < (c + 1) * width; at++) {
      const mean = sums[at]! / counts[c]!;
      squares += (mean - centroids[at]!) ** 2;
      centroids[at] = mean;
    }
    moved[c] = Math.sqrt(squares);
  }
}

/** How many clusters had to be filled. There are at least as many distinct points as clusters, so one can always be moved. */
function fillEmpty(state: State): number {
  const { points, labels, sums, counts, upper, lower } = state;
  let filled = 0;
  for (let empty = counts.indexOf(0); empty >= 0; empty = counts.indexOf(0)) {
    const i = furthest(state);
    add(state, i, labels[i]!, -1);
    sums.fill(0, empty * points.width, (empty + 1) * points.width);
    add(state, i, empty, 1);
    labels[i] = empty;
    // Its bounds hold nothing back: it is looked at again.
    upper[i] = Infinity;
    lower[i] = 0;
    filled += 1;
  }
  return filled;
}

function furthest({ points, centroids, labels, counts }: State): number {
  const { values, width } = points;
  let [place, most] = [0, -1];
  for (let i = 0; i < labels.length; i++) {
    if (counts[labels[i]!]! < 2) continue;
    const distance = squaredDistance(values, i * width, centroids, labels[i]! * width, width);
    if (distance > most) [place, most] = [i, distance];
  }
  return place;
}
