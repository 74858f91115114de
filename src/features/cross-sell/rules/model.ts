import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { RULE_SORTS } from '../../../lib/itemsets/association-rules.ts';
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

const count = (what: string) => field.count(`Baskets that have ${what}.`, 'baskets');
const size = (what: string) => Type.Integer({ minimum: 1, maximum: MOST_ITEMS, description: what, 'x-unit': 'items' });

const orNull = (what: string, when: string) => nullable(field.number(`${what}; null ${when}.`, 'ratio'));

export const ItemsetsParams = Type.Object({
  ...asked,
  minLength: length(1, 2, 'Fewest items of an itemset.'),
  sort: choice(ITEMSET_MEASURES, 'count', 'Highest first; then the more frequent, the shorter, by ids.'),
  ...bounds,
});

export const ItemsetRow = Type.Object({
  items: items('Product ids, or categories, in their order.'),
  itemNames: names('Their names.'),
  length: size('How many they are.'),
  count: count('all of them'),
  baskets: count('any item that is asked about; the same in each row'),
  support: field.rate('count / baskets.'),
  lift: field.number('support / the product of the supports of its items; 1 when they come independently.', 'ratio'),
  allConfidence: field.rate('count / baskets with its most frequent item: the lowest confidence of a rule within it.'),
});

export const RulesParams = Type.Object({
  ...asked,
  minLength: length(2, 2, 'Fewest items of both sides together.'),
  minConfidence: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.25,
    description: 'Only rules that hold for such a share of the baskets with their left side.',
    'x-unit': 'share',
  }),
  minLift: Type.Number({
    minimum: 0,
    maximum: 1_000_000_000,
    default: 0,
    description: 'Only rules of at least this lift.',
    'x-unit': 'ratio',
  }),
  redundant: Type.Boolean({
    default: true,
    description:
      'false leaves out rules that are redundant: a more general one, with the same right side and only some of the left ' +
      'side or none of it, has at least the same confidence.',
  }),
  sort: choice(
    RULE_SORTS,
    'confidence',
    'Highest first, of probability the lowest; then the more frequent, the shorter, by ids.',
  ),
  ...bounds,
});

export const RuleRow = Type.Object({
  antecedent: items('Left side: product ids, or categories, in their order.'),
  antecedentNames: names('Their names.'),
  consequent: field.text('Right side: one product id, or category.'),
  consequentName: nullable(field.text('Its name.')),
  length: size('Items of both sides.'),
  count: count('both sides'),
  antecedentCount: count('the left side'),
  consequentCount: count('the right side'),
  baskets: count('any item that is asked about; the same in each row'),
  support: field.rate('count / baskets.'),
  confidence: field.rate('count / antecedentCount.'),
  reverseConfidence: field.rate('count / consequentCount.'),
  lift: field.number('confidence / (consequentCount / baskets); 1 when both sides come independently.', 'ratio'),
  leverage: field.number('support - the product of the supports of both sides.', 'share'),
  conviction: orNull(
    'How many times as often the left side would come without the right one if they were independent as it does',
    'when it never does',
  ),
  reverseConviction: orNull('The same of the right side without the left one', 'when it never does'),
  cosine: field.rate('Geometric mean of confidence and reverseConfidence.'),
  jaccard: field.rate('count / baskets with any side whole.'),
  kulczynski: field.rate('Mean of confidence and reverseConfidence.'),
  imbalance: field.rate('|antecedentCount - consequentCount| / baskets with any side whole.'),
  phi: orNull('Correlation of both sides, -1 to 1', 'when all baskets have a side'),
  oddsRatio: orNull('Odds of the right side with the left one over those without it', 'when it were infinite or 0 / 0'),
  chiSquare: orNull('Statistic of the chi-square test of independence', 'when all baskets have a side'),
  probability: field.rate(
    'How probable so strong a rule were without any relation: by the chi-square test, or by the exact test of Fisher where fewer than 5 are expected.',
  ),
  adjustedProbability: nullable(
    field.rate(
      'The same among all rules of the frequent itemsets, at most (Benjamini and Hochberg 1995, 1 for those that the thresholds leave out); null when maxSeconds did not suffice.',
    ),
  ),
  isRedundant: field.flag('Whether a more general rule has at least the same confidence.'),
});
