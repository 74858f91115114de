import { Type, type TNull, type TSchema, type TUnion } from 'typebox';
import type { WireType } from '../data/warehouse/port.ts';

/**
 * Schemas of the values that rows and params are made of. Every field has a description; `x-unit` says what a number
 * counts or measures. Money is `amount` (in the currency of the data), shares are `rate` (0..1).
 */
export const field = Object.freeze({
  id: (description: string) => Type.String({ description, maxLength: 50 }),
  text: (description: string, maxLength = 255) => Type.String({ description, maxLength }),
  day: (description: string) => Type.String({ description, format: 'date', maxLength: 10 }),
  count: (description: string, unit = 'rows') => Type.Integer({ description, minimum: 0, 'x-unit': unit }),
  amount: (description: string) => Type.Number({ description, 'x-unit': 'currency' }),
  rate: (description: string) => Type.Number({ description, minimum: 0, maximum: 1, 'x-unit': 'share' }),
  number: (description: string, unit: string) => Type.Number({ description, 'x-unit': unit }),
  flag: (description: string) => Type.Boolean({ description }),
  choice: <const V extends string>(description: string, values: readonly V[]) =>
    Type.Unsafe<V>(Type.String({ description, enum: values, maxLength: 50 })),
  /** Extra attributes of a core table; the catalog says which. */
  attributes: () =>
    Type.Object({}, { description: 'Extra attributes that the catalog declares.', additionalProperties: true }),
});

/** The field may be null. */
export function nullable<S extends TSchema>(schema: S): TUnion<[S, TNull]> {
  return Type.Union([schema, Type.Null()], { description: descriptionOf(schema) });
}

/** Params that many analyses share. */
export const param = Object.freeze({
  asOf: () =>
    Type.Optional(
      Type.String({
        format: 'date',
        maxLength: 10,
        description: 'Day that the answer is about. Default: the newest start_date that is not in the future.',
      }),
    ),
  /** A day of analyses that look back: one after today is refused. */
  pastDay: () =>
    Type.Optional(
      Type.String({
        format: 'date',
        maxLength: 10,
        'x-past': true,
        description:
          'Day that the answer is about, not after today. Default: the newest start_date that is not in the future.',
      }),
    ),
  /** First day of a period. */
  from: (description = 'First day of the period. Default: a year before `to`.') =>
    Type.Optional(Type.String({ format: 'date', maxLength: 10, description })),
  /** First day after a period. */
  to: (description = 'First day after the period, at most the day after asOf. Default: the day after asOf.') =>
    Type.Optional(Type.String({ format: 'date', maxLength: 10, description })),
  ownership: () =>
    Type.Unsafe<'active' | 'ever'>(
      Type.String({
        enum: ['active', 'ever'],
        default: 'active',
        description:
          'active: relationships that hold on asOf (start_date <= asOf < end_date); ever: all that started by asOf.',
      }),
    ),
});

type Annotated = TSchema & {
  type?: string;
  format?: string;
  description?: string;
  anyOf?: readonly Annotated[];
  'x-unit'?: string;
};

/** The schema without its null branch, and whether it had one. */
export function unwrapNull(schema: TSchema): { schema: Annotated; isNullable: boolean } {
  const branches = (schema as Annotated).anyOf;
  if (branches === undefined) return { schema: schema as Annotated, isNullable: false };
  const rest = branches.filter((branch) => branch.type !== 'null');
  return { schema: rest[0]!, isNullable: rest.length < branches.length };
}

/** Our word for the values of a schema. */
export function wireTypeOf(schema: TSchema): WireType {
  const { schema: base } = unwrapNull(schema);
  if (base.type === 'integer' || base.type === 'boolean') return base.type;
  if (base.type === 'number') return base['x-unit'] === 'currency' ? 'decimal' : 'double';
  if (base.type === 'string')
    return base.format === 'date' ? 'date' : base.format === 'date-time' ? 'timestamp' : 'text';
  return 'json';
}

export function descriptionOf(schema: TSchema): string {
  return (schema as Annotated).description ?? '';
}

export function unitOf(schema: TSchema): string | undefined {
  return unwrapNull(schema).schema['x-unit'];
}
