import type { Field } from '../analysis/columns.ts';
import type { Batch, Value } from '../data/warehouse/port.ts';

/** Texts without quotes, backslashes, control characters or lone surrogates need no escaping. */
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

export function jsonText(value: Value): string {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
  return value === null ? 'null' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * Writes rows as JSON objects, `separator` between them. Fields named `attributes.<name>` become one object
 * `attributes` at the end of the row.
 */
export function jsonRows(fields: readonly Field[], separator: ',' | '\n'): (batch: Batch) => string {
  const members = membersOf(fields);
  const end = fields.some(isAttribute) ? '}}' : '}';
  return ({ rowCount, columns }) => {
    let text = '';
    for (let row = 0; row < rowCount; row++) {
      text += row === 0 ? '{' : `${separator}{`;
      // Each piece is put to the text by itself: a row put together first would be copied once more.
      for (let i = 0; i < members.length; i++) {
        const { c, before, write } = members[i]!;
        text += before;
        text += write(columns[c]![row]!);
      }
      text += end;
    }
    return text;
  };
}

type Member = { readonly c: number; readonly before: string; readonly write: (value: Value) => string };

/** The members of a row in the order in which they are written, each with the text before its value. */
function membersOf(fields: readonly Field[]): Member[] {
  const numbered = fields.map((field, c) => ({ field, c }));
  const plain = numbered.filter(({ field }) => !isAttribute(field));
  const nested = numbered.filter(({ field }) => isAttribute(field));
  return [...plain, ...nested].map(({ field, c }, i) => {
    const name = isAttribute(field) ? field.field.slice('attributes.'.length) : field.field;
    const opening = i === plain.length && nested.length > 0 ? '"attributes":{' : '';
    const before = `${i === 0 ? '' : ','}${opening}${JSON.stringify(name)}:`;
    return { c, before, write: field.type === 'date' ? dateText : jsonText };
  });
}

/** Texts of days need no escaping. */
function dateText(value: Value): string {
  return value === null ? 'null' : `"${value as string}"`;
}

function isAttribute({ field }: Field): boolean {
  return field.startsWith('attributes.');
}
