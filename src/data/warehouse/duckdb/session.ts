import duckdb from '@duckdb/node-bindings';
import { LRUCache } from 'lru-cache';
import type { Bind } from '../../sql/sql.ts';

/**
 * One connection, for one statement at a time: a second one on it would cut an open stream short without a word
 * (DuckDB 1.5.5), and closing it while one runs hangs the process. Who holds it must wait for each call.
 */
export type Session = {
  /** Runs a statement to its end; all rows are held by the engine, outside its memory limit. */
  run(text: string, params: readonly Bind[]): Promise<duckdb.Result>;
  /** Begins a statement whose chunks are made as they are fetched; they must all be. */
  stream(text: string, params: readonly Bind[]): Promise<duckdb.Result>;
  /** Compiles a statement and hands it to `read`, without running it. */
  inspect<T>(text: string, read: (statement: duckdb.PreparedStatement) => T): Promise<T>;
  /** Runs one or several statements that take no values; the result is that of the last. */
  script(text: string): Promise<duckdb.Result>;
  /** Stops what runs; harmless when nothing does. */
  interrupt(): void;
  /** Only when nothing runs. */
  close(): void;
};

/** Statements that a connection keeps compiled. */
const KEPT_STATEMENTS = 200;

export async function openSession(database: duckdb.Database): Promise<Session> {
  const connection = await duckdb.connect(database);
  const kept = new LRUCache<string, duckdb.PreparedStatement>({
    max: KEPT_STATEMENTS,
    dispose: (statement) => duckdb.destroy_prepare_sync(statement),
  });

  /**
   * Only statements with parameters are kept: DuckDB plans those anew each time, but answers a kept one without
   * parameters from the plan, and with constants folded from the rows, of its first run.
   */
  const withStatement = async <T>(
    text: string,
    params: readonly Bind[],
    run: (statement: duckdb.PreparedStatement) => Promise<T>,
  ) => {
    const found = kept.get(text);
    const statement = found ?? (await duckdb.prepare(connection, text));
    const isKept = params.length > 0;
    if (isKept && found === undefined) kept.set(text, statement);
    try {
      bind(statement, params);
      return await run(statement);
    } finally {
      if (!isKept) duckdb.destroy_prepare_sync(statement);
    }
  };

  return {
    run: (text, params) => withStatement(text, params, duckdb.execute_prepared),
    stream: (text, params) => withStatement(text, params, duckdb.execute_prepared_streaming),
    async inspect(text, read) {
      const statement = await duckdb.prepare(connection, text);
      try {
        return read(statement);
      } finally {
        duckdb.destroy_prepare_sync(statement);
      }
    },
    script: (text) => duckdb.query(connection, text),
    interrupt: () => duckdb.interrupt(connection),
    close() {
      kept.clear();
      duckdb.disconnect_sync(connection);
    },
  };
}

const INT32 = 2 ** 31;

function bind(statement: duckdb.PreparedStatement, params: readonly Bind[]): void {
  const wanted = duckdb.nparams(statement);
  // A kept statement still holds the values of its last run, so a missing one would go unnoticed.
  if (wanted !== params.length) throw new Error(`the statement takes ${wanted} values, not ${params.length}`);
  params.forEach((value, i) => bindValue(statement, i + 1, value));
}

function bindValue(statement: duckdb.PreparedStatement, index: number, value: Bind): void {
  if (value === null) return duckdb.bind_null(statement, index);
  if (typeof value === 'string') return duckdb.bind_varchar(statement, index, value);
  if (typeof value === 'boolean') return duckdb.bind_boolean(statement, index, value);
  if (!Number.isSafeInteger(value)) return duckdb.bind_double(statement, index, value);
  if (value >= -INT32 && value < INT32) return duckdb.bind_int32(statement, index, value);
  return duckdb.bind_int64(statement, index, BigInt(value));
}
