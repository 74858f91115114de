import { countOf, type Points, squaredDistance } from './points.ts';

/** The nearest centroid of every point, the lowest index on ties, and the sum of the squared distances to them. */
export type Assignment = { readonly labels: Int32Array; readonly inertia: number };

/** One exact pass over all points. */
export function assigned(points: Points, centroids: Float64Array): Assignment {
  const { values, width } = points;
  const labels = new Int32Array(countOf(points));
  let inertia = 0;
  for (let i = 0; i < labels.length; i++) {
    let least = Infinity;
    for (let at = 0, c = 0; at < centroids.length; at += width, c++) {
      const distance = squaredDistance(values, i * width, centroids, at, width);
      if (distance < least) {
        least = distance;
        labels[i] = c;
      }
    }
    inertia += least;
  }
  return { labels, inertia };
}
