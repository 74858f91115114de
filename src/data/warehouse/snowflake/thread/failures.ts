import { DriverError, type DriverFailure } from '../driver.ts';
import type { Exchange } from './exchange.ts';

/** A DriverError as it travels between threads. */
export type Failure = {
  readonly kind: DriverFailure;
  readonly message: string;
  readonly code?: string | undefined;
  readonly sqlState?: string | undefined;
  readonly queryId?: string | undefined;
};

/** Snowflake's words for a session that is not there (3901xx), and the driver's for one that it has left. */
const GONE = /^(390104|390111|390112|390114|390195|405501|407001|407002)$/;
const CANCELLED = '000604';

/** What an error of the driver means. `isCancelled`: we have asked for the end. */
export function failureOf(error: unknown, exchange: Exchange, isCancelled = false): DriverError {
  if (exchange.failure !== undefined) return exchange.failure;
  if (error instanceof DriverError) return error;
  const { message, code, sqlState, data } = error as Error & { code?: string | number; sqlState?: unknown } & Data;
  const details = {
    ...(code === undefined ? {} : { code: String(code) }),
    ...(typeof sqlState === 'string' ? { sqlState } : {}),
    ...(typeof data?.queryId === 'string' ? { queryId: data.queryId } : {}),
  };
  if (isCancelled && details.code === CANCELLED) return new DriverError('cancelled', message, details);
  return new DriverError(GONE.test(details.code ?? '') ? 'gone' : 'refused', message, details);
}
type Data = { readonly data?: { readonly queryId?: unknown } | undefined };

export function failureFor({ kind, message, code, sqlState, queryId }: DriverError): Failure {
  return { kind, message, code, sqlState, queryId };
}
