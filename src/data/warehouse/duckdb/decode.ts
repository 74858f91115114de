import duckdb from '@duckdb/node-bindings';
import type { Value } from '../port.ts';

/**
 * Appends the `count` values of a vector to `out`. Vectors are read from their raw bytes: through the library a value
 * costs an object and a BigInt test of its validity, which is 3 to 10 times as slow (duckdb node-api 1.5.5).
 */
export type Reader = (vector: duckdb.Vector, count: number, out: Value[]) => void;

/** One bit per row, set where there is a value; null when there is one everywhere. */
export function validityOf(vector: duckdb.Vector, count: number): Uint8Array | null {
  return duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
}

/**
 * Lets go of memory that a vector showed us; the view is empty afterwards. V8 counts what it shows as its own until it
 * is garbage: over a stream of 20 M rows that made 20 full collections where 5 do (Node 24).
 */
export function release(view: Uint8Array | null): void {
  if (view !== null) (view.buffer as ArrayBuffer).transfer(0);
}

export function isNull(validity: Uint8Array | null, row: number): boolean {
  return validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0;
}

type View<A> = { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBufferLike, offset: number, length: number): A };

/** A reader of values of fixed width: `cell` makes a value of the `width` elements of the view that begin at `at`. What lies under a null is anything, so it is not looked at. */
export function fixed<A>(view: View<A>, width: number, cell: (data: A, at: number) => Value): Reader {
  return (vector, count, out) => {
    const bytes = duckdb.vector_get_data(vector, count * width * view.BYTES_PER_ELEMENT);
    const data = new view(bytes.buffer, bytes.byteOffset, count * width);
    const validity = validityOf(vector, count);
    if (validity === null) for (let row = 0; row < count; row++) out.push(cell(data, row * width));
    else for (let row = 0; row < count; row++) out.push(isNull(validity, row) ? null : cell(data, row * width));
  };
}

/** Appends all columns of a chunk, column by column, and returns its number of rows. */
export function readChunk(chunk: duckdb.DataChunk, readers: readonly Reader[], out: readonly Value[][]): number {
  const count = duckdb.data_chunk_get_size(chunk);
  readers.forEach((read, i) => read(duckdb.data_chunk_get_vector(chunk, i), count, out[i]!));
  return count;
}
