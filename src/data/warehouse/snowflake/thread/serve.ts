import { DriverError } from '../driver.ts';
import { failureFor } from './failures.ts';
import type { Loaded } from './load.ts';
import type { Answered, Asked, ThreadCalls } from './messages.ts';
import { openSession, type ThreadSession } from './session.ts';
import type { Run } from './statement.ts';

/** What the thread does when it is asked. */
export function threadCalls(loaded: Loaded, silenceMs?: number): ThreadCalls {
  const opening = new Map<number, AbortController>();
  const sessions = new Map<number, ThreadSession>();
  const runs = new Map<number, Run>();
  const lastOf = new Map<number, number>();
  const session = (number: number): ThreadSession => {
    const found = sessions.get(number);
    if (found === undefined) throw new DriverError('gone', 'the session was closed');
    return found;
  };
  // A session runs one statement at a time, so that a run ends with the next: of most changes nobody reads the rows.
  const forget = (number: number) => {
    const last = lastOf.get(number);
    if (last !== undefined) runs.delete(last);
    lastOf.delete(number);
  };
  return {
    async connect(number, options, seconds) {
      const stop = new AbortController();
      opening.set(number, stop);
      try {
        sessions.set(number, await openSession(loaded, options, seconds, stop.signal, silenceMs));
      } finally {
        opening.delete(number);
      }
    },
    async run(number, run, text, params, options) {
      forget(number);
      const started = session(number).run(text, params, options);
      const answer = await started.answer;
      runs.set(run, started);
      lastOf.set(number, run);
      return answer;
    },
    async next(run) {
      const found = runs.get(run);
      if (found === undefined) throw new DriverError('cancelled', 'the rows are not there any more');
      try {
        const batch = await found.next();
        if (batch === undefined) runs.delete(run);
        return { batch, bytes: found.bytes };
      } catch (error) {
        runs.delete(run);
        throw error;
      }
    },
    async leave(run) {
      runs.get(run)?.leave();
      runs.delete(run);
    },
    cancel: async (number) => sessions.get(number)?.cancel(),
    isAlive: (number) => session(number).isAlive(),
    async close(number) {
      opening.get(number)?.abort(new DriverError('cancelled', 'the sign-in was given up'));
      forget(number);
      const found = sessions.get(number);
      sessions.delete(number);
      await found?.close();
    },
  };
}

/** Answers one message. */
export async function answer(calls: ThreadCalls, { id, call, args }: Asked): Promise<Answered> {
  try {
    return { id, value: await (calls[call] as (...args: readonly unknown[]) => Promise<unknown>)(...args) };
  } catch (error) {
    if (error instanceof DriverError) return { id, failure: failureFor(error) };
    return { id, failure: { kind: 'refused', message: error instanceof Error ? error.message : String(error) } };
  }
}
