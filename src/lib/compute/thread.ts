import { Worker } from 'node:worker_threads';
import type { Answered } from './serve.ts';

/** A thread that computes one thing at a time. */
export type Thread = {
  readonly state: 'idle' | 'busy' | 'dead';
  /** Only while it is idle. Throws what the task throws, and an Error when the thread dies. */
  ask(task: string, input: unknown, transfer: readonly ArrayBuffer[]): Promise<unknown>;
  /** Ends it in the middle of its work, which is rejected with the reason. */
  end(reason: unknown): Promise<void>;
};

/** Starts a thread that ends by itself after so long without work, and that keeps the process alive only while it works. */
export function startThread(module: URL, idleSeconds: number): Thread {
  // Options of the process's own start (`--eval`, `--env-file`) are not for a thread, and may be refused by it.
  const worker = new Worker(module, { name: 'compute', execArgv: [] });
  let asked: PromiseWithResolvers<unknown> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let isDead = false;

  const end = async (reason: unknown) => {
    isDead = true;
    clearTimeout(idle);
    asked?.reject(reason);
    asked = undefined;
    await worker.terminate();
  };
  const answered = (answer: Answered) => {
    if ('error' in answer) asked?.reject(answer.error);
    else asked?.resolve(answer.value);
    asked = undefined;
    worker.unref();
    idle = setTimeout(() => void end(undefined), idleSeconds * 1000).unref();
  };
  worker.on('message', answered);
  worker.on('error', (error) => void end(error));
  worker.on('exit', (code) => void end(new Error(`the compute thread ended with code ${code}`)));

  return Object.freeze({
    get state() {
      return isDead ? 'dead' : asked === undefined ? 'idle' : 'busy';
    },
    ask(task: string, input: unknown, transfer: readonly ArrayBuffer[]) {
      clearTimeout(idle);
      asked = Promise.withResolvers<unknown>();
      const { promise } = asked;
      worker.ref();
      try {
        worker.postMessage({ task, input }, transfer);
      } catch (error) {
        answered({ error });
      }
      return promise;
    },
    end,
  });
}
