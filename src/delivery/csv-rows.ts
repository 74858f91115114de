import type { Field } from '../analysis/columns.ts';
import type { Batch, Value, WireType } from '../data/warehouse/port.ts';

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** RFC 4180: null is an empty field, the empty text is `""`, quotes are doubled; JSON values are their JSON text. */
export function csvText(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvHeader(fields: readonly Field[]): string {
  return `${fields.map(({ field }) => csvText(field)).join(',')}\r\n`;
}

/** Writes rows as CSV lines. Values that cannot hold a delimiter are not looked at, equal ones in a row only once. */
export function csvRows(fields: readonly Field[]): (batch: Batch) => string {
  const isPlain = fields.map(({ type }) => PLAIN.has(type));
  return ({ rowCount, columns }) => {
    let text = '';
    const seen: Value[] = columns.map(() => null);
    const written: string[] = columns.map(() => '');
    for (let row = 0; row < rowCount; row++) {
      for (let c = 0; c < columns.length; c++) {
        const value = columns[c]![row]!;
        if (value !== seen[c]) {
          seen[c] = value;
          written[c] = value === null ? '' : isPlain[c] ? String(value as string | number) : csvText(value);
        }
        text += c === 0 ? written[c]! : `,${written[c]!}`;
      }
      text += '\r\n';
    }
    return text;
  };
}

/** Types whose texts are digits, signs, letters and colons. */
const PLAIN: ReadonlySet<WireType> = new Set<WireType>([
  'integer',
  'decimal',
  'double',
  'boolean',
  'date',
  'timestamp',
]);
