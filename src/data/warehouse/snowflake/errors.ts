import { AppError } from '../../../lib/app-error.ts';
import type { ErrorCode } from '../../../lib/error-catalog.ts';
import { DriverError, type DriverFailure } from './driver.ts';
import { missingGrant } from './grants.ts';
import { signInAdvice } from './sign-in-advice.ts';

/** What a failed statement was, for the words of the error: `limit` is its timeout, `600 seconds (STREAM_SECONDS)`. */
export type Failed = { readonly text: string; readonly role: string; readonly limit: string };
type Detail = (error: DriverError, failed: Failed) => string;
type Meaning = { readonly code: ErrorCode; readonly detail: Detail; readonly retryAfter?: number };
type Refusal = Meaning & { readonly when: RegExp; readonly words?: RegExp };

const BUSY = { code: 'warehouse.busy', retryAfter: 5 } as const;
const SUSPENDED = { code: 'warehouse.suspended', retryAfter: 60 } as const;
const AWAY = { code: 'warehouse.unavailable', retryAfter: 5 } as const;

/** Snowflake's own errors, by code or SQLSTATE (and words where those are not enough); the first that fits. */
const REFUSALS: readonly Refusal[] = [
  // Both timeouts are 000630 in the documentation; only the words tell them apart.
  {
    ...BUSY,
    when: /^000629$|^000630$/,
    words: /queue/i,
    detail: () => 'The statement waited longer than QUEUE_SECONDS for the virtual warehouse.',
  },
  {
    code: 'statement.timeout',
    when: /^000629$|^000630$/,
    detail: (_, { limit }) =>
      `Snowflake stopped the statement: at its timeout of ${limit}, or at a shorter STATEMENT_TIMEOUT_IN_SECONDS of the virtual warehouse.`,
  },
  {
    ...BUSY,
    when: /^000625$|^000639$/,
    detail: () => 'Another transaction holds the lock of a table for too long.',
  },
  {
    code: 'statement.cancelled',
    when: /^000604$|^57014$/,
    detail: () => 'The statement was cancelled in Snowflake.',
  },
  {
    ...SUSPENDED,
    when: /^090073$/,
    detail: () =>
      'The virtual warehouse cannot be resumed: its resource monitor has used up its quota. An administrator raises the quota, or waits for the next interval.',
  },
  {
    ...SUSPENDED,
    when: /^000606$|^57P03$/,
    detail: (_, { role }) =>
      `No virtual warehouse runs the statement: SNOWFLAKE_WAREHOUSE is suspended and does not resume by itself (ALTER WAREHOUSE … SET AUTO_RESUME = TRUE), or is not granted (GRANT USAGE ON WAREHOUSE … TO ROLE ${role}).`,
  },
  {
    code: 'warehouse.forbidden',
    when: /^002003$|^002043$|^003001$|^003041$|^42501$|^42S02$|^090105$/,
    detail: (error, { text, role }) => missingGrant(error.message, text, role),
  },
  { code: 'warehouse.failed', when: /(?:)/, detail: () => 'The statement could not be run.' },
];

const FAILURES: Readonly<Record<Exclude<DriverFailure, 'refused'>, Meaning>> = {
  signIn: { ...AWAY, detail: (error) => signInAdvice(error.code) },
  unreachable: {
    ...AWAY,
    detail: () => 'Snowflake cannot be reached: check SNOWFLAKE_ACCOUNT, the network, and status.snowflake.com.',
  },
  lost: { ...AWAY, detail: () => 'Snowflake did not answer.' },
  gone: { ...AWAY, retryAfter: 1, detail: () => 'The session with Snowflake has ended.' },
  died: { ...AWAY, retryAfter: 1, detail: () => 'The driver for Snowflake stopped; it is started again.' },
  cancelled: { code: 'statement.cancelled', detail: () => 'The statement was stopped.' },
};

/** The error of ours for what the driver threw; one of ours passes unchanged. Snowflake's own words stay in `cause`. */
export function translate(cause: unknown, failed: Failed): AppError {
  if (cause instanceof AppError) return cause;
  if (!(cause instanceof DriverError))
    return new AppError('warehouse.failed', 'The statement could not be run.', { cause });
  const { code, detail, retryAfter } = cause.kind === 'refused' ? meaningOf(cause) : FAILURES[cause.kind];
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return new AppError(code, detail(cause, failed), { cause, headers });
}

/** The same within a transaction: when the connection broke, it says what became of what had been written. */
export function translateWrite(cause: unknown, failed: Failed): AppError {
  if (!isBroken(cause)) return translate(cause, failed);
  const detail = 'The connection to Snowflake broke before the commit: nothing of the transaction is stored.';
  return new AppError('write.rolled_back', detail, { cause, headers: { 'retry-after': '1' } });
}

/** Whether the connection, and not the statement, is to blame. */
export function isBroken(cause: unknown): cause is DriverError {
  return cause instanceof DriverError && ['unreachable', 'lost', 'gone', 'died'].includes(cause.kind);
}

function meaningOf({ code = '', sqlState = '', message }: DriverError): Meaning {
  return REFUSALS.find(
    ({ when, words }) => (when.test(code) || when.test(sqlState)) && (words === undefined || words.test(message)),
  )!;
}
