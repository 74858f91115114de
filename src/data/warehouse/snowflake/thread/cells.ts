import { decimalValue } from '../../../../lib/decimal-value.ts';
import type { Column, Value, WireType } from '../../port.ts';
import { createDayText, timestampText, timeText, type DayText } from '../../time-text.ts';

/** What the driver tells of a column of a result. */
export type DriverColumn = {
  getName(): string;
  getType(): string;
  getPrecision(): number | null | undefined;
  getScale(): number | null | undefined;
};
/** A value of a cell's text, which is never null. */
export type Decode = (cell: string) => Value;
type Kind = { readonly type: WireType; readonly engineType: string; readonly decode: Decode };

/** A decimal of so many characters has at most 15 digits, a sign and a point: it is surely a number without loss. */
const SURE_LENGTH = 16;
const MICROS = 1_000_000;
const NANOS = 1_000_000_000;

const KINDS: Readonly<Record<string, (column: DriverColumn, dayText: DayText) => Kind>> = {
  fixed: numberKind,
  real: () => ({ type: 'double', engineType: 'FLOAT', decode: double }),
  text: () => textKind('TEXT'),
  boolean: () => ({ type: 'boolean', engineType: 'BOOLEAN', decode: (cell) => /^(1|true)$/i.test(cell) }),
  date: (_, dayText) => ({ type: 'date', engineType: 'DATE', decode: (cell) => dayText(Number(cell)) }),
  time: (column) => ({ type: 'text', engineType: scaled('TIME', column), decode: time }),
  timestamp_ntz: timestampKind('TIMESTAMP_NTZ'),
  timestamp_ltz: timestampKind('TIMESTAMP_LTZ'),
  timestamp_tz: timestampKind('TIMESTAMP_TZ'),
  binary: () => textKind('BINARY'),
  variant: () => jsonKind('VARIANT'),
  object: () => jsonKind('OBJECT'),
  array: () => jsonKind('ARRAY'),
  // The types of its keys and values are not told, and MAP alone is no type to cast to.
  map: () => jsonKind('VARIANT'),
};

/** The columns of a result and how their cells are read. A type that is not known is read as text. */
export function decodersOf(columns: readonly DriverColumn[]): {
  readonly schema: readonly Column[];
  readonly decoders: readonly Decode[];
} {
  const dayText = createDayText();
  const kinds = columns.map((column) => {
    const name = column.getType().toLowerCase();
    return Object.hasOwn(KINDS, name) ? KINDS[name]!(column, dayText) : textKind(name.toUpperCase());
  });
  return {
    schema: kinds.map(({ type, engineType }, i) => ({ name: columns[i]!.getName(), type, engineType })),
    decoders: kinds.map(({ decode }) => decode),
  };
}

function numberKind(column: DriverColumn): Kind {
  const scale = column.getScale() ?? 0;
  const engineType = `NUMBER(${column.getPrecision() ?? 38},${scale})`;
  if (scale > 0) return { type: 'decimal', engineType, decode: (cell) => decimal(cell, scale) };
  return { type: 'integer', engineType, decode: integer };
}

function timestampKind(name: string) {
  return (column: DriverColumn, dayText: DayText): Kind => ({
    type: 'timestamp',
    engineType: scaled(name, column),
    decode: (cell) => timestamp(cell, dayText),
  });
}

function jsonKind(engineType: string): Kind {
  return { type: 'json', engineType, decode: json };
}

function textKind(engineType: string): Kind {
  return { type: 'text', engineType, decode: (cell) => cell };
}

function scaled(name: string, column: DriverColumn): string {
  const scale = column.getScale();
  return typeof scale === 'number' ? `${name}(${scale})` : name;
}

function integer(cell: string): Value {
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : cell;
}

function decimal(cell: string, scale: number): Value {
  if (cell.length <= SURE_LENGTH) return Number(cell);
  const [whole = '', fraction = ''] = cell.split('.');
  return decimalValue(BigInt(whole + fraction.padEnd(scale, '0')), scale);
}

/** NaN and the infinities (`inf`) have no JSON. */
function double(cell: string): Value {
  const number = Number(cell);
  return Number.isFinite(number) ? number : null;
}

/** By JSON.parse alone, never as code. NaN and undefined may stand in a VARIANT: such a text is the value itself. */
function json(cell: string): Value {
  try {
    return JSON.parse(cell) as Value;
  } catch {
    return cell;
  }
}

/** `seconds[.fraction][ offset]`, a decimal number of seconds since 1970 in UTC; the offset says only where it was written. */
function timestamp(cell: string, dayText: DayText): string {
  const { seconds, nanos } = secondsOf(cell);
  const micros = Number(seconds) * MICROS + nanos / 1000;
  if (nanos % 1000 === 0 && Number.isSafeInteger(micros)) return timestampText(micros, MICROS, dayText);
  return timestampText(BigInt(seconds) * BigInt(NANOS) + BigInt(nanos), NANOS, dayText);
}

function time(cell: string): string {
  const { seconds, nanos } = secondsOf(cell);
  return timeText(Number(seconds) * NANOS + nanos, NANOS);
}

/** Whole seconds and nanoseconds, both with the sign of the cell. */
function secondsOf(cell: string): { readonly seconds: string; readonly nanos: number } {
  const end = cell.indexOf(' ');
  const [seconds = '', fraction = ''] = (end === -1 ? cell : cell.slice(0, end)).split('.');
  const nanos = Number(fraction.padEnd(9, '0').slice(0, 9));
  return { seconds, nanos: seconds.startsWith('-') ? -nanos : nanos };
}
