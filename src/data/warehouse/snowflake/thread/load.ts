import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as Sdk from 'snowflake-sdk';
import type { Exchange } from './exchange.ts';
import { patient, type Send } from './transport.ts';

/** Read by the driver while it is loaded: no look for a cloud around it, no telemetry, no native add-on. */
const SWITCHES = Object.freeze({
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1',
  SNOWFLAKE_DISABLE_MINICORE: '1',
});

export type Loaded = {
  readonly driver: typeof Sdk.default;
  /** Runs work whose requests belong to an exchange. */
  within<T>(exchange: Exchange, work: () => T): T;
};

/** `useEnvProxy`: HTTP_PROXY and HTTPS_PROXY hold, also for 127.0.0.1. */
export async function loadDriver({ useEnvProxy }: { readonly useEnvProxy: boolean }): Promise<Loaded> {
  Object.assign(process.env, SWITCHES);
  // Before it puts a file on a stage that is a folder, the driver sets the mask of the process: a thread may only read it.
  if (!isMainThread) process.umask = () => 0;
  const { default: driver } = await import('snowflake-sdk');
  const options = {
    logLevel: 'OFF',
    additionalLogToConsole: false,
    keepAlive: true,
    useEnvProxy,
    jsonColumnVariantParser: (text: string) => text,
    xmlColumnVariantParser: (text: string) => text,
  };
  driver.configure(options as Parameters<typeof driver.configure>[0]);
  const exchanges = new AsyncLocalStorage<Exchange>();
  takeOverTransport(() => exchanges.getStore());
  return { driver, within: (exchange, work) => exchanges.run(exchange, work) };
}

/**
 * Puts our own sending under the driver's HTTP client. It has no option for that: `sfRetryMaxNumRetries` is built and
 * dropped (3.3.0), so statements would be sent 8 times whatever they do. Throws when the client is not where it was.
 */
function takeOverTransport(current: () => Exchange | undefined): void {
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve('snowflake-sdk'));
  const client = (theirs('./lib/http/axios_instance.js') as { default: { defaults: { adapter: unknown } } }).default;
  const { getAdapter } = theirs('axios') as { getAdapter: (name: string) => Send };
  if (client?.defaults === undefined) throw new TypeError('snowflake-sdk has moved its HTTP client');
  client.defaults.adapter = patient(getAdapter('http'), current);
}
