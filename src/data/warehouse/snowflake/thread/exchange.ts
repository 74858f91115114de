import type { DriverError } from '../driver.ts';

export type Limits = {
  /** Longest silence of the server in one try. */
  readonly silenceMs: number;
  /** How long after a first failure a request is sent again. */
  readonly retryMs: number;
  readonly isRepeatable: boolean;
  /** A sign-in: what is not sent to the account goes to who issues its tokens. */
  readonly isSignIn?: boolean;
};

/** Requests that belong together: those of one statement, one sign-in. Its first failure ends all of them. */
export type Exchange = {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly failure: DriverError | undefined;
  /** Bytes of statements' answers and chunks so far. */
  bytes: number;
  end(failure: DriverError): void;
  /** The work's end, or the exchange's when that comes first. */
  orEnd<T>(work: Promise<T>): Promise<T>;
};

export function openExchange(limits: Limits): Exchange {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    limits,
    signal,
    bytes: 0,
    get failure() {
      return signal.aborted ? (signal.reason as DriverError) : undefined;
    },
    end: (failure) => controller.abort(failure),
    async orEnd(work) {
      const { promise, reject } = Promise.withResolvers<never>();
      const onAbort = () => reject(signal.reason as DriverError);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      work.catch(() => {});
      try {
        return await Promise.race([promise, work]);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
