import { AppError } from '../../lib/app-error.ts';
import { abortReason, after } from './deadline.ts';
import type { LaneState } from './port.ts';

/** A resource that nobody else holds until it is released. */
export type Lease<T> = { readonly resource: T; readonly waitMs: number; release(): void };

export type Lane<T> = {
  /**
   * The next free resource, first come, first served. Throws `warehouse.busy` (with Retry-After) at once when the
   * queue is full, and after `queueSeconds` of waiting; rejects with the signal's reason when it aborts before.
   */
  acquire(signal?: AbortSignal): Promise<Lease<T>>;
  state(): LaneState;
  /** Refuses what waits and what comes, waits for all leases to be released, and returns what was opened. */
  close(reason: AppError): Promise<readonly T[]>;
};

export type LaneOptions<T> = {
  /** Most resources; they are opened when they are first needed. */
  readonly size: number;
  /** Most waiting callers. */
  readonly queue: number;
  readonly queueSeconds: number;
  readonly open: () => Promise<T>;
};

type Waiter<T> = { take(resource: T | undefined): void; refuse(reason: AppError): void };

/** Weight of the latest run in the mean run time, from which Retry-After is estimated. */
const RECENT = 0.2;

/** A bounded pool with a bounded queue: exclusive use, so that no two statements ever meet on one connection. */
export function createLane<T>(options: LaneOptions<T>): Lane<T> {
  const opened: T[] = [];
  const idle: T[] = [];
  const waiting = new Set<Waiter<T>>();
  let busy = 0;
  let refused = 0;
  let meanMs = 0;
  let closed: AppError | undefined;
  let drained: (() => void) | undefined;

  const busyError = (detail: string) => {
    refused += 1;
    const seconds = Math.ceil((meanMs * (waiting.size + 1)) / options.size / 1000);
    return new AppError('warehouse.busy', detail, { headers: { 'retry-after': String(Math.max(1, seconds)) } });
  };

  /** Hands a place, with or without a resource, to whoever waits longest. */
  const passOn = (resource: T | undefined) => {
    const [next] = waiting;
    if (next !== undefined) return next.take(resource);
    if (resource !== undefined) idle.push(resource);
    busy -= 1;
    if (busy === 0) drained?.();
  };

  const lease = async (resource: T | undefined, waitMs: number): Promise<Lease<T>> => {
    let held = resource;
    try {
      if (held === undefined) opened.push((held = await options.open()));
      // It may have been closed while the resource was opened.
      if (closed !== undefined) throw closed;
    } catch (cause) {
      passOn(held);
      throw cause;
    }
    const begun = performance.now();
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      meanMs += RECENT * (performance.now() - begun - meanMs);
      passOn(held);
    };
    return { resource: held, waitMs, release };
  };

  const wait = (signal: AbortSignal | undefined) =>
    new Promise<T | undefined>((resolve, reject) => {
      const leave = () => {
        waiting.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<T> = {
        take: (resource) => (leave(), resolve(resource)),
        refuse: (reason) => (leave(), reject(reason)),
      };
      const onAbort = () => waiter.refuse(abortReason(signal!));
      const timer = after(options.queueSeconds, () =>
        waiter.refuse(busyError(`No connection became free within ${options.queueSeconds} seconds.`)),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.add(waiter);
    });

  return {
    async acquire(signal) {
      if (closed !== undefined) throw closed;
      if (signal?.aborted) throw abortReason(signal);
      if (busy < options.size) {
        busy += 1;
        return lease(idle.pop(), 0);
      }
      if (waiting.size >= options.queue) throw busyError(`${waiting.size} statements wait already.`);
      const since = performance.now();
      const resource = await wait(signal);
      return lease(resource, performance.now() - since);
    },
    state: () => ({ connections: options.size, busy, waiting: waiting.size, refused }),
    async close(reason) {
      closed = reason;
      for (const waiter of waiting) waiter.refuse(reason);
      if (busy > 0) await new Promise<void>((resolve) => (drained = resolve));
      return opened;
    },
  };
}
