/** Whole numbers in an array as narrow as their range allows. */
export type Whole = Uint8Array | Uint16Array | Int32Array | Float64Array;

export function arrayFor(length: number, least: number, most: number): Whole {
  if (least >= 0 && most < 2 ** 8) return new Uint8Array(length);
  if (least >= 0 && most < 2 ** 16) return new Uint16Array(length);
  return least >= -(2 ** 31) && most < 2 ** 31 ? new Int32Array(length) : new Float64Array(length);
}
