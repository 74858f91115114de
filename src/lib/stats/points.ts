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

/** Squared Euclidean distance of the coordinates from `at` of `a` to those from `to` of `b`. */
export function squaredDistance(a: Float64Array, at: number, b: Float64Array, to: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const difference = a[at + j]! - b[to + j]!;
    sum += difference * difference;
  }
  return sum;
}
