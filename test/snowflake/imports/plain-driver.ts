import type { Column as DriverColumn, Connection } from 'snowflake-sdk';
import type { Batch, Column, Value, WireType } from '../../../src/data/warehouse/port.ts';
import {
  DriverError,
  type Driver,
  type DriverResult,
  type DriverSession,
} from '../../../src/data/warehouse/snowflake/driver.ts';
import { connect, type Failure, type Session } from '../driver.ts';
import type { StandIn } from '../stand-in.ts';

/** send: as it should be · lose: carried out, and the answer is lost with the session · drop: lost on its way, with the session · skip: not sent, as if it had been. */
export type Fate = 'send' | 'lose' | 'drop' | 'skip';
/** What becomes of a statement. */
export type Hook = (text: string) => Fate | Promise<Fate>;

/** The real driver in this thread, as the adapter sees it: for tests of what is sent, not of the thread. */
export function plainDriver(standIn: StandIn, hook: Hook = () => 'send'): Driver {
  const connected = async () =>
    sessionOf(await connect(standIn, { representNullAsStringNull: false, fetchAsString: ['Number', 'Date'] }), hook);
  return { connect: connected, restarts: 0, close: async () => {} };
}

function sessionOf({ run, connection }: Session, hook: Hook): DriverSession {
  let isGone = false;
  let onCancel: (() => void) | undefined;
  const lost = async (): Promise<never> => {
    isGone = true;
    await end(connection);
    throw new DriverError('lost', 'no answer');
  };
  return {
    async run(text, params) {
      if (isGone) throw new DriverError('gone', 'the session has ended');
      const fate = await hook(text);
      if (fate === 'skip') return resultOf([], [], 0);
      if (fate === 'drop') return lost();
      const cancelled = new Promise<never>((_, reject) => {
        onCancel = () => reject(new DriverError('cancelled', 'cancelled'));
      });
      const answer = run(text, [...params], { rowMode: 'array' }).catch((error: unknown) => {
        const { code, sqlState, message } = error as Failure;
        throw new DriverError('refused', message, { code: String(code), ...(sqlState && { sqlState }) });
      });
      const { rows, statement } = await Promise.race([answer, cancelled]);
      if (fate === 'lose') return lost();
      const columns = statement.getColumns() ?? [];
      return resultOf(columns, rows as unknown as Value[][], statement.getNumUpdatedRows() ?? 0);
    },
    cancel: () => onCancel?.(),
    isAlive: async () => !isGone,
    close: () => end(connection),
  };
}

const end = (connection: Connection) => new Promise<void>((resolve) => connection.destroy(() => resolve()));

function resultOf(columns: readonly DriverColumn[], rows: readonly Value[][], rowsChanged: number): DriverResult {
  const schema = columns.map(columnOf);
  async function* batches(): AsyncGenerator<Batch> {
    if (rows.length === 0) return;
    yield { rowCount: rows.length, columns: schema.map((column, i) => rows.map((row) => valueOf(column, row[i]!))) };
  }
  return {
    queryId: '',
    schema,
    rowsChanged: Math.max(rowsChanged, 0),
    rowCount: rows.length,
    bytes: () => 8 * rows.length,
    batches: batches(),
  };
}

const TYPES: Readonly<Record<string, WireType>> = {
  real: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp_ntz: 'timestamp',
};

function columnOf(column: DriverColumn): Column {
  const name = column.getName();
  const type = column.getType();
  if (type !== 'fixed') return { name, type: TYPES[type] ?? 'text', engineType: type };
  const [precision, scale] = [column.getPrecision(), column.getScale()];
  return { name, type: scale === 0 ? 'integer' : 'decimal', engineType: `NUMBER(${precision},${scale})` };
}

function valueOf({ type }: Column, value: Value): Value {
  if (value === null) return null;
  return type === 'integer' || type === 'double' ? Number(value) : value;
}
