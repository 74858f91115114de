import { CORE_TABLES } from '../data/catalog/core-tables.ts';
import type { CoreTableName } from '../data/catalog/model.ts';
import type { Bind } from '../data/sql/sql.ts';
import type { Value } from '../data/warehouse/port.ts';
import type { Values } from '../data/writes/statements.ts';
import { mergePatch } from '../lib/merge-patch.ts';
import type { Field } from './columns.ts';
import type { StoredRecord } from './record.ts';
import { writableFields } from './record-values.ts';

type Body = Readonly<Record<string, unknown>>;
type Current = Pick<StoredRecord, 'values'>;

/** The body of a replace with what it leaves out as null. */
export function replacement(fields: readonly Field[], body: Body): Body {
  const whole = Object.fromEntries(
    writableFields(fields)
      .filter(({ field }) => !field.includes('.'))
      .map(({ field }) => [field, null]),
  );
  const attributes = Object.fromEntries(
    fields.filter(({ field }) => field.startsWith('attributes.')).map(({ field }) => [field.slice(11), null]),
  );
  const given = { ...attributes, ...(body['attributes'] as Body | undefined) };
  return { ...whole, ...body, attributes: given };
}

/** Reads bodies of creates: what must not be empty is null where it is left out, so that it is refused by name. */
export function completer(table: CoreTableName, fields: readonly Field[]): (body: Body) => Body {
  const required = CORE_TABLES[table].columns.filter(({ isRequired }) => isRequired);
  const empty = fields.filter(({ column }) => required.some(({ name }) => name === column));
  const nulls = Object.fromEntries(empty.map(({ field }) => [field, null]));
  return (body) => ({ ...nulls, ...body });
}

/** The whole body of a record after a merge patch (RFC 7396); a member that the patch removes is null, not left as it was. */
export function patched(current: Current, patch: Body): Body {
  const merged = mergePatch(bodyOf(current), patch) as Body;
  const attributes = { ...(merged['attributes'] as Body | undefined), ...nullsOf(patch['attributes']) };
  return { ...merged, ...nullsOf(patch), attributes };
}

/** Only what differs is written, so that an expression column that the client sends back unchanged does no harm. */
export function changedValues(
  fields: readonly Field[],
  values: Values,
  { values: current }: Current,
): Record<string, Bind> {
  return Object.fromEntries(
    Object.entries(values).filter(([column, value]) => {
      const field = fields.find((one) => one.column === column)!;
      const before = current.get(field.field) ?? null;
      return field.type === 'decimal' || field.type === 'double' || field.type === 'integer'
        ? (before === null) !== (value === null) || Number(before) !== Number(value)
        : before !== value;
    }),
  );
}

function bodyOf({ values }: Current): Record<string, Value> {
  const plain = [...values].filter(([field]) => !field.startsWith('attributes.') && field !== 'valueKind');
  const attributes = [...values]
    .filter(([field]) => field.startsWith('attributes.'))
    .map(([field, value]) => [field.slice(11), value]);
  return { ...Object.fromEntries(plain), attributes: Object.fromEntries(attributes) as Record<string, Value> };
}

function nullsOf(patch: unknown): Record<string, null> {
  if (typeof patch !== 'object' || patch === null) return {};
  return Object.fromEntries(
    Object.entries(patch)
      .filter(([, value]) => value === null)
      .map(([name]) => [name, null]),
  );
}
