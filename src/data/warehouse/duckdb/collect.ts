import { setImmediate } from 'node:timers/promises';
import duckdb from '@duckdb/node-bindings';
import type { Rows, Value } from '../port.ts';
import { tooManyRows } from '../row-limits.ts';
import { CutStream } from './chunks.ts';
import { readersOf } from './columns.ts';
import { readChunk } from './decode.ts';
import type { DayText } from '../time-text.ts';
import type { Run, Runnable } from './run.ts';

export type Collected = Omit<Rows, 'ms' | 'waitMs'>;

/** Longest stretch of decoding before other work gets its turn. */
const TURN_MS = 8;

/**
 * Runs to the end, then reads: one call to the engine's threads, for the few rows of a look-up. The engine holds the
 * whole result outside its memory limit.
 */
export async function collectWhole(
  run: Run,
  statement: Runnable,
  maxRows: number,
  dayText: DayText,
): Promise<Collected> {
  const result = await run.session.run(statement.text, statement.params);
  if (duckdb.row_count(result) > maxRows) throw tooManyRows(maxRows);
  const { schema, readers } = readersOf(result, { dayText, texts: 'own' });
  const columns = schema.map((): Value[] => []);
  const chunkCount = duckdb.result_chunk_count(result);
  let rowCount = 0;
  let turn = performance.now();
  for (let i = 0; i < chunkCount; i++) {
    rowCount += readChunk(duckdb.result_get_chunk(result, i), readers, columns);
    if (performance.now() - turn < TURN_MS) continue;
    await setImmediate();
    run.watch.check();
    turn = performance.now();
  }
  return { schema, rowCount, columns };
}

/** Reads while the engine runs, and stops it at the first row too many: for results that may be large. */
export async function collectStream(
  run: Run,
  statement: Runnable,
  maxRows: number,
  dayText: DayText,
): Promise<Collected> {
  const { result, chunks } = await run.stream(statement);
  const { schema, readers } = readersOf(result, { dayText, texts: 'own' });
  const columns = schema.map((): Value[] => []);
  let rowCount = 0;
  try {
    for (let chunk = await chunks.next(); chunk !== undefined; chunk = await chunks.next()) {
      rowCount += readChunk(chunk, readers, columns);
      if (rowCount > maxRows) run.watch.stop(tooManyRows(maxRows));
      run.watch.check();
    }
  } catch (cause) {
    run.watch.check();
    if (!(cause instanceof CutStream)) throw cause;
    // The words of an error behind the first chunk are lost; running the statement whole brings them out.
    return collectWhole(run, statement, maxRows, dayText);
  }
  return { schema, rowCount, columns };
}
