import type { Settings } from '../../../config/settings.ts';
import { AppError } from '../../../lib/app-error.ts';
import { duckdbDialect } from '../../sql/duckdb-dialect.ts';
import type { Lane, LaneState, Rows, StatementOptions, Warehouse } from '../port.ts';
import { OWN_ROWS } from '../row-limits.ts';
import type { Tenant } from '../tenant.ts';
import { collectStream, collectWhole } from './collect.ts';
import { columnsOf } from './columns.ts';
import { openDatabase, type Database } from './database.ts';
import { createDatabases } from './databases.ts';
import { beginRun, type Run, type Runnable, type RunOptions } from './run.ts';
import { openPackedStream, openStream, type StreamOptions } from './stream.ts';
import { describeTables, TABLE_COLUMNS_SQL } from './tables.ts';
import { transact } from './writer.ts';

export type DuckdbOptions = {
  readonly settings: Settings;
  /** The database of a tenant: a path, or `:memory:`. */
  readonly fileOf: (tenant: Tenant) => string;
  /** Folder for intermediate results that do not fit into memory; the engine makes it when it is needed. */
  readonly spillDir: string;
  readonly mode?: 'read-write' | 'read-only';
};

/**
 * The warehouse on DuckDB, embedded: one database per tenant, opened when it is first used.
 *
 *     call -> lane (fast | heavy | writer: bounded queue, exclusive connection) -> run (deadline, abort, close)
 *          -> session (statements kept compiled) -> engine thread -> chunks -> decode -> rows | batches
 */
export async function openDuckdb(options: DuckdbOptions): Promise<Warehouse> {
  const { settings, fileOf, spillDir, mode = 'read-write' } = options;
  const databases = createDatabases((tenant) => openDatabase(fileOf(tenant), { settings, spillDir, mode }));

  /** Runs `work` on a connection of the lane, and gives it back. */
  const use = async <T>(
    tenant: Tenant,
    lane: Lane,
    limits: RunOptions,
    work: (run: Run, database: Database) => Promise<T>,
  ): Promise<T> => {
    const database = await databases.of(tenant);
    const run = await beginRun(database.lanes[lane], database.running, limits);
    try {
      return await work(run, database);
    } catch (cause) {
      throw run.watch.reason() ?? databases.explain(tenant, database, cause);
    } finally {
      await run.end();
    }
  };

  const query = (tenant: Tenant, statement: Runnable, { lane, signal, ...limits }: StatementOptions): Promise<Rows> => {
    const { seconds = settings.STATEMENT_SECONDS, maxRows = settings.RESULT_ROWS } = limits;
    const collect = lane === 'fast' ? collectWhole : collectStream;
    return use(tenant, lane, { seconds, limit: 'STATEMENT_SECONDS', signal }, async (run, { dayText }) => {
      const begun = performance.now();
      const rows = await collect(run, statement, maxRows, dayText);
      return { ...rows, ms: performance.now() - begun, waitMs: run.waitMs };
    });
  };

  /** A stream, which holds its connection until it ends. */
  const begin = async <T>(
    tenant: Tenant,
    statement: Runnable,
    { lane, signal, seconds = settings.STREAM_SECONDS }: StatementOptions,
    open: (run: Run, statement: Runnable, options: StreamOptions) => Promise<T>,
  ): Promise<T> => {
    const database = await databases.of(tenant);
    const run = await beginRun(database.lanes[lane], database.running, { seconds, limit: 'STREAM_SECONDS', signal });
    const explain = (cause: unknown) => databases.explain(tenant, database, cause);
    try {
      return await open(run, statement, { dayText: database.dayText, explain });
    } catch (cause) {
      await run.end();
      if (cause instanceof TypeError) throw cause;
      throw run.watch.reason() ?? explain(cause);
    }
  };

  return {
    engine: 'duckdb',
    dialect: duckdbDialect,
    defaultSchema: 'main',
    isShared: false,
    query,
    stream: (tenant, statement, options) => begin(tenant, statement, options, openStream),
    pack: (tenant, statement, options) => begin(tenant, statement, options, openPackedStream),
    async keep(tenant, statement, { lane, signal, seconds = settings.STATEMENT_SECONDS, key }) {
      const limits = { seconds, limit: 'STATEMENT_SECONDS', signal };
      const owner = await databases.of(tenant);
      const { path, bytes } = await use(tenant, lane, limits, ({ session }, { scratch }) =>
        scratch.keep(session, statement, key),
      );
      const isThere = async () => databases.opened().includes(owner) && (await databases.of(tenant)) === owner;
      return {
        path,
        bytes,
        isThere,
        async drop() {
          if (!(await isThere())) return;
          await use(tenant, lane, { seconds: Infinity, limit: '' }, ({ session }, { scratch }) =>
            scratch.drop(session, path),
          );
        },
      };
    },
    describe: (tenant, text) =>
      use(tenant, 'fast', { seconds: settings.STATEMENT_SECONDS, limit: 'STATEMENT_SECONDS' }, ({ session }) =>
        session.inspect(text, columnsOf),
      ),
    async tables(tenant) {
      const statement = { text: TABLE_COLUMNS_SQL, params: [] };
      return describeTables(await query(tenant, statement, { lane: 'fast', maxRows: Infinity }));
    },
    async write(tenant, work, { signal } = {}) {
      const database = await databases.of(tenant);
      const run = await beginRun(database.lanes.writer, database.running, { seconds: Infinity, limit: '', signal });
      const explain = (cause: unknown) => databases.explain(tenant, database, cause);
      try {
        return await transact(run, work, { dayText: database.dayText, maxRows: OWN_ROWS, explain });
      } finally {
        await run.end();
      }
    },
    async ping(tenant) {
      const begun = performance.now();
      await query(tenant, { text: 'select 1', params: [] }, { lane: 'fast' });
      const ms = performance.now() - begun;
      const { file, isInPlace } = await databases.of(tenant);
      if (await isInPlace()) return ms;
      throw new AppError('warehouse.unavailable', `${file} was deleted or replaced while it is open.`);
    },
    state: () => ({ fast: stateOf('fast'), heavy: stateOf('heavy') }),
    close: () => databases.close(new AppError('warehouse.unavailable', 'The warehouse is closed.')),
  };

  /** All tenants' lanes of a name, summed; those of one database when none is open yet. */
  function stateOf(name: Lane): LaneState {
    const none = {
      connections: name === 'fast' ? settings.FAST_CONNECTIONS : settings.HEAVY_CONNECTIONS,
      busy: 0,
      waiting: 0,
      refused: 0,
    };
    const states = databases.opened().map(({ lanes }) => lanes[name].state());
    if (states.length === 0) return none;
    return states.reduce((sum, state) => ({
      connections: sum.connections + state.connections,
      busy: sum.busy + state.busy,
      waiting: sum.waiting + state.waiting,
      refused: sum.refused + state.refused,
    }));
  }
}
