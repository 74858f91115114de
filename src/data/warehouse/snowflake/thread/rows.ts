import { setImmediate as otherWork } from 'node:timers/promises';
import type { RowStatement } from 'snowflake-sdk';
import { DriverError } from '../driver.ts';
import type { Batch, Column, Value } from '../../port.ts';
import { type Decode, decodersOf, type DriverColumn } from './cells.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failures.ts';

/** The rows of a result, read batch by batch; undefined after the last. */
export type RowReader = { readonly schema: readonly Column[]; next(): Promise<Batch | undefined>; leave(): void };

/** A row as it was sent: texts and nulls. */
type RawRow = readonly (string | null)[];
/** A column of the driver, with the members of it that are replaced. */
type OwnColumn = DriverColumn & { _getRowValue(row: { readonly values: RawRow }): unknown };

const MOST_ROWS = 2000;
const MOST_CELLS = 20_000;
/** Characters of texts in a batch, about. */
const MOST_CHARACTERS = 1_000_000;

export function readRows(
  statement: RowStatement,
  exchange: Exchange,
  within: <T>(exchange: Exchange, work: () => T) => T,
): RowReader {
  const columns = (statement.getColumns() ?? []) as unknown as readonly OwnColumn[];
  const { schema, decoders } = decodersOf(columns);
  const rows = within(exchange, () => rawRows(statement, columns));
  const mostRows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / Math.max(1, columns.length))));
  const announced = statement.getNumRows() ?? 0;
  let count = 0;
  return {
    schema,
    async next() {
      await otherWork();
      const raw = await within(exchange, () => collect(rows, mostRows, exchange));
      count += raw.length;
      if (raw.length > 0) return batchOf(raw, decoders);
      if (count === announced) return undefined;
      throw new DriverError('unreachable', `the result ended after ${count} of ${announced} rows`);
    },
    leave: () => rows.stream.destroy(),
  };
}

type Rows = { readonly stream: ReturnType<RowStatement['streamRows']>; ready(): Promise<void>; isOver(): boolean };

/**
 * Rows as they were sent. The driver would make a value of each cell: numbers that lose digits, dates by moment, and
 * JSON by running it as code (3.3.0). So its first column is told to give the whole row, and is shown as the only one.
 */
function rawRows(statement: RowStatement, columns: readonly OwnColumn[]): Rows {
  const [first] = columns;
  if (first !== undefined) {
    if (typeof first._getRowValue !== 'function') throw new TypeError('snowflake-sdk reads its columns in another way');
    first._getRowValue = ({ values }) => values;
    Object.assign(statement, { getColumns: () => [first] });
  }
  const stream = statement.streamRows();
  let isOver = false;
  let failure: unknown;
  let wake = () => {};
  stream.on('readable', () => wake());
  for (const event of ['end', 'close', 'error'] as const) {
    stream.on(event, (error?: unknown) => {
      failure ??= error;
      isOver = true;
      wake();
    });
  }
  return {
    stream,
    async ready() {
      if (!isOver) await new Promise<void>((resolve) => (wake = resolve));
      if (failure !== undefined) throw failure;
    },
    isOver: () => isOver,
  };
}

async function collect(rows: Rows, mostRows: number, exchange: Exchange): Promise<RawRow[]> {
  const raw: RawRow[] = [];
  let characters = 0;
  try {
    while (raw.length < mostRows && characters < MOST_CHARACTERS) {
      if (exchange.failure !== undefined) throw exchange.failure;
      const row = rows.stream.read() as readonly [RawRow] | null;
      if (row !== null) {
        raw.push(row[0]);
        for (const cell of row[0]) characters += cell?.length ?? 0;
      } else if (rows.isOver()) break;
      else await exchange.orEnd(rows.ready());
    }
    return raw;
  } catch (error) {
    throw failureOf(error, exchange);
  }
}

function batchOf(raw: readonly RawRow[], decoders: readonly Decode[]): Batch {
  const columns = decoders.map((decode, c) => {
    const values: Value[] = [];
    for (const row of raw) {
      const cell = row[c] ?? null;
      // What the driver itself says of a file that was put holds numbers.
      values.push(cell === null ? null : decode(typeof cell === 'string' ? cell : String(cell)));
    }
    return values;
  });
  return { rowCount: raw.length, columns };
}
