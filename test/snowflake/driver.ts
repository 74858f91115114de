import { generateKeyPairSync } from 'node:crypto';
import type { Bind, Connection, ConnectionOptions, RowStatement } from 'snowflake-sdk';
import { onTestFinished } from 'vitest';
import { openStandIn, type StandIn } from './stand-in.ts';
import type { StandInOptions } from './options.ts';

// Read when the driver is loaded: no look for a cloud around it, no telemetry, no native add-on.
process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] = '1';
process.env['SNOWFLAKE_DISABLE_MINICORE'] = '1';
process.env['SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES'] = '127.0.0.1';
const { default: driver } = await import('snowflake-sdk');
driver.configure({ logLevel: 'OFF', additionalLogToConsole: false, useEnvProxy: false } as Parameters<
  typeof driver.configure
>[0]);

export { driver };
export type Failure = Error & { readonly code: string; readonly sqlState?: string };

/** A stand-in that is closed when the test has ended. */
export async function testStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  onTestFinished(() => standIn.close());
  return standIn;
}

/** A session of the real driver, ended with the test. */
export async function connect(standIn: StandIn, options: Record<string, unknown> = {}): Promise<Session> {
  const connection = driver.createConnection({
    account: standIn.account,
    accessUrl: standIn.url,
    username: 'tester',
    password: 'secret',
    warehouse: 'COMPUTE_WH',
    database: 'DEMO',
    schema: 'PUBLIC',
    timeout: 5000,
    sfRetryMaxLoginRetries: 1,
    ...options,
  } as unknown as ConnectionOptions);
  await new Promise<void>((resolve, reject) => {
    // connectAsync of 3.3.0 resolves even when the login is refused: the callback is told.
    connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject);
  });
  onTestFinished(() => new Promise<void>((resolve) => connection.destroy(() => resolve())));
  return { connection, run: (sqlText, binds, more) => execute(connection, sqlText, binds, more) };
}

/** A key pair as PEM, for users of a stand-in who sign in by key. */
export function rsaKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

export type Rows = readonly Readonly<Record<string, unknown>>[];
export type Done = { readonly rows: Rows; readonly statement: RowStatement };
export type Session = {
  readonly connection: Connection;
  readonly run: (sqlText: string, binds?: unknown[], more?: Record<string, unknown>) => Promise<Done>;
};

function execute(
  connection: Connection,
  sqlText: string,
  binds: unknown[] = [],
  more: Record<string, unknown> = {},
): Promise<Done> {
  return new Promise((resolve, reject) => {
    connection.execute({
      sqlText,
      binds: binds as Bind[],
      ...more,
      complete: (error, statement, rows) => {
        if (error === undefined || error === null) resolve({ statement, rows: (rows ?? []) as Rows });
        else reject(error);
      },
    });
  });
}

/** The error that work ends with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing failed');
}
