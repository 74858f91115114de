import duckdb from '@duckdb/node-bindings';
import { DuckDBLogicalType } from '@duckdb/node-api';
import type { Column, WireType } from '../port.ts';
import type { Reader } from './decode.ts';
import { nestedReader, printed } from './decode-nested.ts';
import * as numbers from './decode-number.ts';
import { jsonReader, textReader, type TextMemory } from './decode-text.ts';
import { dateReader, timestampReader } from './decode-time.ts';
import type { DayText } from '../time-text.ts';

/** What readers share: the day printer, and how texts are kept. */
export type ReadingOptions = { readonly dayText: DayText; readonly texts: TextMemory };

type Kind = {
  readonly engineType: string;
  readonly type: WireType;
  readonly read: (options: ReadingOptions) => Reader;
};

const { Type } = duckdb;
/** Every type of the engine that is named by its id alone. */
const KINDS: ReadonlyMap<duckdb.Type, Kind> = new Map([
  [Type.BOOLEAN, kind('BOOLEAN', 'boolean', () => numbers.boolean)],
  [Type.TINYINT, kind('TINYINT', 'integer', () => numbers.int8)],
  [Type.SMALLINT, kind('SMALLINT', 'integer', () => numbers.int16)],
  [Type.INTEGER, kind('INTEGER', 'integer', () => numbers.int32)],
  [Type.BIGINT, kind('BIGINT', 'integer', () => numbers.int64)],
  [Type.HUGEINT, kind('HUGEINT', 'integer', () => numbers.int128)],
  [Type.UTINYINT, kind('UTINYINT', 'integer', () => numbers.uint8)],
  [Type.USMALLINT, kind('USMALLINT', 'integer', () => numbers.uint16)],
  [Type.UINTEGER, kind('UINTEGER', 'integer', () => numbers.uint32)],
  [Type.UBIGINT, kind('UBIGINT', 'integer', () => numbers.uint64)],
  [Type.UHUGEINT, kind('UHUGEINT', 'integer', () => numbers.uint128)],
  [Type.FLOAT, kind('FLOAT', 'double', () => numbers.float)],
  [Type.DOUBLE, kind('DOUBLE', 'double', () => numbers.double)],
  [Type.VARCHAR, kind('VARCHAR', 'text', ({ texts }) => textReader(texts))],
  [Type.DATE, kind('DATE', 'date', ({ dayText }) => dateReader(dayText))],
  [Type.TIMESTAMP, timestamp('TIMESTAMP', 1_000_000)],
  [Type.TIMESTAMP_TZ, timestamp('TIMESTAMP WITH TIME ZONE', 1_000_000)],
  [Type.TIMESTAMP_S, timestamp('TIMESTAMP_S', 1)],
  [Type.TIMESTAMP_MS, timestamp('TIMESTAMP_MS', 1000)],
  [Type.TIMESTAMP_NS, timestamp('TIMESTAMP_NS', 1_000_000_000)],
]);
const NESTED: ReadonlySet<duckdb.Type> = new Set([
  Type.LIST,
  Type.STRUCT,
  Type.MAP,
  Type.ARRAY,
  Type.UNION,
  Type.VARIANT,
]);
const JSON_KIND = kind('JSON', 'json', jsonReader);
const DECIMAL_BITS: Readonly<Partial<Record<duckdb.Type, 16 | 32 | 64>>> = {
  [Type.SMALLINT]: 16,
  [Type.INTEGER]: 32,
  [Type.BIGINT]: 64,
};

/** The columns of a result, and a reader for each. */
export function readersOf(
  result: duckdb.Result,
  options: ReadingOptions,
): { readonly schema: readonly Column[]; readonly readers: readonly Reader[] } {
  const kinds = Array.from({ length: duckdb.column_count(result) }, (_, i) =>
    kindOf(duckdb.column_logical_type(result, i)),
  );
  return {
    schema: kinds.map(({ type, engineType }, i) => ({ name: duckdb.column_name(result, i), type, engineType })),
    readers: kinds.map(({ read }) => read(options)),
  };
}

/** The columns that a compiled statement will have. */
export function columnsOf(statement: duckdb.PreparedStatement): readonly Column[] {
  return Array.from({ length: duckdb.prepared_statement_column_count(statement) }, (_, i) => {
    const { type, engineType } = kindOf(duckdb.prepared_statement_column_logical_type(statement, i));
    return { name: duckdb.prepared_statement_column_name(statement, i), type, engineType };
  });
}

const TYPES_BY_NAME: ReadonlyMap<string, WireType> = new Map(
  [...KINDS.values(), JSON_KIND].map(({ engineType, type }) => [engineType, type]),
);

/** Our word for a type that the engine's catalog spells so: `DECIMAL(15,2)`, `INTEGER[]`, `ENUM('a')`. */
export function wireTypeOf(engineType: string): WireType {
  if (/\]$|^(STRUCT|MAP|UNION)\(|^VARIANT$/.test(engineType)) return 'json';
  if (engineType.startsWith('DECIMAL(')) return 'decimal';
  return TYPES_BY_NAME.get(engineType) ?? 'text';
}

function kindOf(logical: duckdb.LogicalType): Kind {
  const id = duckdb.get_type_id(logical);
  if (id === Type.VARCHAR && duckdb.logical_type_get_alias(logical) === 'JSON') return JSON_KIND;
  const known = KINDS.get(id);
  if (known !== undefined) return known;
  if (id === Type.DECIMAL) return decimalKind(logical);
  const engineType = DuckDBLogicalType.create(logical).asType().toString();
  if (NESTED.has(id)) return kind(engineType, 'json', ({ dayText }) => nestedReader(dayText));
  return kind(engineType, 'text', () => printed);
}

function decimalKind(logical: duckdb.LogicalType): Kind {
  const scale = duckdb.decimal_scale(logical);
  const bits = DECIMAL_BITS[duckdb.decimal_internal_type(logical)] ?? 128;
  return kind(`DECIMAL(${duckdb.decimal_width(logical)},${scale})`, 'decimal', () => numbers.decimal(scale, bits));
}

function timestamp(engineType: string, ticksPerSecond: number): Kind {
  return kind(engineType, 'timestamp', ({ dayText }) => timestampReader(dayText, ticksPerSecond));
}

function kind(engineType: string, type: WireType, read: Kind['read']): Kind {
  return { engineType, type, read };
}
