/** Lets `size` at a time go on, in the order in which they came. */
export type Slots = {
  /** Waits for a slot, which has to be given back. Throws the signal's reason when it is aborted before. */
  take(signal: AbortSignal | undefined): Promise<void>;
  leave(): void;
};

export function slotsOf(size: number): Slots {
  const waiting = new Set<() => void>();
  let running = 0;
  return Object.freeze({
    async take(signal: AbortSignal | undefined) {
      signal?.throwIfAborted();
      if (running < size) {
        running += 1;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const onAbort = () => {
        waiting.delete(resolve);
        reject(signal?.reason);
      };
      waiting.add(resolve);
      signal?.addEventListener('abort', onAbort);
      await promise.finally(() => signal?.removeEventListener('abort', onAbort));
    },
    leave() {
      const [next] = waiting;
      if (next === undefined) running -= 1;
      else {
        waiting.delete(next);
        next();
      }
    },
  });
}
