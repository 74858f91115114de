import type { Bind } from '../../sql/sql.ts';
import type { Batch, Column, Value } from '../port.ts';
import { type Driver, DriverError, type DriverOptions, type DriverResult, type DriverSession } from './driver.ts';

type Rows = readonly (readonly Value[])[];
/** What a statement answers: rows, a result, an error to throw, or `hang` until it is cancelled. */
export type Answer = Rows | Partial<DriverResult> | Error | 'hang';
export type Sent = {
  readonly session: number;
  readonly text: string;
  readonly params: readonly Bind[];
  readonly options: DriverOptions;
};
type Script = {
  readonly answer?: (sent: Sent) => Answer | Promise<Answer>;
  readonly connect?: (number: number, signal?: AbortSignal) => void | Promise<void>;
  readonly isAlive?: (session: number) => boolean | Promise<boolean>;
};

/** A driver that does what it is told, and remembers what it was asked. For tests of what surrounds the driver. */
export type ScriptedDriver = Driver & {
  readonly sent: Sent[];
  readonly texts: () => readonly string[];
  /** `open 1`, `test 1`, `cancel 1`, `close 1`, `end`. */
  readonly events: string[];
  script: Script;
};

export function scriptedDriver(script: Script = {}): ScriptedDriver {
  let sessions = 0;
  const driver: ScriptedDriver = {
    sent: [],
    events: [],
    script,
    restarts: 0,
    texts: () => driver.sent.map(({ text }) => text),
    async connect(signal) {
      const number = ++sessions;
      await driver.script.connect?.(number, signal);
      driver.events.push(`open ${number}`);
      return sessionOf(driver, number);
    },
    async close() {
      driver.events.push('end');
    },
  };
  return driver;
}

function sessionOf(driver: ScriptedDriver, number: number): DriverSession {
  let stop: ((error: Error) => void) | undefined;
  return {
    async run(text, params, options) {
      const sent: Sent = { session: number, text, params, options };
      driver.sent.push(sent);
      const stopped = new Promise<never>((_, reject) => (stop = reject));
      stopped.catch(() => undefined);
      const answer = await Promise.race([driver.script.answer?.(sent) ?? [[1]], stopped]);
      if (answer === 'hang') return stopped;
      if (answer instanceof Error) throw answer;
      stop = undefined;
      return resultOf(answer, driver.sent.length);
    },
    cancel() {
      driver.events.push(`cancel ${number}`);
      stop?.(new DriverError('cancelled', 'cancelled', { code: '000604', sqlState: '57014' }));
    },
    async isAlive() {
      driver.events.push(`test ${number}`);
      return driver.script.isAlive?.(number) ?? true;
    },
    async close() {
      driver.events.push(`close ${number}`);
    },
  };
}

const isRows = (answer: Rows | Partial<DriverResult>): answer is Rows => Array.isArray(answer);

function resultOf(answer: Rows | Partial<DriverResult>, number: number): DriverResult {
  const rows = isRows(answer) ? answer : [];
  const schema = (rows[0] ?? []).map((_, c): Column => ({ name: `C${c}`, type: 'text', engineType: 'TEXT' }));
  const batch: Batch = { rowCount: rows.length, columns: schema.map((_, c) => rows.map((row) => row[c]!)) };
  return {
    queryId: `query-${number}`,
    schema,
    rowsChanged: 0,
    rowCount: rows.length,
    bytes: () => 8 * rows.length,
    batches: batchesOf(rows.length === 0 ? [] : [batch]),
    ...(isRows(answer) ? {} : answer),
  };
}

export async function* batchesOf(batches: readonly (Batch | Error)[]): AsyncGenerator<Batch> {
  for (const batch of batches) {
    if (batch instanceof Error) throw batch;
    yield batch;
  }
}
