import {
  type DuckDBBlobValue,
  type DuckDBDateValue,
  DuckDBDecimalType,
  type DuckDBDecimalValue,
  type DuckDBResult,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { shownName } from '../sql/names.ts';

/** One column of a result as the driver is told of it. */
export type RowType = {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly scale: number | null;
  readonly precision: number | null;
  readonly length: number | null;
  readonly byteLength: number | null;
};
export type Cell = string | null;
export type Column = { readonly rowType: RowType; readonly encode: (value: DuckDBValue) => Cell };

type Kind = readonly [type: string, encode: (value: never) => string, precision?: number, scale?: number];
const integer = (precision: number): Kind => ['fixed', String, precision, 0];

/** DuckDB's types; an integer has the width that Snowflake gives its like: 18 for counts, 38 for sums and NUMBER. */
const KINDS: Readonly<Partial<Record<DuckDBTypeId, Kind>>> = {
  [DuckDBTypeId.BOOLEAN]: ['boolean', (value: boolean) => (value ? '1' : '0')],
  [DuckDBTypeId.TINYINT]: integer(3),
  [DuckDBTypeId.SMALLINT]: integer(5),
  [DuckDBTypeId.INTEGER]: integer(10),
  [DuckDBTypeId.BIGINT]: integer(18),
  [DuckDBTypeId.UBIGINT]: integer(20),
  [DuckDBTypeId.UINTEGER]: integer(10),
  [DuckDBTypeId.HUGEINT]: integer(38),
  [DuckDBTypeId.DOUBLE]: ['real', doubleText],
  [DuckDBTypeId.FLOAT]: ['real', doubleText],
  [DuckDBTypeId.VARCHAR]: ['text', (value: string) => value],
  [DuckDBTypeId.DATE]: ['date', ({ days }: DuckDBDateValue) => String(days)],
  [DuckDBTypeId.TIME]: ['time', ({ micros }: DuckDBTimeValue) => secondsText(micros), 0, 9],
  [DuckDBTypeId.TIMESTAMP]: ['timestamp_ntz', ({ micros }: DuckDBTimestampValue) => secondsText(micros), 0, 9],
  [DuckDBTypeId.TIMESTAMP_TZ]: ['timestamp_ltz', ({ micros }: DuckDBTimestampTZValue) => secondsText(micros), 0, 9],
  [DuckDBTypeId.BLOB]: ['binary', ({ bytes }: DuckDBBlobValue) => Buffer.from(bytes).toString('hex').toUpperCase()],
  [DuckDBTypeId.SQLNULL]: ['text', String],
};

function doubleText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
}

/** Seconds with nine decimals, the way all times travel. */
function secondsText(micros: bigint): string {
  const size = micros < 0n ? -micros : micros;
  return `${micros < 0n ? '-' : ''}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')}000`;
}

/** The columns of a result with a function that writes each value as the wire has it. */
export function columnsOf(result: DuckDBResult): Column[] {
  return result.columnNames().map((name, i) => {
    const [type, encode, precision = null, scale = null] = kindOf(result, i);
    const length = type === 'text' ? 16_777_216 : null;
    return {
      rowType: { name: shownName(name), type, nullable: true, scale, precision, length, byteLength: length },
      encode: (value) => (value === null ? null : encode(value as never)),
    };
  });
}

function kindOf(result: DuckDBResult, i: number): Kind {
  if (result.columnLogicalType(i).alias === 'JSON') return ['variant', (value: string) => value];
  const type = result.columnType(i);
  if (type instanceof DuckDBDecimalType) {
    return ['fixed', (value: DuckDBDecimalValue) => value.toString(), type.width, type.scale];
  }
  const known = KINDS[type.typeId];
  if (known === undefined) throw new TypeError(`no Snowflake type for ${type.toString()}`);
  return known;
}

/** A column of an answer that is no query's. */
export function plainColumn(name: string, type: 'text' | 'fixed' | 'timestamp_ltz' = 'text'): RowType {
  const isNumber = type === 'fixed';
  const length = type === 'text' ? 16_777_216 : null;
  return {
    name,
    type,
    nullable: true,
    scale: isNumber ? 0 : null,
    precision: isNumber ? 19 : null,
    length,
    byteLength: length,
  };
}
