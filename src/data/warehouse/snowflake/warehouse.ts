import type { Settings } from '../../../config/settings.ts';
import { AppError } from '../../../lib/app-error.ts';
import { snowflakeDialect } from '../../sql/snowflake-dialect.ts';
import { storedName } from '../../sql/snowflake-names.ts';
import type { Statement } from '../../sql/compile.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Lane, Rows, StatementOptions, Stream, Warehouse } from '../port.ts';
import { packed } from '../pack.ts';
import { OWN_ROWS } from '../row-limits.ts';
import type { Tenant } from '../tenant.ts';
import { collect, leave } from './collect.ts';
import type { Driver, DriverOptions, DriverResult } from './driver.ts';
import { openDriver } from './driver-thread.ts';
import { translate } from './errors.ts';
import { openPool } from './pool.ts';
import { beginRun, limitText, type Run, type RunOptions } from './run.ts';
import { type Ended, type Log, optionsOf, sendRead, statementLine } from './statement.ts';
import { openStream } from './stream.ts';
import { describeTables, TABLE_COLUMNS_SQL } from './tables.ts';
import { queryTag } from './tag.ts';
import { transact } from './transaction.ts';

export type SnowflakeOptions = {
  readonly settings: Settings;
  /** Default: the driver in its thread. It is closed with the warehouse. */
  readonly driver?: Driver | undefined;
  /** Takes a line for each statement that was sent: { queryId, ms, rows, bytes, tag }, and `error`, the code of one that failed. */
  readonly log?: Log | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined;
};

type Asked = { readonly text: string; readonly params: readonly Bind[] };
type Limits = RunOptions & { readonly tag: string };

/**
 * The warehouse on Snowflake. Nothing is sent, and nobody signs in, before the first statement.
 *
 *     call -> lane (fast | heavy | writer: bounded queue) -> seat (a session: opened, tested, replaced) -> breaker
 *          -> run (deadline, abort, close: cancels on the server) -> driver's thread -> batches -> rows | stream
 */
export async function openSnowflake(options: SnowflakeOptions): Promise<Warehouse> {
  const { settings, log = () => {}, now = () => performance.now() } = options;
  const driver = options.driver ?? openDriver(settings);
  const pool = openPool({ settings, driver, now });
  const schema = storedName(settings.SNOWFLAKE_SCHEMA);
  const serviceSchema = storedName(settings.SNOWFLAKE_SERVICE_SCHEMA);
  const role = settings.SNOWFLAKE_ROLE || '<default role of the user>';

  /** Sends a read; `read` takes its result and ends the run. */
  const ask = async <T>(
    lane: Lane,
    { text, params }: Asked,
    { tag, ...limits }: Limits,
    more: Partial<DriverOptions>,
    read: (run: Run, result: DriverResult, begun: number) => Promise<T>,
  ): Promise<T> => {
    const run = await beginRun(pool.lanes[lane], pool, limits);
    let begun = performance.now();
    let result: DriverResult | undefined;
    try {
      const how = { ...optionsOf(text, { tag, seconds: limits.seconds }, settings), ...more };
      ({ result, begun } = await sendRead(run, text, params, how));
      return await read(run, result, begun);
    } catch (cause) {
      run.end();
      const reason = run.watch.reason();
      const error = reason ?? translate(cause, { text, role, limit: limitText(limits) });
      const isSent = result !== undefined || reason !== undefined || !(cause instanceof AppError);
      if (isSent) logged({ result, ms: performance.now() - begun, rows: 0, cause, error }, tag);
      throw error;
    }
  };
  const logged = (ended: Ended, tag: string) => log(statementLine(ended, tag));
  const limitsOf = (tenant: Tenant, { signal, tag }: Partial<StatementOptions> = {}) => ({
    seconds: settings.STATEMENT_SECONDS,
    limit: 'STATEMENT_SECONDS',
    signal,
    tag: queryTag(tenant, tag),
  });

  const query = (tenant: Tenant, statement: Asked, { lane, ...options }: StatementOptions): Promise<Rows> => {
    const { seconds = settings.STATEMENT_SECONDS, maxRows = settings.RESULT_ROWS } = options;
    const limits = { ...limitsOf(tenant, options), seconds };
    return ask(lane, statement, limits, {}, async (run, result, begun) => {
      const rows = await collect(run, result, maxRows);
      const ms = performance.now() - begun;
      logged({ result, ms, rows: rows.rowCount }, limits.tag);
      run.end();
      return { ...rows, ms, waitMs: run.waitMs };
    });
  };

  const stream = (tenant: Tenant, statement: Statement, { lane, ...options }: StatementOptions): Promise<Stream> => {
    const { seconds = settings.STREAM_SECONDS } = options;
    const limits = { ...limitsOf(tenant, options), seconds, limit: 'STREAM_SECONDS' };
    return ask(lane, statement, limits, {}, async (run, result, begun) =>
      openStream(run, result, {
        explain: (cause) => translate(cause, { text: statement.text, role, limit: limitText(limits) }),
        onEnd: (rows, error) => logged({ result, ms: performance.now() - begun, rows, error }, limits.tag),
      }),
    );
  };

  return {
    engine: 'snowflake',
    dialect: snowflakeDialect,
    defaultSchema: schema,
    isShared: true,
    query,
    stream,
    pack: async (tenant, statement, options) => {
      const opened = await stream(tenant, statement, options);
      try {
        return packed(opened);
      } catch (cause) {
        await opened.batches[Symbol.asyncIterator]().return?.();
        throw cause;
      }
    },
    describe(tenant, text) {
      const how = { describeOnly: true, isRepeatable: true };
      return ask('fast', { text, params: [] }, limitsOf(tenant), how, async (run, result, begun) => {
        await leave(run, result.batches[Symbol.asyncIterator]());
        logged({ result, ms: performance.now() - begun, rows: 0 }, queryTag(tenant));
        run.end();
        return result.schema;
      });
    },
    async tables(tenant) {
      const asked = { text: TABLE_COLUMNS_SQL, params: [serviceSchema] };
      return describeTables(await query(tenant, asked, { lane: 'fast', maxRows: Infinity }), schema);
    },
    async write(tenant, work, { signal, seconds: given } = {}) {
      const seconds = given ?? settings.STREAM_SECONDS;
      const run = await beginRun(pool.lanes.writer, pool, { seconds: Infinity, limit: '', signal });
      try {
        return await transact(run, work, {
          role,
          limit: limitText({ seconds, limit: given === undefined ? 'STREAM_SECONDS' : '' }),
          maxRows: OWN_ROWS,
          optionsOf: (text, tag) => optionsOf(text, { tag: queryTag(tenant, tag), seconds }, settings),
          onStatement: (ended, tag) => logged(ended, queryTag(tenant, tag)),
        });
      } finally {
        run.end();
      }
    },
    // A statement every few seconds would keep the virtual warehouse from its rest; this is none.
    async ping(tenant) {
      const limits = limitsOf(tenant);
      const run = await beginRun(pool.lanes.fast, pool, limits);
      try {
        const begun = performance.now();
        run.doubt();
        await run.session();
        // It may have been the one try, and no statement follows it that would tell.
        pool.breaker.close();
        return performance.now() - begun;
      } catch (cause) {
        throw run.watch.reason() ?? translate(cause, { text: '', role, limit: limitText(limits) });
      } finally {
        run.end();
      }
    },
    state: () => ({ fast: pool.lanes.fast.state(), heavy: pool.lanes.heavy.state() }),
    close: () => pool.close(new AppError('warehouse.unavailable', 'The warehouse is closed.')),
  };
}
