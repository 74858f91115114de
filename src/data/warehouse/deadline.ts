import { AppError } from '../../lib/app-error.ts';

/** One run of a statement, watched: who wants it to end, and whether somebody does. */
export type Watch = {
  /** Why the run must end; undefined while it may go on. */
  reason(): AppError | undefined;
  /** Throws the reason, if there is one. */
  check(): void;
  /** Makes the run end for this reason, unless it has one already. */
  stop(reason: AppError): void;
  /** Calls `act` when the run is made to end, at once if it was already. */
  onStop(act: () => void): void;
  /** The run is over: no timer and no listener is left behind. */
  end(): void;
};

type WatchOptions = {
  readonly seconds: number;
  /** What passing `seconds` means. */
  readonly timeout: () => AppError;
  readonly signal?: AbortSignal | undefined;
  /** Stops the engine; called as often as it takes, so it must be harmless when nothing runs. */
  readonly interrupt: () => void;
};

/** An interrupt that arrives before the engine has begun is lost, so it is sent again until the run is over. */
const REPEAT_MS = 10;
/** The longest delay that a timer takes; longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts the deadline. The caller must call `end()`, whatever happens. */
export function watchRun(options: WatchOptions): Watch {
  const { signal, interrupt } = options;
  let reason: AppError | undefined;
  let isOver = false;
  let again: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];
  const stop = (why: AppError) => {
    if (reason !== undefined || isOver) return;
    reason = why;
    interrupt();
    again = setInterval(interrupt, REPEAT_MS);
    for (const act of listeners) act();
  };
  const onAbort = () => stop(abortReason(signal!));
  const deadline = after(options.seconds, () => stop(options.timeout()));
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    reason: () => reason,
    check() {
      if (reason !== undefined) throw reason;
    },
    stop,
    onStop(act) {
      if (reason === undefined) listeners.push(act);
      else act();
    },
    end() {
      isOver = true;
      clearTimeout(deadline);
      clearInterval(again);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** What a call rejects with when its signal was aborted: the signal's own reason if that is one of ours. */
export function abortReason(signal: AbortSignal): AppError {
  if (signal.reason instanceof AppError) return signal.reason;
  return new AppError('statement.cancelled', 'The caller gave up.', { cause: signal.reason });
}

/** A timer of so many seconds; none at all for a wait without end. */
export function after(seconds: number, act: () => void): NodeJS.Timeout | undefined {
  if (seconds === Infinity) return undefined;
  return setTimeout(act, Math.min(seconds * 1000, LONGEST_TIMER_MS));
}
