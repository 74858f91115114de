import type { TaskTable } from './serve.ts';
import type { Tasks } from './tasks.ts';
import { startThread, type Thread } from './thread.ts';
import { slotsOf } from './slots.ts';

/* run -> slot (at most `size` at a time) -> an idle thread, or a new one -> worker.ts -> serve.ts -> function of tasks.ts */

export type RunOptions = {
  /** Aborting ends the thread in the middle of its work; the call is rejected with the reason. */
  readonly signal?: AbortSignal | undefined;
  /** Buffers of the input that are handed over rather than copied: the caller cannot use them any more. */
  readonly transfer?: readonly ArrayBuffer[];
};

export type ComputePool<T extends TaskTable = Tasks> = {
  /** What the function `task` of the table answers, computed in a thread. Throws what it throws, and an Error when the thread dies. */
  run<N extends keyof T & string>(task: N, input: Parameters<T[N]>[0], options?: RunOptions): Promise<ReturnType<T[N]>>;
  /** Ends all threads; calls that are not yet answered are rejected. */
  close(): Promise<void>;
};

export type PoolOptions = {
  /** How many calls are computed at the same time; others wait in their order. */
  readonly size: number;
  /** A thread without work for so long is let go. */
  readonly idleSeconds?: number;
  /** What the threads run: a module that calls serve(). */
  readonly worker?: URL;
};

const IDLE_SECONDS = 10;

/**
 * Threads for pure functions. None is started before it is needed, and none keeps the process alive without a call. A
 * thread whose call is aborted, or that dies, is ended, and another takes its place when it is needed.
 */
export function computePool<T extends TaskTable = Tasks>({
  size,
  idleSeconds = IDLE_SECONDS,
  worker = new URL('./worker.ts', import.meta.url),
}: PoolOptions): ComputePool<T> {
  const slots = slotsOf(size);
  const threads = new Set<Thread>();
  let closed: Error | undefined;
  const idleThread = (): Thread => {
    for (const thread of threads) if (thread.state === 'dead') threads.delete(thread);
    const thread = [...threads].find(({ state }) => state === 'idle') ?? startThread(worker, idleSeconds);
    threads.add(thread);
    return thread;
  };

  return Object.freeze({
    async run(task: string, input: unknown, { signal, transfer = [] }: RunOptions = {}) {
      await slots.take(signal);
      const done = new AbortController();
      try {
        signal?.throwIfAborted();
        if (closed !== undefined) throw closed;
        const thread = idleThread();
        signal?.addEventListener('abort', () => void thread.end(signal.reason), { signal: done.signal });
        return (await thread.ask(task, input, transfer)) as never;
      } finally {
        done.abort();
        slots.leave();
      }
    },
    async close() {
      closed ??= new Error('the compute threads are closed');
      await Promise.all([...threads].map((thread) => thread.end(closed)));
    },
  });
}
