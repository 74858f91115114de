import { DuckDBDecimalValue, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { SnowflakeError } from './errors.ts';

/** One bind as it travels: an array of values for a bulk statement. */
export type WireBind = { readonly type: string; readonly value: string | null | readonly (string | null)[] };
export type Bindings = Readonly<Record<string, WireBind>>;
export type BoundValue = { readonly type: string; readonly value: string | null };

/** The rows of binds: one, or as many as the arrays are long. */
export function bindRows(bindings: Bindings | undefined): readonly (readonly BoundValue[])[] {
  const binds = Object.entries(bindings ?? {})
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, bind]) => bind);
  const rowCount = binds.find(({ value }) => Array.isArray(value))?.value?.length;
  if (rowCount === undefined) return [binds.map(({ type, value }) => ({ type, value: value as string | null }))];
  return Array.from({ length: rowCount }, (_, row) =>
    binds.map(({ type, value }) => ({ type, value: (value as readonly (string | null)[])[row] ?? null })),
  );
}

export const isBulk = (bindings: Bindings | undefined) =>
  Object.values(bindings ?? {}).some(({ value }) => Array.isArray(value));

/** Binds what the statement names; a missing one is Snowflake's 002049. */
export function bindTo(statement: DuckDBPreparedStatement, values: readonly BoundValue[]): void {
  for (let i = 1; i <= statement.parameterCount; i += 1) {
    const number = Number(statement.parameterName(i));
    const bound = values[number - 1];
    if (bound === undefined) {
      throw new SnowflakeError('002049', '42601', `SQL compilation error:\nBind variable ${number} not set.`);
    }
    bindOne(statement, i, bound);
  }
}

type Binder = (statement: DuckDBPreparedStatement, i: number, value: string) => void;

const BINDERS: Readonly<Record<string, Binder>> = {
  FIXED: bindFixed,
  REAL: (statement, i, value) => statement.bindDouble(i, numberOf(value)),
  TEXT: (statement, i, value) => statement.bindVarchar(i, value),
  BOOLEAN: (statement, i, value) => statement.bindBoolean(i, value === 'true'),
  VARIANT: (statement, i, value) => statement.bindVarchar(i, value),
  // Whole days or nanoseconds since 1970, as other drivers send them.
  DATE: (statement, i, value) => statement.bindVarchar(i, new Date(Number(value)).toISOString().slice(0, 10)),
};

function bindOne(statement: DuckDBPreparedStatement, i: number, { type, value }: BoundValue): void {
  if (value === null) return statement.bindNull(i);
  const bind = BINDERS[type.toUpperCase()];
  if (bind === undefined) throw new SnowflakeError('002070', '0A000', `Unsupported bind type ${type}`);
  bind(statement, i, value);
}

/** The type of a bulk bind is that of its first value, so a fraction may come as FIXED. */
function bindFixed(statement: DuckDBPreparedStatement, i: number, text: string): void {
  const [, sign, whole, fraction] = /^(-?)(\d+)\.(\d+)$/.exec(text) ?? [];
  if (whole !== undefined && fraction !== undefined) {
    const digits = BigInt(`${sign}${whole}${fraction}`);
    return statement.bindDecimal(
      i,
      new DuckDBDecimalValue(digits, Math.min(38, whole.length + fraction.length), fraction.length),
    );
  }
  const value = integerOf(text);
  if (BigInt.asIntN(64, value) === value) statement.bindBigInt(i, value);
  else statement.bindHugeInt(i, value);
}

const notRecognised = (value: string) =>
  new SnowflakeError('100038', '22018', `Numeric value '${value}' is not recognized`);

/** The driver writes 1e21 so. */
function integerOf(value: string): bigint {
  if (/^-?\d+$/.test(value)) return BigInt(value);
  const number = numberOf(value);
  if (!Number.isInteger(number)) throw notRecognised(value);
  return BigInt(number);
}

function numberOf(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) throw notRecognised(value);
  return number;
}
