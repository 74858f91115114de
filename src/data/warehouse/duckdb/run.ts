import type duckdb from '@duckdb/node-bindings';
import { AppError } from '../../../lib/app-error.ts';
import type { Statement } from '../../sql/compile.ts';
import { watchRun, type Watch } from '../deadline.ts';
import type { Lane } from '../lane.ts';
import { chunksOf, type Chunks } from './chunks.ts';
import type { Session } from './session.ts';

/** A statement without what only lineage needs. */
export type Runnable = Pick<Statement, 'text' | 'params'>;

/** A connection held for one statement, or for one transaction, and the watch over it. */
export type Run = {
  readonly session: Session;
  readonly watch: Watch;
  readonly waitMs: number;
  /** Begins a statement whose rows are read as they come; the last one of the run. */
  stream(statement: Runnable): Promise<{ readonly result: duckdb.Result; readonly chunks: Chunks }>;
  /** Waits for what the engine is doing, drops what was not read, and gives the connection back; harmless when repeated. */
  end(): Promise<void>;
};

export type RunOptions = {
  readonly seconds: number;
  /** The setting that `seconds` came from, for the error. */
  readonly limit: string;
  readonly signal?: AbortSignal | undefined;
};

/** Waits for a connection of the lane and starts the deadline. `running` holds the watches of all runs. */
export async function beginRun(lane: Lane<Session>, running: Set<Watch>, options: RunOptions): Promise<Run> {
  const { seconds, limit, signal } = options;
  const { resource: session, waitMs, release } = await lane.acquire(signal);
  const timeout = () => new AppError('statement.timeout', `It was stopped after ${seconds} seconds (${limit}).`);
  const watch = watchRun({ seconds, timeout, signal, interrupt: session.interrupt });
  running.add(watch);
  let chunks: Chunks | undefined;
  let ended: Promise<void> | undefined;

  const end = async () => {
    if (chunks !== undefined) await chunks.settle();
    watch.end();
    running.delete(watch);
    release();
  };
  return {
    session,
    watch,
    waitMs,
    async stream({ text, params }) {
      const result = await session.stream(text, params);
      chunks = chunksOf(result, session.interrupt);
      return { result, chunks };
    },
    end: () => (ended ??= end()),
  };
}
