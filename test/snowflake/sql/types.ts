import type { Source } from './source.ts';

/** Types of Snowflake as DuckDB stores them. All integer types are NUMBER(38,0) there. https://docs.snowflake.com/en/sql-reference/intro-summary-data-types */
const PLAIN: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  DATE: 'date',
  FLOAT: 'double',
  FLOAT4: 'double',
  FLOAT8: 'double',
  REAL: 'double',
  VARIANT: 'json',
  OBJECT: 'json',
  ARRAY: 'json',
  ...Object.fromEntries(
    ['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT'].map((name) => [name, 'hugeint']),
  ),
};
const TEXTS = new Set(['VARCHAR', 'CHAR', 'CHARACTER', 'STRING', 'TEXT', 'NVARCHAR', 'NCHAR']);
const NUMBERS = new Set(['NUMBER', 'NUMERIC', 'DECIMAL', 'DEC']);
const TIMES: Readonly<Record<string, string>> = {
  DATETIME: 'timestamp',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_NTZ: 'timestamp',
  TIMESTAMP_LTZ: 'timestamptz',
  TIMESTAMP_TZ: 'timestamptz',
  TIME: 'time',
  BINARY: 'blob',
  VARBINARY: 'blob',
};

/** Reads a type and returns DuckDB's. */
export function readType(source: Source): string {
  const token = source.next();
  if (token.kind !== 'word') source.fail(token);
  if (token.text === 'DOUBLE') {
    source.accept('PRECISION');
    return 'double';
  }
  const plain = PLAIN[token.text];
  if (plain !== undefined) return plain;
  const sizes = source.isSymbol('(') ? source.list(() => source.integer(), '(', ')') : [];
  if (TEXTS.has(token.text)) return 'varchar';
  if (TIMES[token.text] !== undefined) return TIMES[token.text]!;
  if (NUMBERS.has(token.text)) return numberType(sizes);
  return source.fail(token);
}

/** NUMBER is NUMBER(38,0); a HUGEINT holds its values and stays exact in products. */
function numberType([precision = '38', scale = '0']: readonly string[]): string {
  return precision === '38' && scale === '0' ? 'hugeint' : `decimal(${precision}, ${scale})`;
}

/** Whether a text is meant: the cast of a VARIANT to text drops its quotes, and other values have Snowflake's own spelling. */
export function castTo(type: string, value: string, isTry = false): string {
  if (type === 'varchar') return `sf_to_varchar(${value})`;
  if (type === 'json') return `to_json(${value})`;
  return `${isTry ? 'try_cast' : 'cast'}(${value} as ${type})`;
}
