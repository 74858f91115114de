import { AppError } from '../../../lib/app-error.ts';
import type { Bind } from '../../sql/sql.ts';
import { after, watchRun, type Watch } from '../deadline.ts';
import type { Lane } from '../lane.ts';
import type { Breaker } from './breaker.ts';
import { DriverError, type DriverOptions, type DriverResult, type DriverSession } from './driver.ts';
import type { Seat } from './seat.ts';

/** A place in a lane held for one statement, or for one transaction, and the watch over it. */
export type Run = {
  readonly watch: Watch;
  readonly waitMs: number;
  /** A session to send statements to: opened, tested or replaced as needed. Throws DriverError or AppError. */
  session(): Promise<DriverSession>;
  /** Sends a statement to this session and no other. */
  send(session: DriverSession, text: string, params: readonly Bind[], options: DriverOptions): Promise<DriverResult>;
  /** The next session is tested before it is used. */
  doubt(): void;
  /** Whether the session can still be used. */
  holds(session: DriverSession): boolean;
  drop(): void;
  /** Waits for an answer of the driver, but not for ever once the run has been made to end. An error that makes the session useless drops it. */
  patiently<T>(answer: Promise<T>): Promise<T>;
  /** Gives the place back; harmless when repeated. */
  end(): void;
};

export type RunOptions = {
  readonly seconds: number;
  /** The setting that `seconds` came from, for the error; empty where the caller said it. */
  readonly limit: string;
  readonly signal?: AbortSignal | undefined;
};

/** A deadline in words; with the setting that it came from, where there is one. */
export function limitText({ seconds, limit }: Pick<RunOptions, 'seconds' | 'limit'>): string {
  return `${seconds} seconds${limit === '' ? '' : ` (${limit})`}`;
}

/** How long a cancelled statement may take to end before its session is given up. */
const CANCEL_SECONDS = 5;

/** Waits for a place in the lane and starts the deadline. `running` holds the watches of all runs. */
export async function beginRun(
  lane: Lane<Seat>,
  { breaker, running }: { readonly breaker: Breaker; readonly running: Set<Watch> },
  { seconds, limit, signal }: RunOptions,
): Promise<Run> {
  const { resource: seat, waitMs, release } = await lane.acquire(signal);
  const stopped = new AbortController();
  let current: DriverSession | undefined;
  // The watch repeats itself until the run is over; Snowflake is told once.
  const interrupt = () => {
    if (stopped.signal.aborted) return;
    stopped.abort(new DriverError('cancelled', 'The run was made to end.'));
    current?.cancel();
  };
  const timeout = () => new AppError('statement.timeout', `It was stopped after ${limitText({ seconds, limit })}.`);
  const watch = watchRun({ seconds, timeout, signal, interrupt });
  running.add(watch);
  const impatience = giveUpAfterStop(watch, seat);
  const patiently = <T>(answer: Promise<T>): Promise<T> =>
    impatience.race(answer).catch((cause: unknown) => {
      judge(seat, cause);
      throw cause;
    });
  let isEnded = false;

  return {
    watch,
    waitMs,
    async session() {
      watch.check();
      current = await seat.take(stopped.signal);
      watch.check();
      return current;
    },
    send: (session, text, params, options) => patiently(breaker.watch(() => session.run(text, params, options))),
    doubt: seat.doubt,
    holds: seat.holds,
    drop: seat.drop,
    patiently,
    end() {
      if (isEnded) return;
      isEnded = true;
      impatience.end();
      watch.end();
      running.delete(watch);
      seat.rest();
      release();
    },
  };
}

/** What an error says about the session that it came from. */
function judge(seat: Seat, cause: unknown): void {
  if (!(cause instanceof DriverError)) return seat.drop();
  if (cause.kind === 'unreachable') return seat.doubt();
  // A lost statement may run there still: without its session it cannot store anything.
  if (cause.kind !== 'refused' && cause.kind !== 'cancelled') seat.drop();
}

function giveUpAfterStop(watch: Watch, seat: Seat) {
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: unknown) => void = () => {};
  const tooLate = new Promise<never>((_, reject) => (giveUp = reject));
  tooLate.catch(() => undefined);
  watch.onStop(() => {
    timer = after(CANCEL_SECONDS, () => {
      seat.drop();
      giveUp(watch.reason());
    });
  });
  return {
    race: <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, tooLate]),
    end: () => clearTimeout(timer),
  };
}
