import { CORE_TABLES } from '../data/catalog/core-tables.ts';
import type { CoreTableName } from '../data/catalog/model.ts';
import type { Bind } from '../data/sql/sql.ts';
import type { Values } from '../data/writes/statements.ts';
import type { Field } from './columns.ts';
import type { StoredRecord } from './record.ts';
import { writableFields } from './record-values.ts';

type Body = Readonly<Record<string, unknown>>;
type Current = Pick<StoredRecord, 'values'>;

/** Reads bodies that are a whole record: what they leave out is null. */
export function replacer(fields: readonly Field[]): (body: Body) => Body {
  const written = writableFields(fields).map(({ field }) => field);
  const plain = written.filter((field) => !field.includes('.'));
  const nested = written.filter((field) => field.startsWith('attributes.'));
  const whole = Object.fromEntries(plain.map((field) => [field, null]));
  const attributes = Object.fromEntries(nested.map((field) => [field.slice(11), null]));
  return (body) => ({
    ...whole,
    ...body,
    attributes: { ...attributes, ...(body['attributes'] as Body | undefined) },
  });
}

/** Reads bodies of creates: what must not be empty is null where it is left out, so that it is refused by name. */
export function completer(table: CoreTableName, fields: readonly Field[]): (body: Body) => Body {
  const required = CORE_TABLES[table].columns.filter(({ isRequired }) => isRequired);
  const empty = fields.filter(({ column }) => required.some(({ name }) => name === column));
  const nulls = Object.fromEntries(empty.map(({ field }) => [field, null]));
  return (body) => ({ ...nulls, ...body });
}

const NUMBERS: readonly string[] = ['decimal', 'double', 'integer'];

/** Tells which values differ: only those are written, so that an expression column that the client sends back unchanged does no harm. */
export function changeFinder(fields: readonly Field[]): (values: Values, current: Current) => Record<string, Bind> {
  const members = new Map(
    fields.map(({ column, field, type }) => [column, { field, isNumber: NUMBERS.includes(type) }] as const),
  );
  return (values, { values: current }) => {
    const changed: Record<string, Bind> = {};
    for (const column of Object.keys(values)) {
      const { field, isNumber } = members.get(column)!;
      const value = values[column]!;
      const before = current.get(field) ?? null;
      const isSame =
        before === value || (isNumber && before !== null && value !== null && Number(before) === Number(value));
      if (!isSame) changed[column] = value;
    }
    return changed;
  };
}
