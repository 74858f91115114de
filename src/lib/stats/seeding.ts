import { countOf, type Points, squaredDistance } from './points.ts';
import type { Random } from './random.ts';

/**
 * First centroids by greedy k-means++ (D. Arthur and S. Vassilvitskii, 2007, "k-means++: the advantages of careful
 * seeding", with the several candidates a step of their conclusion: 2 + floor(ln k)). Fewer than `k` when there are fewer
 * distinct points.
 */
export function plusPlus(points: Points, k: number, random: Random): Float64Array {
  const { values, width } = points;
  const count = countOf(points);
  if (count === 0) return new Float64Array(0);
  const candidates = 2 + Math.floor(Math.log(k));
  const coordinates = (place: number) => values.subarray(place * width, (place + 1) * width);
  const first = random.below(count);
  const centroids = [...coordinates(first)];
  let nearest = capped(points, first, new Float64Array(count).fill(Infinity));
  while (centroids.length < k * width && nearest.sum > 0) {
    const { distances, sum } = nearest;
    const places = Array.from({ length: candidates }, () => drawn(distances, random.uniform() * sum));
    const tries = places.map((place) => capped(points, place, distances));
    const best = tries.reduce((least, one, i) => (one.sum < tries[least]!.sum ? i : least), 0);
    centroids.push(...coordinates(places[best]!));
    nearest = tries[best]!;
  }
  return Float64Array.from(centroids);
}

/** Squared distances to the nearest centroid when the point at `place` is one more. */
function capped({ values, width }: Points, place: number, known: Float64Array) {
  const distances = new Float64Array(known.length);
  let sum = 0;
  for (let i = 0; i < known.length; i++) {
    const distance = squaredDistance(values, i * width, values, place * width, width);
    distances[i] = distance < known[i]! ? distance : known[i]!;
    sum += distances[i]!;
  }
  return { distances, sum };
}

/** The point whose share of the whole holds `target`; one of distance 0 is never drawn. */
function drawn(distances: Float64Array, target: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < distances.length; i++) {
    if (distances[i] === 0) continue;
    last = i;
    sum += distances[i]!;
    if (sum > target) break;
  }
  return last;
}
