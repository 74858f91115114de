/**
 * One writer a table, as UPDATE, DELETE and MERGE have it in Snowflake: until its transaction ends, others wait. Here
 * INSERT and COPY wait too, because DuckDB refuses what Snowflake would carry out side by side.
 */
export class Locks {
  readonly #holders = new Map<string, { owner: object; waiting: (() => void)[] }>();

  /** Waits until the table is free, or until the signal aborts. */
  async acquire(owner: object, table: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const holder = this.#holders.get(table);
      if (holder === undefined) {
        this.#holders.set(table, { owner, waiting: [] });
        return;
      }
      if (holder.owner === owner) return;
      await new Promise<void>((resolve, reject) => {
        holder.waiting.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      signal.throwIfAborted();
    }
  }

  /** Gives back all that an owner holds. */
  release(owner: object): void {
    for (const [table, holder] of this.#holders) {
      if (holder.owner !== owner) continue;
      this.#holders.delete(table);
      for (const wake of holder.waiting) wake();
    }
  }
}

/** So many at once; the others wait their turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with what gives the slot back. A waiting that is given up takes no slot. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free === 0) await this.#wait(signal);
    else this.#free -= 1;
    return () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
