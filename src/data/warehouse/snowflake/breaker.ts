import { AppError } from '../../../lib/app-error.ts';
import { DriverError, type DriverFailure } from './driver.ts';

/** Keeps requests away from an account that does not answer. */
export type Breaker = {
  /** Throws `warehouse.unavailable`, with Retry-After, while nothing may be sent; the one call that may try again is let through. */
  check(): void;
  /** Runs what sends requests, and learns from how it ends; `check` goes before it. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** The account was found to be well: nothing is kept away any more. */
  close(): void;
};

export type BreakerOptions = {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Failures in a row after which it opens, and how long it stays open before one call may try. */
  readonly failures?: number;
  readonly pauseMs?: number;
};

/** No answer, or a refusal to let the service in: asking again at once helps nobody, and may lock the user. */
const FAILURES: ReadonlySet<DriverFailure> = new Set(['unreachable', 'lost', 'signIn']);
/** Says nothing about the account. */
const SILENT: ReadonlySet<DriverFailure> = new Set(['cancelled', 'died']);

/** closed: all pass -> (failures in a row) -> open: none passes -> (pause) -> one passes: good closes it, bad opens it again. */
export function createBreaker({ now, failures = 3, pauseMs = 5000 }: BreakerOptions): Breaker {
  let count = 0;
  let opensAt = 0;
  let cause: unknown;
  const isOpen = () => count >= failures;
  const fail = (error: unknown) => {
    count += 1;
    cause = error;
    if (isOpen()) opensAt = now() + pauseMs;
  };
  const close = () => void (count = 0);
  return {
    close,
    check() {
      if (!isOpen()) return;
      const waitMs = opensAt - now();
      if (waitMs > 0) throw refusal(waitMs, cause);
      // Whoever comes next waits for this one, or for another pause when nobody ever hears of it.
      opensAt = now() + pauseMs;
    },
    async watch(work) {
      try {
        const done = await work();
        close();
        return done;
      } catch (error) {
        const kind = error instanceof DriverError ? error.kind : 'cancelled';
        if (FAILURES.has(kind)) fail(error);
        else if (!SILENT.has(kind)) close();
        throw error;
      }
    },
  };
}

function refusal(waitMs: number, cause: unknown): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  const detail = `Snowflake did not answer several times in a row; it is asked again in ${seconds} seconds.`;
  return new AppError('warehouse.unavailable', detail, { cause, headers: { 'retry-after': String(seconds) } });
}
