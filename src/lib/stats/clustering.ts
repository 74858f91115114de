import { clusterTraits, type Trait } from './cluster-traits.ts';
import { gapStatistic, type GapStep } from './gap-statistic.ts';
import { type Clusters, kMeans } from './k-means.ts';
import { countOf, type Points, pointsAt, pointsOf } from './points.ts';
import { randomOf, sampleOf } from './random.ts';
import { columnsOf, groupMeans, signedLog1p, standardised, transformed } from './scaling.ts';
import { stability } from './stability.ts';
import { type SurrogateTree, surrogateTree } from './surrogate-tree.ts';

export type ClusteringInput = {
  /** A row for each point and in it a value for each feature, one after another, in their own units. */
  readonly values: Float64Array | Float32Array;
  readonly features: readonly string[];
  /** Of these features sign(x) * ln(1 + |x|) is taken before scaling. */
  readonly logged?: readonly string[];
  /** Without a number of clusters it is chosen by the gap statistic. */
  readonly k?: number | undefined;
  readonly kMax?: number;
  readonly starts?: number;
  readonly seed: number;
};

export type Clustering = Omit<Clusters, 'centroids'> & {
  /** What led to k, on a sample; none when k was given. */
  readonly steps: readonly GapStep[];
  /** Mean adjusted Rand index between clusterings of samples; see stability(). 1 when nothing could differ. */
  readonly stability: number;
  /** k * width values: what is nearest in logarithms and standard deviations decides. */
  readonly centroids: Float64Array;
  /** k * width values: the mean of each feature among the points of each cluster, in its own units. */
  readonly means: Float64Array;
  readonly scales: readonly {
    readonly feature: string;
    readonly isLogged: boolean;
    readonly mean: number;
    readonly sd: number;
  }[];
  readonly traits: readonly (readonly Trait[])[];
  readonly tree: SurrogateTree;
};

const GAP_SAMPLE = 5000;

/**
 * From measures to clusters that can be told: values -> logarithms -> standard deviations -> k (gap statistic on at most
 * 5,000 points, unless given) -> k-means -> means, traits and a surrogate tree in the units of the values.
 * Throws TypeError for a value that is no finite number, RangeError for a shape, name or number that cannot be.
 */
export function clustering(input: ClusteringInput): Clustering {
  const { features, logged = [], seed, starts } = input;
  const original = pointsOf(input.values, features.length);
  const measured = transformed(original, placesOf(logged, features), signedLog1p);
  const columns = columnsOf(measured);
  const points = standardised(measured, columns);
  const choice = chooseK(points, input);
  const limits = { seed, ...(starts === undefined ? {} : { starts }) };
  const clusters = kMeans(points, { ...limits, k: choice.k });
  const { k, labels, centroids } = clusters;
  return {
    ...clusters,
    steps: choice.steps,
    stability: k < 2 ? 1 : stability(points, { ...limits, k }),
    means: groupMeans(original, labels, k),
    scales: columns.map((column, j) => ({ feature: features[j]!, isLogged: logged.includes(features[j]!), ...column })),
    traits: clusterTraits(centroids, columnsOf(points), features),
    tree: surrogateTree(original, labels, { features, k, seed }),
  };
}

function chooseK(points: Points, { k, kMax, seed }: ClusteringInput) {
  if (k !== undefined) return { k, steps: [] };
  const sample = pointsAt(points, sampleOf(countOf(points), GAP_SAMPLE, randomOf(seed, 'gap')));
  const choice = gapStatistic(sample, { seed, ...(kMax === undefined ? {} : { kMax }) });
  // Without points no k is chosen; any will do.
  return { ...choice, k: Math.max(1, choice.k) };
}

function placesOf(names: readonly string[], features: readonly string[]): number[] {
  return names.map((name) => {
    const place = features.indexOf(name);
    if (place < 0) throw new RangeError(`'${name}' is not one of the features ${features.join(', ')}`);
    return place;
  });
}
