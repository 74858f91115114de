import duckdb from '@duckdb/node-bindings';
import { DAY_RANGE, notPacked } from '../pack.ts';
import type { Column } from '../port.ts';
import { release, validityOf } from './decode.ts';
import { textPacker } from './pack-text.ts';

/** Writes the `count` values of a vector as numbers to the start of `out`, and keeps the distinct texts. */
export type ColumnPacker = {
  readonly texts: readonly string[];
  pack(vector: duckdb.Vector, count: number, out: Float64Array): void;
};

type View = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): ArrayLike<number>;
};

const { Type } = duckdb;
const TWO_32 = 2 ** 32;
const PACKERS: ReadonlyMap<duckdb.Type, () => ColumnPacker> = new Map([
  [Type.VARCHAR, textPacker],
  [Type.DATE, () => numbers(Int32Array, 1, days)],
  [Type.TINYINT, () => numbers(Int8Array, 1, copy)],
  [Type.SMALLINT, () => numbers(Int16Array, 1, copy)],
  [Type.INTEGER, () => numbers(Int32Array, 1, copy)],
  [Type.BIGINT, () => numbers(Int32Array, 2, pairs)],
  [Type.UTINYINT, () => numbers(Uint8Array, 1, copy)],
  [Type.USMALLINT, () => numbers(Uint16Array, 1, copy)],
  [Type.UINTEGER, () => numbers(Uint32Array, 1, copy)],
]);

/** A packer for each column of a result. Throws TypeError for a type that is not packed. */
export function packersOf(result: duckdb.Result, schema: readonly Column[]): readonly ColumnPacker[] {
  return schema.map((column, i) => {
    const packer = column.type === 'json' ? undefined : PACKERS.get(duckdb.column_type(result, i));
    if (packer === undefined) throw notPacked(column);
    return packer();
  });
}

/** `write` writes the numbers of all words; what it makes of those under a NULL, which are anything, is written over. */
function numbers(
  view: View,
  width: number,
  write: (words: ArrayLike<number>, count: number, out: Float64Array) => void,
): ColumnPacker {
  return {
    texts: [],
    pack(vector, count, out) {
      const bytes = duckdb.vector_get_data(vector, count * width * view.BYTES_PER_ELEMENT);
      write(new view(bytes.buffer, bytes.byteOffset, count * width), count, out);
      const validity = validityOf(vector, count);
      if (validity !== null) blank(validity, count, out);
      release(validity);
      release(bytes);
    },
  };
}

function copy(words: ArrayLike<number>, _count: number, out: Float64Array): void {
  out.set(words);
}

function days(words: ArrayLike<number>, count: number, out: Float64Array): void {
  for (let row = 0; row < count; row++) {
    const day = words[row]!;
    out[row] = day < DAY_RANGE.first ? -Infinity : day > DAY_RANGE.last ? Infinity : day;
  }
}

/** Signed 64-bit integers of two words each; an infinity for one that is not safe. */
function pairs(words: ArrayLike<number>, count: number, out: Float64Array): void {
  for (let row = 0; row < count; row++) {
    const value = words[2 * row + 1]! * TWO_32 + (words[2 * row]! >>> 0);
    out[row] = value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? value : value * Infinity;
  }
}

function blank(validity: Uint8Array, count: number, out: Float64Array): void {
  for (let row = 0; row < count; row += 8) {
    const bits = validity[row >> 3]!;
    if (bits === 255) continue;
    const end = Math.min(count, row + 8);
    for (let at = row, bit = 1; at < end; at++, bit <<= 1) if ((bits & bit) === 0) out[at] = NaN;
  }
}
