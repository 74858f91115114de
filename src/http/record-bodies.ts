import { Type, type TObject, type TSchema } from 'typebox';
import type { Field } from '../analysis/columns.ts';
import { writableFields } from '../analysis/record-values.ts';
import type { WireType } from '../data/warehouse/port.ts';

const closed = { additionalProperties: false };

/** What a value may look like in JSON; whether it can be stored exactly is checked when it is written. */
const SHAPES: Readonly<Record<WireType, TSchema>> = {
  text: Type.String({ maxLength: 10_000 }),
  date: Type.String({ maxLength: 100 }),
  timestamp: Type.String({ maxLength: 100 }),
  integer: Type.Number(),
  decimal: Type.Union([Type.Number(), Type.String({ maxLength: 50 })]),
  double: Type.Number(),
  boolean: Type.Boolean(),
  json: Type.Unknown(),
};

/** The body of a record: closed, every field optional and nullable but the key, which may only be left out. */
export function recordBody(fields: readonly Field[], key: string): TObject {
  const members = writableFields(fields).map(({ field, type, description }): [string, TSchema] => {
    const schema = { ...SHAPES[type], description };
    return [field, Type.Optional(field === key ? schema : Type.Union([schema, Type.Null()], { description }))];
  });
  const plain = members.filter(([name]) => !name.startsWith('attributes.'));
  const attributes = members
    .filter(([name]) => name.startsWith('attributes.'))
    .map(([name, schema]) => [name.slice(11), schema]);
  const nested = Type.Optional(
    Type.Object(Object.fromEntries(attributes), {
      ...closed,
      description: 'Extra attributes that the catalog declares.',
    }),
  );
  return Type.Object(
    { ...Object.fromEntries(plain), ...(attributes.length > 0 ? { attributes: nested } : {}) },
    closed,
  );
}
