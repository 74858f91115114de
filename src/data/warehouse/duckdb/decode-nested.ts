import {
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBVector,
  JsonDuckDBValueConverter,
  type DuckDBValueConverter,
  type Json,
} from '@duckdb/node-api';
import type { Value } from '../port.ts';
import type { Reader } from './decode.ts';
import { decimalValue } from '../../../lib/decimal-value.ts';
import { finite, integer } from './decode-number.ts';
import { timestampText, type DayText } from '../time-text.ts';

/** Reads what is rare or nested through the library, value by value, as the text that the engine prints. */
export const printed: Reader = (vector, count, out) => {
  const values = DuckDBVector.create(vector, count);
  for (let row = 0; row < count; row++) {
    const value = values.getItem(row);
    out.push(value === null ? null : String(value));
  }
};

/** Reads lists, structs, maps (a list of `{ key, value }`) and unions (`{ tag, value }`) as JSON, their scalars as the port prints them. */
export function nestedReader(text: DayText): Reader {
  const convert = converter(text);
  return (vector, count, out) => {
    const values = DuckDBVector.create(vector, count);
    for (let row = 0; row < count; row++) out.push(convert(values.getItem(row), values.type, convert) as Value);
  };
}

function converter(text: DayText): DuckDBValueConverter<Json> {
  return (value, type, self) => {
    if (value === null) return null;
    if (typeof value === 'bigint') return integer(value);
    if (typeof value === 'number') return finite(value);
    if (typeof value === 'string' && type.alias === 'JSON') return JSON.parse(value) as Json;
    if (value instanceof DuckDBDecimalValue) return decimalValue(value.value, value.scale);
    if (value instanceof DuckDBTimestampValue) return timestampText(value.micros, 1_000_000, text);
    if (value instanceof DuckDBTimestampTZValue) return timestampText(value.micros, 1_000_000, text);
    if (value instanceof DuckDBTimestampSecondsValue) return timestampText(value.seconds, 1, text);
    if (value instanceof DuckDBTimestampMillisecondsValue) return timestampText(value.millis, 1000, text);
    if (value instanceof DuckDBTimestampNanosecondsValue) return timestampText(value.nanos, 1_000_000_000, text);
    if (type.typeId === DuckDBTypeId.INTERVAL) return String(value);
    return JsonDuckDBValueConverter(value, type, self);
  };
}
