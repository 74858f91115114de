import { Worker } from 'node:worker_threads';
import { DriverError } from './driver.ts';
import type { Answered, ThreadCalls, ThreadData } from './thread/messages.ts';

/** A thread that can be asked; once dead it stays so. */
export type Thread = {
  readonly isDead: boolean;
  /** Throws DriverError: what the thread says, or `died` when it is dead or dies meanwhile. */
  call<C extends keyof ThreadCalls>(call: C, ...args: Parameters<ThreadCalls[C]>): ReturnType<ThreadCalls[C]>;
  stop(): Promise<void>;
};

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: DriverError) => void };

/** Starts the driver's thread. What it prints goes nowhere, and an error that nobody caught in it ends only the thread. */
export function startThread(data: ThreadData): Thread {
  const worker = new Worker(new URL('./thread/main.ts', import.meta.url), {
    workerData: data,
    env: { ...process.env },
    stdout: true,
    stderr: true,
    name: 'snowflake',
    // Rows live shortly: a small space for them costs a fifth of the speed and spares 200 MB (1 M rows of 5 columns, Node 24).
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return threadOver(worker);
}

/** A worker, as something to be asked. */
export function threadOver(worker: Pick<Worker, 'on' | 'postMessage' | 'terminate'>): Thread {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let death: DriverError | undefined;
  const die = (why: string) => {
    death ??= new DriverError('died', why);
    for (const { reject } of waiting.values()) reject(death);
    waiting.clear();
  };
  worker.on('message', ({ id, value, failure }: Answered) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) asked?.resolve(value);
    else asked?.reject(new DriverError(failure.kind, failure.message, failure));
  });
  worker.on('error', (error) =>
    die(`the driver's thread died: ${error instanceof Error ? error.message : String(error)}`),
  );
  worker.on('exit', () => die("the driver's thread ended"));
  return {
    get isDead() {
      return death !== undefined;
    },
    call(call, ...args) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      if (death === undefined) {
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.postMessage({ id: last, call, args });
      } else reject(death);
      return promise as ReturnType<ThreadCalls[typeof call]>;
    },
    async stop() {
      die('the driver was closed');
      await worker.terminate();
    },
  };
}
