import { randomUUID } from 'node:crypto';
import { asSnowflakeError, cancelled, queuedTooLong, type SnowflakeError, timedOut } from './errors.ts';
import type { Answer } from './results.ts';

export type RunStatus = 'QUEUED' | 'RUNNING' | 'SUCCESS' | 'FAILED_WITH_ERROR' | 'ABORTED';
/** One statement on its way. */
export type Run = {
  readonly queryId: string;
  readonly requestId: string;
  readonly sql: string;
  readonly stop: AbortController;
  status: RunStatus;
  error?: SnowflakeError;
  answer: Promise<Answer>;
};
/** Work that says when its waiting is over, and stops when the signal aborts. */
export type Work = (run: Run, started: () => void) => Promise<Answer>;

/** Statements by query id and request id. */
export class Runs {
  readonly #runs = new Map<string, Run>();
  readonly #byRequest = new Map<string, Run>();

  start(requestId: string, sql: string, limits: { seconds: number; queuedSeconds: number }, work: Work): Run {
    const run: Run = {
      queryId: randomUUID(),
      requestId,
      sql,
      stop: new AbortController(),
      status: 'QUEUED',
      answer: undefined as unknown as Promise<Answer>,
    };
    run.answer = this.#follow(run, limits, work);
    run.answer.catch(() => {});
    this.#runs.set(run.queryId, run);
    this.#byRequest.set(requestId, run);
    return run;
  }

  async #follow(run: Run, { seconds, queuedSeconds }: { seconds: number; queuedSeconds: number }, work: Work) {
    const timers = [abortAfter(run, seconds, timedOut)];
    const queue = abortAfter(run, queuedSeconds, queuedTooLong);
    timers.push(queue);
    try {
      const answer = await work(run, () => {
        clearTimeout(queue);
        run.status = 'RUNNING';
      });
      run.status = 'SUCCESS';
      return answer;
    } catch (error) {
      run.error = run.stop.signal.aborted ? (run.stop.signal.reason as SnowflakeError) : asSnowflakeError(error);
      run.status = run.stop.signal.aborted ? 'ABORTED' : 'FAILED_WITH_ERROR';
      throw run.error;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  byId(queryId: string): Run | undefined {
    return this.#runs.get(queryId);
  }

  byRequest(requestId: string): Run | undefined {
    return this.#byRequest.get(requestId);
  }

  cancelAll(): void {
    for (const run of this.#runs.values()) run.stop.abort(cancelled());
  }
}

/** No limit for 0, as with Snowflake. */
function abortAfter(run: Run, seconds: number, reason: (seconds: number) => SnowflakeError) {
  if (seconds === 0) return undefined;
  return setTimeout(() => run.stop.abort(reason(seconds)), Math.min(seconds * 1000, 2 ** 31 - 1));
}

/** Waits for an answer at most so long; undefined when it is not there by then. */
export async function answerWithin(run: Run, ms: number): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([run.answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
