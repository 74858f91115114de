import type { Bind } from '../../../sql/sql.ts';
import type { Batch, Column } from '../../port.ts';
import type { DriverOptions } from '../driver.ts';
import type { Failure } from './failures.ts';

/** What the thread can be asked for. Sessions and runs are numbered by who asks. */
export type ThreadCalls = {
  connect(session: number, options: ConnectOptions, seconds: number): Promise<void>;
  run(session: number, run: number, text: string, params: readonly Bind[], options: DriverOptions): Promise<RunAnswer>;
  /** The next rows of a run; none after the last, and an error from then on, or when the session has begun another or was closed. */
  next(run: number): Promise<{ readonly batch: Batch | undefined; readonly bytes: number }>;
  leave(run: number): Promise<void>;
  cancel(session: number): Promise<void>;
  isAlive(session: number): Promise<boolean>;
  close(session: number): Promise<void>;
};

/** Options of the driver's connection; plain values only. */
export type ConnectOptions = Readonly<Record<string, string | number | boolean>>;
export type RunAnswer = {
  readonly queryId: string;
  readonly schema: readonly Column[];
  readonly rowCount: number;
  readonly rowsChanged: number;
  readonly bytes: number;
};

/** What the thread is started with. `silenceMs`: longest silence of the server while a statement runs. */
export type ThreadData = { readonly useEnvProxy: boolean; readonly silenceMs?: number | undefined };
export type Asked = { readonly id: number; readonly call: keyof ThreadCalls; readonly args: readonly unknown[] };
export type Answered = { readonly id: number; readonly value?: unknown; readonly failure?: Failure };
