import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { ITEMSET_MEASURES } from '../../../lib/itemsets/frequent-itemsets.ts';

const choice = <const V extends string>(values: readonly V[], byDefault: V, description: string) =>
  Type.Unsafe<V>(Type.String({ enum: values, default: byDefault, maxLength: 50, description }));

const MOST_ITEMS = 10;

const length = (minimum: number, byDefault: number, description: string) =>
  Type.Integer({ minimum, maximum: MOST_ITEMS, default: byDefault, description, 'x-unit': 'items' });

/** What both analyses are asked about. */
const asked = {
  basket: Type.String({
    default: 'customer',
    maxLength: 100,
    description:
      'What a basket is. customer: what a customer has, by ownership. customer-day: what a customer started on one day. ' +
      'Or a field of relationships, `attributes.orderNumber` for one: what started with the same value.',
  }),
  grain: choice(
    ['product', 'category'],
    'product',
    'What an item is: a product, or a product category (products without a row or without a category are in none).',
  ),
  ownership: param.ownership(),
  asOf: param.pastDay(),
  from: param.from('First day of the starts, for other baskets than customer. Default: a year before `to`.'),
  to: param.to(),
  minSupport: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Only what is together in such a share of the baskets. Default: 0.01 when minCount is not given.',
      'x-unit': 'share',
    }),
  ),
  minCount: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Only what is together in so many baskets; both hold when both are given.',
      'x-unit': 'baskets',
    }),
  ),
  maxLength: length(1, 5, 'Most items of an itemset, both sides of a rule together.'),
};

/** When to stop. */
const bounds = {
  maxItemsets: Type.Integer({
    minimum: 1,
    maximum: 2_000_000,
    default: 1_000_000,
    description: 'The search ends when so many frequent itemsets are found; then meta.truncated is true.',
    'x-unit': 'itemsets',
  }),
  maxSeconds: Type.Number({
    minimum: 0.1,
    maximum: 120,
    default: 20,
    description: 'The search ends after so long; then meta.truncated is true.',
    'x-unit': 'seconds',
  }),
  limit: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 1000,
    description: 'Most rows, the first by `sort`; when there are more, meta.truncated is true.',
    'x-unit': 'rows',
  }),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

const items = (description: string) =>
  Type.Array(Type.String({ maxLength: 255 }), { maxItems: MOST_ITEMS, description });
const names = (description: string) =>
  Type.Array(nullable(field.text('Name, null when no product has the id.')), { maxItems: MOST_ITEMS, description });

export const ItemsetsParams = Type.Object({
  ...asked,
  minLength: length(1, 2, 'Fewest items of an itemset.'),
  sort: choice(ITEMSET_MEASURES, 'count', 'Highest first; then the more frequent, the shorter, by ids.'),
  ...bounds,
});

export const ItemsetRow = Type.Object({
  items: items('Product ids, or categories, in their order.'),
  itemNames: names('Their names.'),
  length: Type.Integer({ minimum: 1, maximum: MOST_ITEMS, description: 'How many they are.', 'x-unit': 'items' }),
  count: field.count('Baskets that have all of them.', 'baskets'),
  baskets: field.count('All baskets, of at least one item that is asked about; the same in each row.', 'baskets'),
  support: field.rate('count / baskets.'),
  lift: field.number('support / the product of the supports of its items; 1 when they come independently.', 'ratio'),
  allConfidence: field.rate('count / baskets with its most frequent item: the lowest confidence of a rule within it.'),
});
