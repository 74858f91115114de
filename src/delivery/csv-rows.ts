import type { Field } from '../analysis/columns.ts';
import type { Batch, Value } from '../data/warehouse/port.ts';

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

export function csvRows({ rowCount, columns }: Batch): string {
  let text = '';
  for (let row = 0; row < rowCount; row++) {
    let line = csvText(columns[0]![row]!);
    for (let c = 1; c < columns.length; c++) line += `,${csvText(columns[c]![row]!)}`;
    text += `${line}\r\n`;
  }
  return text;
}
