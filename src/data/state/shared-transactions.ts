type Waiting = { readonly work: () => unknown; resolve(value: unknown): void; reject(error: unknown): void };

/**
 * Writes that come in one turn of the event loop as one transaction: a flush to the disk costs as much for many as for
 * one. The promise settles when it is done; a write that throws fails alone.
 */
export function sharedTransactions(transaction: <T>(work: () => T) => T): <T>(work: () => T) => Promise<T> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    try {
      const values = transaction(() => batch.map(({ work }) => work()));
      batch.forEach(({ resolve }, i) => resolve(values[i]));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      for (const { work, resolve, reject } of batch) {
        try {
          resolve(transaction(work));
        } catch (own) {
          reject(own);
        }
      }
    }
  }

  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
      if (waiting.length === 1) setImmediate(flush);
    });
}
