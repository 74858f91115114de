import type { Batch, Rows, Value } from '../port.ts';
import { tooManyRows } from '../row-limits.ts';
import type { DriverResult } from './driver.ts';
import type { Run } from './run.ts';
import { ourColumns } from './statement.ts';

/** All rows of a result; throws limit.rows, and reads no further, when there are more than `maxRows`. */
export async function collect(run: Run, result: DriverResult, maxRows: number): Promise<Omit<Rows, 'ms' | 'waitMs'>> {
  const schema = ourColumns(result);
  const columns = schema.map((): Value[] => []);
  const batches = result.batches[Symbol.asyncIterator]();
  let rowCount = 0;
  try {
    for (;;) {
      if (Math.max(result.rowCount, rowCount) > maxRows) throw tooManyRows(maxRows);
      const next = await run.patiently(batches.next());
      run.watch.check();
      if (next.done === true) break;
      rowCount += append(columns, next.value);
    }
  } finally {
    await leave(run, batches);
  }
  return { schema, rowCount, columns, queryId: result.queryId, bytes: result.bytes() };
}

/** Drops what was not read of a result; harmless when all was. */
export async function leave(run: Run, batches: AsyncIterator<Batch>): Promise<void> {
  const left = batches.return?.();
  if (left !== undefined) await run.patiently(left).catch(() => undefined);
}

function append(columns: readonly Value[][], batch: Batch): number {
  // Not by spreading: a batch may be longer than a call takes arguments.
  batch.columns.forEach((values, c) => {
    for (const value of values) columns[c]!.push(value);
  });
  return batch.rowCount;
}
