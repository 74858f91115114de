import { setTimeout as sleep } from 'node:timers/promises';
import type { Bind as SdkBind, Connection, RowStatement } from 'snowflake-sdk';
import type { Bind } from '../../../sql/sql.ts';
import { DriverError, type DriverOptions } from '../driver.ts';
import type { Batch } from '../../port.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import type { Loaded } from './load.ts';
import type { RunAnswer } from './messages.ts';
import { readRows, type RowReader } from './rows.ts';

/** One statement on its way: first its answer, then its rows. */
export type Run = {
  readonly answer: Promise<RunAnswer>;
  next(): Promise<Batch | undefined>;
  readonly bytes: number;
  cancel(): Promise<void>;
  leave(): void;
};

/** The server answers within so long even when the statement goes on: it tells to ask again after about 45 s. */
export const LONGEST_SILENCE_MS = 60_000;
/** Beyond the time that the statement itself may take. */
const SILENCE_GRACE_MS = 5000;
const CANCEL = Object.freeze({ silenceMs: 2000, retryMs: 3000, isRepeatable: true });
/** Not currently executing: the cancellation has come before the statement. */
const NOT_RUNNING = '000605';
const CANCEL_TRIES = 10;
const CANCEL_WAIT_MS = 100;

const PARAMETERS = Object.freeze({
  TIMEZONE: 'UTC',
  WEEK_START: 1,
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  STRICT_JSON_OUTPUT: true,
  BINARY_OUTPUT_FORMAT: 'HEX',
  QUOTED_IDENTIFIERS_IGNORE_CASE: false,
  ERROR_ON_NONDETERMINISTIC_MERGE: true,
  // In MB, the smallest there is: the driver parses a chunk as a whole.
  CLIENT_RESULT_CHUNK_SIZE: 16,
});

export function startRun(
  { within }: Loaded,
  connection: Connection,
  text: string,
  params: readonly Bind[],
  options: DriverOptions,
  silenceMs = LONGEST_SILENCE_MS,
): Run {
  const exchange = openExchange(limitsOf(options, silenceMs));
  let isCancelled = false;
  let isAnswered = false;
  let statement: RowStatement | undefined;
  let reader: RowReader | undefined;
  let first: Batch | undefined;
  let turn: Promise<Batch | undefined> = Promise.resolve(undefined);
  const takeFirst = () => {
    const batch = first;
    first = undefined;
    return batch;
  };

  const answer = async (): Promise<RunAnswer> => {
    try {
      const done = await exchange.orEnd(within(exchange, () => execute()));
      if (isCancelled) throw new DriverError('cancelled', 'the statement was cancelled');
      reader = readRows(done, exchange, within);
      const isChange = reader.schema.some(({ name }) => CHANGED.test(name));
      if (isChange) first = await reader.next();
      return {
        queryId: done.getQueryId(),
        schema: reader.schema,
        rowCount: done.getNumRows() ?? 0,
        rowsChanged: changedBy(reader, first),
        bytes: exchange.bytes,
      };
    } catch (error) {
      throw failureOf(error, exchange, isCancelled);
    } finally {
      isAnswered = true;
    }
  };
  const execute = () =>
    new Promise<RowStatement>((resolve, reject) => {
      statement = connection.execute({
        sqlText: text,
        binds: params.map(bindOf),
        streamResult: true,
        rowMode: 'array',
        ...(options.describeOnly === true ? { describeOnly: true } : {}),
        parameters: {
          ...PARAMETERS,
          QUERY_TAG: options.tag,
          STATEMENT_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(options.seconds)),
          STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: Math.max(1, Math.ceil(options.queuedSeconds)),
        },
        complete: (error: unknown, done: RowStatement) => (error ? reject(error as Error) : resolve(done)),
      } as Parameters<Connection['execute']>[0]);
    });

  return {
    answer: answer(),
    // Batches are asked for ahead; they are read one after another.
    next: () => (turn = turn.then(() => takeFirst() ?? reader?.next())),
    get bytes() {
      return exchange.bytes;
    },
    async cancel() {
      if (isCancelled) return;
      isCancelled = true;
      for (let tries = 0; tries < CANCEL_TRIES && !isAnswered; tries += 1) {
        const code = await askToCancel(within, statement);
        if (code !== NOT_RUNNING) break;
        await sleep(CANCEL_WAIT_MS);
      }
      for (let tries = 0; tries < CANCEL_TRIES && !isAnswered; tries += 1) await sleep(CANCEL_WAIT_MS);
      exchange.end(new DriverError('cancelled', 'the statement was cancelled'));
    },
    leave() {
      reader?.leave();
      exchange.end(new DriverError('cancelled', 'the rows are not wanted any more'));
    },
  };
}

function limitsOf({ seconds, queuedSeconds, retrySeconds, isRepeatable }: DriverOptions, silenceMs: number) {
  const own = (seconds + queuedSeconds) * 1000 + SILENCE_GRACE_MS;
  return { silenceMs: Math.min(silenceMs, own), retryMs: retrySeconds * 1000, isRepeatable };
}

/** The code of the error that the server answers, if it does. */
async function askToCancel(within: Loaded['within'], statement: RowStatement | undefined): Promise<string | undefined> {
  const exchange: Exchange = openExchange(CANCEL);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  within(exchange, () => statement?.cancel((error) => resolve(error ? String(error.code) : undefined)));
  if (statement === undefined) resolve(NOT_RUNNING);
  return promise;
}

/** As the driver sends it: integers as FIXED, other numbers as REAL. An integer that is written with an exponent goes as text. */
function bindOf(value: Bind): SdkBind {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? String(BigInt(value))
    : (value as SdkBind);
}

/** Columns of what a change answers; `number of multi-joined rows updated` is none of them. */
const CHANGED = /^number of rows (inserted|updated|deleted)\b/i;

function changedBy({ schema }: RowReader, first: Batch | undefined): number {
  const counts = schema.map(({ name }, c) => (CHANGED.test(name) ? Number(first?.columns[c]?.[0] ?? 0) : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}
