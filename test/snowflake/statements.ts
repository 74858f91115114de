import { answerBody, failureBody, runningBody } from './answers.ts';
import type { Bindings } from './binds.ts';
import type { Chunks } from './chunks.ts';
import { asSnowflakeError } from './errors.ts';
import { Slots } from './locks.ts';
import { type Asked, perform, type World } from './perform.ts';
import type { Answer } from './results.ts';
import { answerWithin, type Run, Runs } from './runs.ts';
import { recover } from './transactions.ts';
import type { Session } from './sessions.ts';

export type QueryBody = {
  readonly sqlText: string;
  readonly bindings?: Bindings;
  readonly bindStage?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly asyncExec?: boolean;
  readonly describeOnly?: boolean;
};

/** Statements of all sessions: started, waited for, asked after, cancelled. */
export class Statements {
  readonly runs = new Runs();
  readonly #world: World;
  readonly #chunks: Chunks;
  readonly #slots = new Map<string, Slots>();

  constructor(world: World, chunks: Chunks) {
    this.#world = world;
    this.#chunks = chunks;
  }

  /** Starts a statement; a request id that is known runs again, unless the stand-in drops repeated ones. */
  start(session: Session, requestId: string, body: QueryBody, cell: string | undefined): Run {
    const known = this.#world.settled.dropsRepeated ? this.runs.byRequest(requestId) : undefined;
    if (known !== undefined) return known;
    const { inlineRows, chunkRows } = this.#world.settled;
    const text =
      body.describeOnly === true ? `select * from (\n${body.sqlText.replace(/;\s*$/, '')}\n) limit 0` : body.sqlText;
    const cutting = { inlineRows, chunkRows, cell };
    const asked: Asked = { sql: text, bindings: body.bindings, bindStage: body.bindStage, cutting };
    const limits = {
      seconds: limitOf('STATEMENT_TIMEOUT_IN_SECONDS', body, session),
      queuedSeconds: limitOf('STATEMENT_QUEUED_TIMEOUT_IN_SECONDS', body, session),
    };
    return this.runs.start(requestId, body.sqlText, limits, (run, started) => this.#work(session, asked, run, started));
  }

  async #work(session: Session, asked: Asked, { stop }: Run, started: () => void): Promise<Answer> {
    const signal = AbortSignal.any([stop.signal, session.closing.signal]);
    const control = { signal, started, enter: () => this.#slotsOf(session).take(signal) };
    const before = session.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    session.last = promise;
    try {
      await before;
      signal.throwIfAborted();
      return await interruptible(session, signal, () => perform(session, asked, this.#world, control));
    } catch (error) {
      await recover(session);
      throw error;
    } finally {
      resolve();
    }
  }

  #slotsOf({ warehouse = '' }: Session): Slots {
    const known = this.#slots.get(warehouse);
    if (known !== undefined) return known;
    const slots = new Slots(this.#world.settled.concurrency);
    this.#slots.set(warehouse, slots);
    return slots;
  }

  /** The answer to who waits for a run: its result, its error, or that it still runs. */
  async reply(run: Run, session: Session): Promise<object> {
    try {
      const answer = await answerWithin(run, this.#world.settled.pollMs);
      if (answer === undefined) return runningBody(run, false);
      return answerBody(run, answer, session, this.#chunks, this.#world.url, this.#world.settled);
    } catch (error) {
      return failureBody(asSnowflakeError(error), run.queryId);
    }
  }
}

function limitOf(name: string, { parameters }: QueryBody, session: Session): number {
  return Number(parameters?.[name] ?? session.parameters.get(name) ?? 0);
}

/** Interrupts DuckDB as long as the work has not noticed: an interrupt before its start is lost. */
async function interruptible<T>({ connection }: Session, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), 5);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(timer);
  }
}
