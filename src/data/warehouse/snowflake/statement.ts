import type { Settings } from '../../../config/settings.ts';
import { AppError } from '../../../lib/app-error.ts';
import { ourName } from '../../sql/snowflake-names.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Column } from '../port.ts';
import { DriverError, type DriverOptions, type DriverResult } from './driver.ts';
import type { Run } from './run.ts';

/** Takes a line for each statement that was sent, also for one that failed. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;

/** What a statement asks of the driver. */
export function optionsOf(
  text: string,
  { tag, seconds }: { readonly tag: string; readonly seconds: number },
  settings: Pick<Settings, 'QUEUE_SECONDS' | 'SNOWFLAKE_RETRY_SECONDS'>,
): DriverOptions {
  return {
    tag,
    seconds,
    queuedSeconds: settings.QUEUE_SECONDS,
    isRepeatable: isRead(text),
    retrySeconds: Math.min(settings.SNOWFLAKE_RETRY_SECONDS, seconds),
  };
}

/** A read changes nothing, so it may be sent twice. */
const isRead = (text: string) => /^\s*(?:select|with|show|describe)\b/i.test(text);

/** Sends a read to a session of the run; once more, to a new one, when Snowflake had ended the first. */
export async function sendRead(
  run: Run,
  text: string,
  params: readonly Bind[],
  options: DriverOptions,
): Promise<{ readonly result: DriverResult; readonly begun: number }> {
  checkBinds(params);
  const send = async () => {
    const session = await run.session();
    const begun = performance.now();
    return { result: await run.send(session, text, params, options), begun };
  };
  return send().catch((cause: unknown) => {
    if (options.isRepeatable && cause instanceof DriverError && cause.kind === 'gone') return send();
    throw cause;
  });
}

/** Columns under our own names. */
export function ourColumns({ schema }: DriverResult): readonly Column[] {
  return schema.map((column) => ({ ...column, name: ourName(column.name) }));
}

/**
 * Throws request.invalid for a number that Snowflake has no text for: the driver sends NaN and the infinities as the text
 * `null` (3.3.0); TypeError for what is no value.
 */
export function checkBinds(params: readonly Bind[]): void {
  for (const value of params as readonly unknown[]) {
    if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
      throw new AppError('request.invalid', 'NaN, the infinities and BigInt cannot be sent to the warehouse.');
    if (value === undefined || (typeof value === 'object' && value !== null))
      throw new TypeError('only text, numbers, booleans and null are bound');
  }
}

/** What is known of a statement that has ended: `cause` is what the driver threw, `error` what it means. */
export type Ended = {
  readonly result?: DriverResult | undefined;
  readonly ms: number;
  readonly rows: number;
  readonly cause?: unknown;
  readonly error?: AppError | undefined;
};

/** The line of a statement in the log: never its values. */
export function statementLine({ result, ms, rows, cause, error }: Ended, tag: string) {
  const queryId = result?.queryId ?? (cause instanceof DriverError ? cause.queryId : undefined);
  const line = { queryId, ms: Math.round(ms), rows, bytes: result?.bytes() ?? 0, tag };
  return error === undefined ? line : { ...line, error: error.code };
}
