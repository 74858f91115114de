import type { Column } from './scaling.ts';

/** How far the mean of a cluster is from the mean of all, in standard deviations of all. */
export type Trait = { readonly feature: string; readonly deviation: number };

const TRAITS = 3;

/**
 * For each cluster the measures whose mean in it is furthest from that of all points, furthest first (the first feature
 * on ties). `columns` are mean and sd of all points in the same units as `means` (k * width values); a measure of sd 0
 * deviates by 0.
 */
export function clusterTraits(
  means: Float64Array,
  columns: readonly Column[],
  features: readonly string[],
  top = TRAITS,
): Trait[][] {
  const width = columns.length;
  return Array.from({ length: means.length / width }, (_, cluster) =>
    columns
      .map(({ mean, sd }, j) => {
        const distance = means[cluster * width + j]! - mean;
        return { feature: features[j]!, deviation: sd === 0 ? 0 : distance / sd };
      })
      .toSorted((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
      .slice(0, top),
  );
}
