import { DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../lib/app-error.ts';
import type { Rows, Value, Warehouse, Writer } from '../../data/warehouse/port.ts';

/** Real DuckDB behind the write side of the port, until the adapter is there. */
export async function testWarehouse(
  file = ':memory:',
): Promise<Pick<Warehouse, 'write' | 'close'> & { rows(text: string): Promise<readonly (readonly Value[])[]> }> {
  const instance = await DuckDBInstance.create(file, { threads: '2' });
  const connection = await instance.connect();
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new AppError('warehouse.failed', 'refused', { cause });
    }
  };
  const query: Writer['query'] = async (text, params = []) => {
    const result = await guard(connection.runAndReadAll(text, [...params]));
    const columns = result.getColumnsJson() as Value[][];
    const types = result.columnTypes();
    const schema = result
      .columnNames()
      .map((name, i) => ({ name, type: 'text' as const, engineType: types[i]!.toString() }));
    const rowCount = result.currentRowCount;
    return { rowCount, columns: schema.map((_, i) => columns[i] ?? []), schema, ms: 0, waitMs: 0 } satisfies Rows;
  };
  const writer: Writer = {
    query,
    run: async (text, params = []) => Number((await guard(connection.run(text, [...params]))).rowsChanged),
  };
  return {
    write: async (_tenant, work) => {
      await writer.run('begin');
      try {
        const done = await work(writer);
        await writer.run('commit');
        return done;
      } catch (error) {
        await writer.run('rollback');
        throw error;
      }
    },
    rows: async (text) => {
      const { rowCount, columns } = await query(text);
      return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
