import {
  array,
  boolean,
  constantFrom,
  double,
  integer,
  option,
  record,
  string,
  tuple,
  type Arbitrary,
} from '../fast-check.ts';
import type { Field } from '../../src/analysis/columns.ts';
import { operatorsFor } from '../../src/analysis/filter.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import type { NaiveFilter, NaiveRequest } from './naive-list.ts';

/** Letters whose lower case is one letter everywhere, and what SQL, patterns, CSV and JSON treat in a special way. */
const LETTERS = ['a', 'A', 'b', 'é', 'É', '😀', '\uffff', '%', '_', '\\', '"', "'", ',', ' ', '\n', '?', '0'];
const text = string({ unit: constantFrom(...LETTERS), maxLength: 4 });
/** Few values, so that there are duplicates; every third is null. */
const few = (...values: readonly (string | number)[]) => option(constantFrom(...values), { freq: 2, nil: null });
const day = few('2023-12-31', '2024-01-01', '2024-02-29', '2024-06-15', '2024-06-16', '2030-01-01', '1899-12-31');
const moment = few(
  '2024-01-01T00:00:00Z',
  '2024-01-01T00:00:00.5Z',
  '2024-01-01T23:59:59.000001Z',
  '1960-05-05T05:05:05Z',
);
const ids = (letter: string) => Array.from({ length: 8 }, (_, i) => `${letter}${i}`);
const score = option(
  double({ noDefaultInfinity: false, noNaN: false }).map((value) => (Object.is(value, -0) ? 0 : value)),
  { freq: 3, nil: null },
);

function table(
  key: Arbitrary<string>,
  name: string,
  columns: Readonly<Record<string, Arbitrary<string | number | boolean | null>>>,
) {
  const row = record({ [name]: key, ...columns }) as Arbitrary<Stored>;
  return array(row, { maxLength: 12 }).map((rows) => [...new Map(rows.map((one) => [one[name], one])).values()]);
}

/** A world of a dozen rows a table: duplicates, nulls, relationships to nobody, ends before starts. */
export const randomWorld: Arbitrary<WorldRows> = record({
  customers: table(
    text.filter((id) => id !== ''),
    'customer_id',
    {
      customer_name: option(text, { nil: null }),
      customer_type: few('business', 'consumer'),
      region: option(text, { nil: null }),
      registration_date: day,
      status: few('active', 'left', ''),
      attribute_tier: few('gold', 'Silver'),
      attribute_score: score,
      attribute_is_vip: option(boolean(), { nil: null }),
      attribute_seen: moment,
    },
  ),
  products: table(constantFrom(...ids('P')), 'product_id', {
    product_name: option(text, { nil: null }),
    product_category: few('tools', 'toys'),
    product_type: few('hand'),
    launch_date: day,
    status: few('active'),
    attribute_weight: option(
      integer({ min: -30_000, max: 30_000 }).map((n) => n / 10_000),
      { nil: null },
    ),
  }),
  customer_products: table(
    string({ unit: constantFrom('r', 's', '1', '2'), minLength: 1, maxLength: 3 }),
    'relationship_id',
    {
      customer_id: constantFrom(...ids('C')),
      product_id: constantFrom(...ids('P')),
      relationship_type: few('purchase', 'subscription'),
      start_date: day,
      end_date: day,
      value: option(
        integer({ min: -500, max: 500 }).map((n) => n / 4),
        { nil: null },
      ),
      attribute_channel: few('web', 'shop'),
    },
  ),
});

/** What fits a field: mostly values like those of the rows, so that filters match something. */
function valueFor({ type }: Field): Arbitrary<string> {
  switch (type) {
    case 'date':
      return constantFrom('2024-01-01', '2024-02-29', '2024-06-15', '1999-09-09');
    case 'timestamp':
      return constantFrom('2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5Z', '2024-01-01T23:59:59.000001Z');
    case 'boolean':
      return boolean().map(String);
    case 'integer':
      return integer({ min: -1, max: 3 }).map(String);
    case 'decimal':
      return integer({ min: -500, max: 500 }).map((n) => String(n / 4));
    case 'double':
      return constantFrom('0', '-1.5', '1e10', '-1e-10', '1e300');
    case 'text':
    case 'json':
      return tuple(text, constantFrom('active', 'gold', 'P1', 'C2', 'web', 'once', 'tools')).chain((pair) =>
        constantFrom(...pair),
      );
  }
}

function filterOn(field: Field): Arbitrary<NaiveFilter> {
  return constantFrom(...operatorsFor(field.type)).chain((operator) => {
    const one = valueFor(field);
    const values =
      operator === 'isNull'
        ? boolean().map((is) => [String(is)])
        : operator === 'like'
          ? string({ unit: constantFrom('%', '_', 'a', 'É', '\\%', '\\\\', '😀', 'o'), maxLength: 4 }).map(
              (pattern) => [pattern],
            )
          : operator === 'in'
            ? array(one, { minLength: 2, maxLength: 4 })
            : one.map((value) => [value]);
    return values.map((given) => ({ field: field.field, operator, values: given }));
  });
}

export type RandomRequest = NaiveRequest & {
  readonly fields: readonly string[];
  readonly limit: number;
  readonly facet: string;
};

/** Filters of every operator, search, several sort fields in both directions, some of the fields, small pages. */
export function randomRequest(fields: readonly Field[]): Arbitrary<RandomRequest> {
  const names = fields.map(({ field }) => field);
  const filter = constantFrom(...fields).chain(filterOn);
  return record({
    filters: array(filter, { maxLength: 2 }).map((list) => [
      ...new Map(list.map((one) => [`${one.field} ${one.operator}`, one])).values(),
    ]),
    q: option(constantFrom('a', 'É', '%', '"', '😀', 'r1', ' '), { freq: 3, nil: undefined }) as Arbitrary<
      string | undefined
    >,
    sort: array(record({ field: constantFrom(...names), isDescending: boolean() }), { maxLength: 3 }).map((list) => [
      ...new Map(list.toReversed().map((one) => [one.field, one])).values(),
    ]),
    fields: option(array(constantFrom(...names), { minLength: 1, maxLength: 3 }), { freq: 1, nil: names }).map(
      (list) => [...new Set(list)],
    ),
    limit: constantFrom(1, 2, 3, 5, 1000),
    facet: constantFrom(...names),
  }) as Arbitrary<RandomRequest>;
}
