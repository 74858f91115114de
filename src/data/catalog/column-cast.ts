import type { WireType } from '../warehouse/port.ts';

/** What values of each type can become, besides their own type; anything can become text. */
const CASTS: Readonly<Record<WireType, readonly WireType[]>> = {
  text: ['integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'json'],
  integer: ['decimal', 'double'],
  decimal: ['integer', 'double'],
  double: ['integer', 'decimal'],
  boolean: ['integer'],
  date: ['timestamp'],
  timestamp: ['date'],
  json: [],
};

export type Target = { readonly type: WireType; readonly engineType: string };

/** Whether a cast makes sense; no where the engine would try and then fail on the rows (DuckDB 1.5 binds a cast of BOOLEAN to DATE). */
export function canBecome(from: Target, to: Target): boolean {
  return to.type === 'text' || from.type === to.type || CASTS[from.type].includes(to.type);
}

/** The type to cast to so that values of `from` are values of `to`; undefined when they are. Text of any length is text; a decimal of other digits is another type. */
export function castType(from: Target, to: Target): string | undefined {
  if (to.type === 'text') return /^(varchar|text|string|char)\b/i.test(from.engineType) ? undefined : 'VARCHAR';
  if (from.type === to.type && to.type !== 'decimal') return undefined;
  return plain(from.engineType) === plain(to.engineType) ? undefined : to.engineType;
}

/** DECIMAL is called NUMBER on Snowflake. */
function plain(engineType: string): string {
  return engineType
    .toUpperCase()
    .replaceAll(' ', '')
    .replace(/^(NUMBER|NUMERIC)\b/, 'DECIMAL');
}
