import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import type { Bind } from '../../../sql/sql.ts';
import { DriverError, type DriverOptions } from '../driver.ts';
import { openExchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import type { Loaded } from './load.ts';
import type { ConnectOptions } from './messages.ts';
import { type Run, startRun } from './statement.ts';

export type ThreadSession = {
  run(text: string, params: readonly Bind[], options: DriverOptions): Run;
  cancel(): Promise<void>;
  isAlive(): Promise<boolean>;
  close(): Promise<void>;
};

const QUICK = Object.freeze({ silenceMs: 5000, retryMs: 3000, isRepeatable: true });
/** A sign-in by key is signed for two minutes; it is sent again while that is surely good. */
const SIGNED_MS = 90_000;
/** Rows that the driver makes ready at once. */
const ROWS_AHEAD = 2000;

/** Signs in; throws DriverError. Aborting ends it with the signal's reason. */
export async function openSession(
  loaded: Loaded,
  options: ConnectOptions,
  seconds: number,
  signal: AbortSignal,
  silenceMs?: number,
): Promise<ThreadSession> {
  const connection = await connect(loaded, options, seconds, signal);
  let current: Run | undefined;
  return {
    run(text, params, statementOptions) {
      current?.leave();
      current = startRun(loaded, connection, text, params, statementOptions, silenceMs);
      return current;
    },
    async cancel() {
      await current?.cancel();
    },
    isAlive: () => loaded.within(openExchange(QUICK), () => connection.isValidAsync()),
    async close() {
      current?.leave();
      const { promise, resolve } = Promise.withResolvers<void>();
      loaded.within(openExchange(QUICK), () => connection.destroy(() => resolve()));
      await promise;
    },
  };
}

async function connect(
  { driver, within }: Loaded,
  options: ConnectOptions,
  seconds: number,
  signal: AbortSignal,
): Promise<Connection> {
  const retryMs = Math.min(seconds * 1000, SIGNED_MS);
  const exchange = openExchange({ silenceMs: seconds * 1000, retryMs, isRepeatable: true, isSignIn: true });
  const tooLong = new DriverError('unreachable', `the account did not let the service in within ${seconds} s`);
  const timer = setTimeout(() => exchange.end(tooLong), seconds * 1000);
  const onAbort = () => exchange.end(signal.reason as DriverError);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await exchange.orEnd(within(exchange, () => signIn(driver, options)));
  } catch (error) {
    const failure = failureOf(error, exchange);
    const { code, sqlState } = failure;
    const isSignIn = failure.kind === 'refused' || failure.kind === 'gone';
    const text = withoutSecrets(failure.message, options);
    const details = { ...(code === undefined ? {} : { code }), ...(sqlState === undefined ? {} : { sqlState }) };
    throw new DriverError(isSignIn ? 'signIn' : failure.kind, text, details);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function signIn(driver: Loaded['driver'], options: ConnectOptions): Promise<Connection> {
  const connection = driver.createConnection({
    ...options,
    sfRetryMaxLoginRetries: 0,
    clientSessionKeepAlive: false,
    rowStreamHighWaterMark: ROWS_AHEAD,
    // Chunks that are fetched and parsed while one is read; 2 by default, each with all its rows in memory.
    resultPrefetch: 1,
  } as unknown as ConnectionOptions);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The promise of connectAsync is kept even when the sign-in is refused (3.3.0): the callback is told.
  connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject);
  await promise;
  return connection;
}

const SECRETS = ['password', 'token', 'privateKey', 'oauthClientSecret'];

function withoutSecrets(text: string, options: ConnectOptions): string {
  const secrets = SECRETS.map((name) => String(options[name] ?? '')).filter((value) => value !== '');
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
