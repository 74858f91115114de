import { setImmediate as otherWork } from 'node:timers/promises';
import type { Settings } from '../../../config/settings.ts';
import type { Bind } from '../../sql/sql.ts';
import { credentialsOf } from './credentials.ts';
import { type Driver, DriverError, type DriverOptions, type DriverResult, type DriverSession } from './driver.ts';
import { readAhead } from './read-ahead.ts';
import { KEY_REFUSED } from './sign-in-advice.ts';
import { startThread, type Thread } from './thread-handle.ts';
import type { ConnectOptions } from './thread/messages.ts';

export type DriverThreadOptions = {
  /** Longest silence of the server while a statement runs; for tests. */
  readonly silenceMs?: number;
  /** Starts the thread; for tests. */
  readonly start?: typeof startThread;
};

/**
 * Snowflake's driver in a worker thread, which is started at the first sign-in and again when it has died. The settings are
 * checked at once: throws `settings.invalid`. Key files are read again at each sign-in, so that a new key needs no restart.
 */
export function openDriver(settings: Settings, { silenceMs, start = startThread }: DriverThreadOptions = {}): Driver {
  credentialsOf(settings);
  let thread: Thread | undefined;
  let started = 0;
  let last = 0;
  let isClosed = false;
  let preferred = 0;
  const living = (): Thread => {
    if (isClosed) throw new DriverError('died', 'the driver was closed');
    if (thread === undefined || thread.isDead) {
      thread = start({ useEnvProxy: !isLoopback(settings.SNOWFLAKE_ACCESS_URL), silenceMs });
      started += 1;
    }
    return thread;
  };
  return {
    get restarts() {
      return Math.max(0, started - 1);
    },
    async connect(signal) {
      const { ways } = credentialsOf(settings);
      const owner = living();
      const order = ways.map((_, i) => (i + preferred) % ways.length);
      for (const [tries, i] of order.entries()) {
        // Others may sign in meanwhile.
        const session = (last += 1);
        try {
          await signIn(owner, session, ways[i]!, settings.SNOWFLAKE_LOGIN_SECONDS, signal);
          preferred = i;
          return sessionOf(owner, session, () => (last += 1));
        } catch (error) {
          // Another key may belong to the user.
          const isLast = tries === order.length - 1;
          if (isLast || !(error instanceof DriverError) || error.code !== KEY_REFUSED) throw error;
        }
      }
      throw new DriverError('signIn', 'there is no way to sign in');
    },
    async close() {
      isClosed = true;
      await thread?.stop();
    },
  };
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

async function signIn(thread: Thread, session: number, way: ConnectOptions, seconds: number, signal?: AbortSignal) {
  const giveUp = () => void thread.call('close', session).catch(() => undefined);
  if (signal?.aborted) throw new DriverError('cancelled', 'the sign-in was given up');
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await thread.call('connect', session, way, seconds);
    if (!signal?.aborted) return;
    giveUp();
    throw new DriverError('cancelled', 'the sign-in was given up');
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

function sessionOf(thread: Thread, session: number, nextNumber: () => number): DriverSession {
  let isRunning = false;
  return {
    async run(text, params, options) {
      if (isRunning) throw new TypeError('a session runs one statement at a time');
      if (thread.isDead) throw new DriverError('gone', "the session has ended with the driver's thread");
      isRunning = true;
      try {
        return await runOn(thread, session, nextNumber(), text, params, options);
      } finally {
        isRunning = false;
      }
    },
    cancel: () => void thread.call('cancel', session).catch(() => undefined),
    isAlive: () => thread.call('isAlive', session).catch(() => false),
    close: () => thread.call('close', session).catch(() => undefined),
  };
}

async function runOn(
  thread: Thread,
  session: number,
  run: number,
  text: string,
  params: readonly Bind[],
  options: DriverOptions,
): Promise<DriverResult> {
  const answer = await thread.call('run', session, run, text, params, options);
  let bytes = answer.bytes;
  const next = async () => {
    const { batch, bytes: soFar } = await thread.call('next', run);
    // A port hands over in one turn of the event loop all that comes while it does: others get theirs between batches.
    await otherWork();
    bytes = Math.max(bytes, soFar);
    return batch;
  };
  const leave = () => void thread.call('leave', run).catch(() => undefined);
  return { ...answer, bytes: () => bytes, batches: readAhead(next, leave) };
}
