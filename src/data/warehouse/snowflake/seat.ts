import { after } from '../deadline.ts';
import type { Breaker } from './breaker.ts';
import type { Driver, DriverSession } from './driver.ts';

/**
 * A place in a lane, for one session: opened when it is first needed, tested after a pause, replaced when it is dead,
 * ended when nobody used it for long. A session that was dropped is never seen again.
 */
export type Seat = {
  /** The session, which is now in use. Throws DriverError, and what the breaker throws. */
  take(signal: AbortSignal): Promise<DriverSession>;
  /** Whether this is still the session of the seat. */
  holds(session: DriverSession): boolean;
  /** The session may be dead: it is tested before it is used again. */
  doubt(): void;
  /** Ends the session; does not wait for it. */
  drop(): void;
  /** Nobody uses the session for now. */
  rest(): void;
  /** Ends the session and waits for all that were dropped. */
  close(): Promise<void>;
};

export type SeatOptions = {
  readonly driver: Pick<Driver, 'connect'>;
  readonly breaker: Breaker;
  readonly idleSeconds: number;
  readonly now: () => number;
};

/** A session that was idle for longer is tested: Snowflake, or something on the way, may have ended it. */
const TRUSTED_MS = 60_000;

export function createSeat({ driver, breaker, idleSeconds, now }: SeatOptions): Seat {
  let session: DriverSession | undefined;
  let usedAt = 0;
  let isDoubtful = false;
  let isInUse = false;
  let timer: NodeJS.Timeout | undefined;
  const ending = new Set<Promise<void>>();

  const drop = () => {
    if (session === undefined) return;
    const ended: Promise<void> = session.close().finally(() => ending.delete(ended));
    ending.add(ended);
    session = undefined;
  };

  const connect = async (signal: AbortSignal) => {
    const opening = driver.connect(signal);
    try {
      return await unlessAborted(opening, signal);
    } catch (cause) {
      // One that comes too late is nobody's.
      opening.then((late) => late.close()).catch(() => undefined);
      throw cause;
    }
  };

  return {
    async take(signal) {
      clearTimeout(timer);
      breaker.check();
      if (session !== undefined && (isDoubtful || now() - usedAt > TRUSTED_MS)) {
        isDoubtful = true;
        // Whether it was the session that had ended, or the account is away, another sign-in tells.
        if (!(await unlessAborted(session.isAlive(), signal))) drop();
      }
      session ??= await breaker.watch(() => connect(signal));
      isDoubtful = false;
      isInUse = true;
      return session;
    },
    holds: (one) => session === one,
    doubt() {
      isDoubtful = true;
    },
    drop,
    rest() {
      // A run may end before it took the session: nobody has heard of it since, and its timer runs.
      if (isInUse) usedAt = now();
      isInUse = false;
      clearTimeout(timer);
      timer = after(idleSeconds, drop)?.unref();
    },
    async close() {
      clearTimeout(timer);
      drop();
      await Promise.all(ending);
    },
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
