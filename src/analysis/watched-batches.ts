/** The same batches; says of each how long it was waited for: that is the statement's time, and not its reader's. */
export function timed<B>(batches: AsyncIterable<B>, add: (ms: number) => void): AsyncIterable<B> {
  return {
    [Symbol.asyncIterator]() {
      const inner = batches[Symbol.asyncIterator]();
      return {
        async next() {
          const asked = performance.now();
          try {
            return await inner.next();
          } finally {
            add(performance.now() - asked);
          }
        },
        return: async (value?: unknown) => (await inner.return?.(value)) ?? { done: true, value: undefined },
      };
    },
  };
}

/** The same batches; `release` is called when they have ended or failed, or the reader leaves, also one who read none. */
export function releasing<B>(batches: AsyncIterable<B>, release: () => void): AsyncIterable<B> {
  return {
    [Symbol.asyncIterator]() {
      const inner = batches[Symbol.asyncIterator]();
      return {
        async next() {
          const step = await inner.next().catch((error: unknown) => {
            release();
            throw error;
          });
          if (step.done === true) release();
          return step;
        },
        // Also of a stream that was never begun: its statement ends with it.
        async return(value?: unknown) {
          const step = (await inner.return?.(value)) ?? { done: true, value: undefined };
          release();
          return step;
        },
      };
    },
  };
}
