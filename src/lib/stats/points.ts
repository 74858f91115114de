/** Points of `width` coordinates each, one after another. */
export type Points = { readonly values: Float64Array; readonly width: number };

/** Squares of larger differences would not be finite when summed. */
const LARGEST = 1e140;

/**
 * Points for the functions of this folder (Float32Array is widened, which is exact). Throws TypeError for a value that is
 * no finite number of at most 1e140, RangeError when `values` is not a whole number of points.
 */
export function pointsOf(values: Float64Array | Float32Array, width: number): Points {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`a point has at least one coordinate, not ${width}`);
  if (values.length % width !== 0) {
    throw new RangeError(`${values.length} values are no whole number of points of ${width} coordinates`);
  }
  const wide = values instanceof Float64Array ? values : Float64Array.from(values);
  for (let i = 0; i < wide.length; i++) {
    if (!(Math.abs(wide[i]!) <= LARGEST)) {
      const place = `coordinate ${i % width} of point ${Math.floor(i / width)}`;
      throw new TypeError(`${place} is ${wide[i]}; it must be a finite number of at most ${LARGEST}`);
    }
  }
  return { values: wide, width };
}

/** How many points there are. */
export function countOf({ values, width }: Points): number {
  return values.length / width;
}

/** The points at these places, in their order. */
export function pointsAt({ values, width }: Points, places: Int32Array): Points {
  const chosen = new Float64Array(places.length * width);
  places.forEach((place, i) => chosen.set(values.subarray(place * width, (place + 1) * width), i * width));
  return { values: chosen, width };
}

/**
 * Squared Euclidean distance of the coordinates from `at` of `a` to those from `to` of `b`. Four at a time: k-means spends
 * its time here, and a loop over single coordinates takes half as long again (Node 24).
 */
export function squaredDistance(a: Float64Array, at: number, b: Float64Array, to: number, width: number): number {
  let sum = 0;
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    const w = a[at + j]! - b[to + j]!;
    const x = a[at + j + 1]! - b[to + j + 1]!;
    const y = a[at + j + 2]! - b[to + j + 2]!;
    const z = a[at + j + 3]! - b[to + j + 3]!;
    sum += w * w + x * x + y * y + z * z;
  }
  for (; j < width; j++) {
    const difference = a[at + j]! - b[to + j]!;
    sum += difference * difference;
  }
  return sum;
}
