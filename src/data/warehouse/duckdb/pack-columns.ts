import duckdb from '@duckdb/node-bindings';
import { DAY_RANGE, notPacked } from '../pack.ts';
import type { Column } from '../port.ts';
import { isNull, validityOf } from './decode.ts';
import { textPacker } from './pack-text.ts';

/** Writes the `count` values of a vector as numbers to the start of `out`, and keeps the distinct texts. */
export type ColumnPacker = {
  readonly texts: readonly string[];
  pack(vector: duckdb.Vector, count: number, out: Float64Array): void;
};

type Words = { readonly [i: number]: number };
type View = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): Words;
};

const { Type } = duckdb;
const TWO_32 = 2 ** 32;
const PACKERS: ReadonlyMap<duckdb.Type, () => ColumnPacker> = new Map([
  [Type.VARCHAR, textPacker],
  [Type.DATE, () => numbers(Int32Array, 1, dayAt)],
  [Type.TINYINT, () => numbers(Int8Array, 1, at)],
  [Type.SMALLINT, () => numbers(Int16Array, 1, at)],
  [Type.INTEGER, () => numbers(Int32Array, 1, at)],
  [Type.BIGINT, () => numbers(Int32Array, 2, safeAt)],
  [Type.UTINYINT, () => numbers(Uint8Array, 1, at)],
  [Type.USMALLINT, () => numbers(Uint16Array, 1, at)],
  [Type.UINTEGER, () => numbers(Uint32Array, 1, at)],
]);

/** A packer for each column of a result. Throws TypeError for a type that is not packed. */
export function packersOf(result: duckdb.Result, schema: readonly Column[]): readonly ColumnPacker[] {
  return schema.map((column, i) => {
    const packer = column.type === 'json' ? undefined : PACKERS.get(duckdb.column_type(result, i));
    if (packer === undefined) throw notPacked(column);
    return packer();
  });
}

function numbers(view: View, width: number, cell: (words: Words, i: number) => number): ColumnPacker {
  return {
    texts: [],
    pack(vector, count, out) {
      const bytes = duckdb.vector_get_data(vector, count * width * view.BYTES_PER_ELEMENT);
      const words = new view(bytes.buffer, bytes.byteOffset, count * width);
      const validity = validityOf(vector, count);
      if (validity === null) for (let row = 0; row < count; row++) out[row] = cell(words, row * width);
      else for (let row = 0; row < count; row++) out[row] = isNull(validity, row) ? NaN : cell(words, row * width);
    },
  };
}

function at(words: Words, i: number): number {
  return words[i]!;
}

function dayAt(words: Words, i: number): number {
  const day = words[i]!;
  if (day < DAY_RANGE.first) return -Infinity;
  return day > DAY_RANGE.last ? Infinity : day;
}

/** The signed 64-bit integer of two words; an infinity when it is not safe. */
function safeAt(words: Words, i: number): number {
  const value = words[i + 1]! * TWO_32 + (words[i]! >>> 0);
  return Number.isSafeInteger(value) ? value : value * Infinity;
}
