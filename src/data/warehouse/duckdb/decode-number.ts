import { decimalValue, SURE_UNSCALED } from '../../../lib/decimal-value.ts';
import type { Value } from '../port.ts';
import { fixed, type Reader } from './decode.ts';

const TWO_32 = 2 ** 32;
/** High words below which a 64-bit integer is surely a safe one. */
const SAFE_HIGH = 2 ** 21;
/** Powers of ten up to this one are exact doubles, so that a division by them is rounded once. */
const LARGEST_EXACT_SCALE = 22;

export const int8 = fixed(Int8Array, 1, at);
export const uint8 = fixed(Uint8Array, 1, at);
export const int16 = fixed(Int16Array, 1, at);
export const uint16 = fixed(Uint16Array, 1, at);
export const int32 = fixed(Int32Array, 1, at);
export const uint32 = fixed(Uint32Array, 1, at);
export const int64 = fixed(Int32Array, 2, (words, i) => low64(words, i) ?? integer(big64(words, i)));
export const uint64 = fixed(Int32Array, 2, (words, i) =>
  words[i + 1]! < 0 ? String(BigInt.asUintN(64, big64(words, i))) : (low64(words, i) ?? integer(big64(words, i))),
);
export const int128 = fixed(Int32Array, 4, (words, i) => low128(words, i) ?? integer(big128(words, i)));
export const uint128 = fixed(Int32Array, 4, (words, i) =>
  words[i + 3]! < 0 ? String(BigInt.asUintN(128, big128(words, i))) : (low128(words, i) ?? integer(big128(words, i))),
);
export const boolean = fixed(Uint8Array, 1, (bytes, i) => bytes[i] !== 0);
export const float = fixed(Float32Array, 1, (data, i) => finite(data[i]!));
export const double = fixed(Float64Array, 1, (data, i) => finite(data[i]!));

/** Reads decimals of `scale`, stored as integers of 16, 32, 64 or 128 bits. */
export function decimal(scale: number, bits: 16 | 32 | 64 | 128): Reader {
  const power = 10 ** scale;
  const isExact = scale <= LARGEST_EXACT_SCALE;
  const wide =
    (low: typeof low64, big: typeof big64) =>
    (words: Int32Array, i: number): Value => {
      const unscaled = low(words, i);
      if (isExact && unscaled !== undefined && Math.abs(unscaled) < SURE_UNSCALED) return unscaled / power;
      return decimalValue(big(words, i), scale);
    };
  switch (bits) {
    case 16:
      return fixed(Int16Array, 1, (data, i) => data[i]! / power);
    case 32:
      return fixed(Int32Array, 1, (data, i) => data[i]! / power);
    case 64:
      return fixed(Int32Array, 2, wide(low64, big64));
    case 128:
      return fixed(Int32Array, 4, wide(low128, big128));
  }
}

/** A number, or the digits when it would not be a safe integer. */
export function integer(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** NaN and the infinities have no JSON. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function at(data: { readonly [i: number]: number }, i: number): number {
  return data[i]!;
}

/** The signed 64-bit integer of two words, if it is surely safe. */
export function low64(words: Int32Array, i: number): number | undefined {
  const high = words[i + 1]!;
  return high > -SAFE_HIGH && high < SAFE_HIGH ? high * TWO_32 + (words[i]! >>> 0) : undefined;
}

function low128(words: Int32Array, i: number): number | undefined {
  const sign = words[i + 1]! >> 31;
  return words[i + 2] === sign && words[i + 3] === sign ? low64(words, i) : undefined;
}

export function big64(words: Int32Array, i: number): bigint {
  return (BigInt(words[i + 1]!) << 32n) | BigInt(words[i]! >>> 0);
}

function big128(words: Int32Array, i: number): bigint {
  return (big64(words, i + 2) << 64n) | BigInt.asUintN(64, big64(words, i));
}
