import type { DuckDBResult } from '@duckdb/node-api';
import { gzipSync } from 'node:zlib';
import { columnsOf, type Cell, type Column, type RowType } from './types/encode.ts';

/** A chunk as it is fetched: rows without the outer brackets, compressed. */
export type ChunkBody = { readonly body: Buffer; readonly rowCount: number; readonly size: number };
/** What a statement answers. */
export type Answer = {
  readonly rowTypes: readonly RowType[];
  readonly rows: readonly (readonly Cell[])[];
  readonly chunks: readonly ChunkBody[];
  readonly total: number;
  readonly statementTypeId: number;
  /** PUT: what the driver needs to carry the file. */
  readonly transfer?: Readonly<Record<string, unknown>>;
};

export const STATEMENT_TYPES = Object.freeze({
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  copy: 0x3600,
  session: 0x4000,
  define: 0x6000,
});

export const plainAnswer = (
  rowTypes: readonly RowType[],
  rows: readonly (readonly Cell[])[],
  statementTypeId: number,
): Answer => ({ rowTypes, rows, chunks: [], total: rows.length, statementTypeId });

/** Reads a result whole: its first rows for the answer itself, the rest in chunks. `cell` replaces every VARIANT. */
export async function collect(
  result: DuckDBResult,
  inlineRows: number,
  chunkRows: number,
  cell: string | undefined,
): Promise<Answer> {
  const columns = columnsOf(result).map((column) => replaced(column, cell));
  const chunks: ChunkBody[] = [];
  const rows: (readonly Cell[])[] = [];
  let waiting: (readonly Cell[])[] = [];
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const values = chunk.getColumns();
    for (let r = 0; r < chunk.rowCount; r += 1) {
      const row = columns.map(({ encode }, c) => encode(values[c]![r]!));
      if (rows.length < inlineRows) rows.push(row);
      else waiting.push(row);
      if (waiting.length === chunkRows) {
        chunks.push(chunkOf(waiting));
        waiting = [];
      }
    }
  }
  if (waiting.length > 0) chunks.push(chunkOf(waiting));
  const total = rows.length + chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  return {
    rowTypes: columns.map(({ rowType }) => rowType),
    rows,
    chunks,
    total,
    statementTypeId: STATEMENT_TYPES.select,
  };
}

function replaced(column: Column, cell: string | undefined): Column {
  const isReplaced = cell !== undefined && column.rowType.type === 'variant';
  return isReplaced ? { ...column, encode: () => cell } : column;
}

function chunkOf(rows: readonly (readonly Cell[])[]): ChunkBody {
  const text = rows.map((row) => JSON.stringify(row)).join(',');
  return { body: gzipSync(text, { level: 1 }), rowCount: rows.length, size: Buffer.byteLength(text) };
}
