import { LRUCache } from 'lru-cache';
import { AppError } from '../lib/app-error.ts';

/**
 * Finished results by key (which holds tenant, params and data version, so that nothing needs to be invalidated), and
 * single flight: equal questions that are asked while the first is answered share its answer. The work is cancelled
 * when the last of those who wait has gone.
 */
export type Cache<V> = {
  get(key: string): V | undefined;
  /** Joins the flight for `key`, or starts one. `isShared` says that another caller had started it. */
  join(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<V>,
  ): { value: Promise<V>; isShared: boolean };
  /** Tells that a kept value has grown (an encoding was added). */
  resize(key: string, value: V): void;
  readonly stats: () => { hits: number; misses: number; shared: number; bytes: number; entries: number };
};

type Flight<V> = { readonly value: Promise<V>; readonly abort: AbortController; waiting: number };

export function resultCache<V extends object>(maxBytes: number, bytesOf: (value: V) => number): Cache<V> {
  const kept = new LRUCache<string, V>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes / 4),
    sizeCalculation: (value) => Math.max(1, bytesOf(value)),
  });
  const flights = new Map<string, Flight<V>>();
  const counts = { hits: 0, misses: 0, shared: 0 };

  function start(key: string, work: (signal: AbortSignal) => Promise<V>): Flight<V> {
    const abort = new AbortController();
    const value = work(abort.signal).then((done) => {
      kept.set(key, done);
      return done;
    });
    const flight: Flight<V> = { value, abort, waiting: 0 };
    flights.set(key, flight);
    // An abandoned flight may end after its successor took off.
    const land = () => flights.get(key) === flight && flights.delete(key);
    value.then(land, land);
    return flight;
  }

  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) counts.hits += 1;
      return value;
    },
    join(key, signal, work) {
      const running = flights.get(key);
      const isShared = running !== undefined && !running.abort.signal.aborted;
      counts[isShared ? 'shared' : 'misses'] += 1;
      const flight = isShared ? running : start(key, work);
      return { value: waitFor(flight, signal), isShared };
    },
    resize(key, value) {
      // Setting the same value again would leave the size as it was (lru-cache 11.5.3).
      if (kept.peek(key) === value && kept.delete(key)) kept.set(key, value);
    },
    stats: () => ({ ...counts, bytes: kept.calculatedSize, entries: kept.size }),
  };
}

/** The flight's value for one of those who wait; the flight is cancelled when the last one leaves. */
function waitFor<V>(flight: Flight<V>, signal: AbortSignal): Promise<V> {
  flight.waiting += 1;
  return new Promise<V>((resolve, reject) => {
    const leave = () => {
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.abort.abort(signal.reason);
      reject(
        signal.reason instanceof AppError
          ? signal.reason
          : new AppError('statement.cancelled', 'the request was cancelled', { cause: signal.reason }),
      );
    };
    if (signal.aborted) {
      flight.value.catch(() => undefined);
      leave();
      return;
    }
    signal.addEventListener('abort', leave, { once: true });
    const stay = () => signal.removeEventListener('abort', leave);
    flight.value.finally(stay).then(resolve, reject);
  });
}
