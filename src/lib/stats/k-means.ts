import { assigned } from './assignment.ts';
import { type Fit, lloyd, type OnIteration } from './lloyd.ts';
import { countOf, type Points, pointsAt } from './points.ts';
import { randomOf, sampleOf } from './random.ts';
import { plusPlus } from './seeding.ts';

export type KMeansOptions = {
  /** How many clusters; fewer come when there are fewer distinct points. */
  readonly k: number;
  /** A whole number from 0 to 2^32 - 1: the same points and seed give the same clusters. */
  readonly seed: number;
  /** Seeded starts of which the one of least inertia counts (the first on ties). */
  readonly starts?: number;
  /** With more points than this, starts run on a seeded sample of this size; only the best goes on over all points. */
  readonly sampleSize?: number;
  readonly maxIterations?: number;
  /** Share of the points that may still change when it is over: a finer one moves the inertia in its sixth digit. */
  readonly rest?: number;
  readonly onIteration?: OnIteration | undefined;
};

export type Clusters = {
  readonly k: number;
  /** k * width values: the mean of each cluster, the cluster with most points first. */
  readonly centroids: Float64Array;
  /** The cluster of each point: that of the nearest centroid, the lowest on ties. */
  readonly labels: Int32Array;
  readonly sizes: number[];
  /** Sum of the squared distances of the points to their centroids. */
  readonly inertia: number;
  /** Of the run that counts, over all points. */
  readonly iterations: number;
  readonly isConverged: boolean;
};

export const STARTS = 10;
export const START_SAMPLE = 20_000;
const MAX_ITERATIONS = 300;
const REST = 1e-4;
/** The same for a start. */
const START_REST = 1e-3;

/**
 * k-means (S. Lloyd, 1982) from several k-means++ starts. Assumes coordinates of comparable scale; see standardised().
 * Without points there are no clusters. Throws RangeError for a `k`, `starts` or `seed` that is none.
 */
export function kMeans(points: Points, options: KMeansOptions): Clusters {
  const { k, starts = STARTS } = options;
  for (const [name, number] of Object.entries({ k, starts })) {
    if (!Number.isInteger(number) || number < 1)
      throw new RangeError(`${name} is a whole number from 1, not ${number}`);
  }
  const fit = bestFit(points, options);
  const { labels, inertia } = assigned(points, fit.centroids);
  return ordered(points.width, { ...fit, labels, inertia });
}

/** Cluster of each of other points: the nearest centroid, the lowest on ties. */
export function clusterOf(points: Points, { centroids }: Pick<Clusters, 'centroids'>): Int32Array {
  return assigned(points, centroids).labels;
}

/** Starts end early, since where they are going shows soon; the best goes on over all points. */
function bestFit(points: Points, options: KMeansOptions): Fit {
  const { k, seed, sampleSize = START_SAMPLE, maxIterations = MAX_ITERATIONS, rest = REST, onIteration } = options;
  const count = countOf(points);
  let centroids: Float64Array = new Float64Array(0);
  if (count > sampleSize) {
    centroids = bestStart(pointsAt(points, sampleOf(count, sampleSize, randomOf(seed, 'sample'))), options);
  }
  // Where few points are unlike all others, a sample may lack them.
  if (centroids.length < k * points.width) centroids = bestStart(points, options);
  return lloyd(points, centroids, { maxIterations, rest: Math.floor(count * rest), onIteration });
}

function bestStart(points: Points, options: KMeansOptions): Float64Array {
  const { k, seed, starts = STARTS, maxIterations = MAX_ITERATIONS, rest = 0, onIteration } = options;
  const limits = { maxIterations, rest: Math.floor(countOf(points) * Math.max(START_REST, rest)), onIteration };
  let best: { centroids: Float64Array; inertia: number } = { centroids: new Float64Array(0), inertia: Infinity };
  for (let start = 0; start < starts; start++) {
    const { centroids } = lloyd(points, plusPlus(points, k, randomOf(seed, `start ${start}`)), limits);
    const { inertia } = assigned(points, centroids);
    if (inertia < best.inertia) best = { centroids, inertia };
  }
  return best.centroids;
}

/** Numbers clusters by size, so that another seed that finds the same ones numbers them alike. */
function ordered(width: number, fit: Fit & { labels: Int32Array; inertia: number }): Clusters {
  const k = fit.centroids.length / width;
  const counts = Array.from({ length: k }, () => 0);
  for (const label of fit.labels) counts[label]!++;
  const coordinates = (c: number) => fit.centroids.subarray(c * width, (c + 1) * width);
  const compare = (a: number, b: number) => counts[b]! - counts[a]! || compareValues(coordinates(a), coordinates(b));
  const order = Array.from(counts.keys()).sort(compare);
  const rank = Int32Array.from(counts, (_, c) => order.indexOf(c));
  return {
    ...fit,
    k,
    centroids: Float64Array.from(order.flatMap((c) => [...coordinates(c)])),
    labels: fit.labels.map((label) => rank[label]!),
    sizes: order.map((c) => counts[c]!),
  };
}

function compareValues(a: Float64Array, b: Float64Array): number {
  const j = a.findIndex((value, i) => value !== b[i]);
  return j < 0 ? 0 : a[j]! - b[j]!;
}
