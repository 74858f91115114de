import duckdb from '@duckdb/node-bindings';

/** Reads an open stream chunk by chunk; the next one is made while the last is in use. */
export type Chunks = {
  /** The next chunk with rows, or undefined at the end. Throws CutStream when the engine stopped before its last row. */
  next(): Promise<duckdb.DataChunk | undefined>;
  /** Fetches no more and waits for the chunk that is being made; true when all were read. */
  settle(): Promise<boolean>;
};

export function chunksOf(result: duckdb.Result): Chunks {
  let isRead = false;
  let isSettled = false;
  let coming = fetch(result);
  return {
    async next() {
      const chunk = await coming;
      if (chunk !== null && duckdb.data_chunk_get_size(chunk) > 0) {
        if (!isSettled) coming = fetch(result);
        return chunk;
      }
      isRead = true;
      if (wasCut(result)) throw new CutStream();
      return undefined;
    },
    async settle() {
      isSettled = true;
      await coming.catch(() => undefined);
      return isRead;
    },
  };
}

/** The stream ended before its last row, and the engine does not say why: it ran into an error, or was interrupted. */
export class CutStream extends Error {
  constructor() {
    super('the engine ended the stream before its last row');
    this.name = 'CutStream';
  }
}

function fetch(result: duckdb.Result): Promise<duckdb.DataChunk | null> {
  const chunk = duckdb.fetch_chunk(result);
  // Who waits for it sees the error; nobody may.
  chunk.catch(() => undefined);
  return chunk;
}

/**
 * After an error, an interrupt, or another statement on its connection, a stream just ends, as if these were all rows
 * (DuckDB 1.5.5, duckdb_fetch_chunk). The type of the result, invalid from then on, is the only sign.
 */
function wasCut(result: duckdb.Result): boolean {
  return duckdb.result_return_type(result) === duckdb.ResultType.INVALID;
}
