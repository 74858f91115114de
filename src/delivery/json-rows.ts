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
  const plain = fields.flatMap((field, c) =>
    isAttribute(field) ? [] : [{ c, key: `${JSON.stringify(field.field)}:` }],
  );
  const nested = fields.flatMap((field, c) =>
    isAttribute(field) ? [{ c, key: `${JSON.stringify(field.field.slice('attributes.'.length))}:` }] : [],
  );
  const members = (entries: typeof plain, columns: Batch['columns'], row: number): string => {
    let text = '';
    for (let i = 0; i < entries.length; i++) {
      const { c, key } = entries[i]!;
      text += (i === 0 ? key : `,${key}`) + jsonText(columns[c]![row]!);
    }
    return text;
  };
  return ({ rowCount, columns }) => {
    let text = '';
    for (let row = 0; row < rowCount; row++) {
      let object = members(plain, columns, row);
      if (nested.length > 0) object += `${object === '' ? '' : ','}"attributes":{${members(nested, columns, row)}}`;
      text += row === 0 ? `{${object}}` : `${separator}{${object}}`;
    }
    return text;
  };
}

function isAttribute({ field }: Field): boolean {
  return field.startsWith('attributes.');
}
