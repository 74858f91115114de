import { adjustedRand } from './adjusted-rand.ts';
import { clusterOf, kMeans } from './k-means.ts';
import { countOf, type Points, pointsAt } from './points.ts';
import { randomOf, sampleOf } from './random.ts';

export type StabilityOptions = {
  readonly k: number;
  readonly seed: number;
  readonly starts?: number;
  /** How many clusterings are compared, each with each. */
  readonly runs?: number;
  /** Points of a run, at most; a run never has more than four fifths of them. */
  readonly sampleSize?: number;
};

export const RUNS = 5;
const SAMPLE = 5000;
const LARGEST_SHARE = 0.8;

/**
 * How far k-means finds the same clusters again: the mean adjusted Rand index of the pairs of `runs` clusterings, each
 * from its own seed and its own random part of the points, compared on one sample of them. From about 0.85 up segments
 * may be called found; below, they are a cut through a cloud. 1 where only one clustering is possible.
 */
export function stability(points: Points, options: StabilityOptions): number {
  const { k, seed, starts, runs = RUNS, sampleSize = SAMPLE } = options;
  const count = countOf(points);
  const size = Math.min(sampleSize, Math.ceil(count * LARGEST_SHARE));
  const judged = pointsAt(points, sampleOf(count, sampleSize, randomOf(seed, 'judged')));
  const clusterings = Array.from({ length: runs }, (_, run) => {
    const part = pointsAt(points, sampleOf(count, size, randomOf(seed, `part ${run}`)));
    const ownSeed = randomOf(seed, `run ${run}`).below(2 ** 32);
    return clusterOf(judged, kMeans(part, { k, seed: ownSeed, ...(starts === undefined ? {} : { starts }) }));
  });
  const indices = clusterings.flatMap((a, i) => clusterings.slice(i + 1).map((b) => adjustedRand(a, b)));
  return indices.reduce((sum, index) => sum + index, 0) / indices.length;
}
