import { Type, type Static } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { PAIR_MEASURES, type PairMeasure } from '../../../lib/stats/pair-measures.ts';

const choice = <const V extends string>(values: readonly V[], byDefault: V, description: string) =>
  Type.Unsafe<V>(Type.String({ enum: values, default: byDefault, maxLength: 50, description }));

const least = (byDefault: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: byDefault, description, 'x-unit': 'customers' });

/** What pairs are sorted by: fields of the row. */
export const PAIR_SORTS = Object.freeze([
  'customers',
  'probability',
  ...(Object.keys(PAIR_MEASURES) as PairMeasure[]),
] as const);

const asked = {
  grain: choice(
    ['product', 'category'],
    'product',
    'What an item is: a product, or a product category (products without a row or without a category are in none).',
  ),
  ownership: param.ownership(),
  minCustomers: least(
    10,
    'Customers who have both, at least. Pairs with fewer are neither shown nor tested: a low minimum lets many in that are chance.',
  ),
  minOwners: least(1, 'Customers who have the one, and who have the other, at least.'),
  sort: choice(
    PAIR_SORTS,
    'phi',
    'Highest first, of probability the lowest; what is null comes last. Then the pair that more customers have, then by ids.',
  ),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100, description: 'Most rows.', 'x-unit': 'rows' }),
  offset: Type.Integer({
    minimum: 0,
    maximum: 100_000,
    default: 0,
    description: 'Rows of the same order that are left out before the first: for pages.',
    'x-unit': 'rows',
  }),
  asOf: param.pastDay(),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

export const PairsParams = Type.Object(asked);
export type PairsParams = Static<typeof PairsParams>;

export const PairsOfParams = Type.Object({
  productId: Type.Optional(field.id('The product that is A; needed at grain=product.')),
  category: Type.Optional(field.text('The category that is A; needed at grain=category.', 100)),
  ...asked,
});
export type PairsOfParams = Static<typeof PairsOfParams>;

const item = (letter: 'A' | 'B') => ({
  [`item${letter}`]: field.text(`Item ${letter}: the product id, or the category.`, 255),
  [`item${letter}Name`]: nullable(
    field.text('Name of the product, null when no product has this id; or the category again.'),
  ),
});
const ratio = (description: string) => field.number(description, 'ratio');

export const PairRow = Type.Object({
  ...(item('A') as { itemA: ReturnType<typeof field.text>; itemAName: ReturnType<typeof field.text> }),
  ...(item('B') as { itemB: ReturnType<typeof field.text>; itemBName: ReturnType<typeof field.text> }),
  customers: field.count('Customers who have both.', 'customers'),
  ownersA: field.count('Customers who have A.', 'customers'),
  ownersB: field.count('Customers who have B.', 'customers'),
  base: field.count('Customers of whom these are counted: those with anything; the same in each row.', 'customers'),
  support: field.rate('customers / base.'),
  confidence: field.rate('customers / ownersA: of those with A, the share that has B.'),
  reverseConfidence: field.rate('customers / ownersB: of those with B, the share that has A.'),
  lift: ratio('customers * base / (ownersA * ownersB); 1 when A and B have nothing to do with each other.'),
  leverage: field.number('support - ownersA / base * ownersB / base; 0 without a relation.', 'share'),
  conviction: nullable(
    ratio(
      'How many times as often A would come without B, without a relation, as it does: ownersA * (base - ownersB) / (base * (ownersA - customers)). Null when A never comes without B.',
    ),
  ),
  reverseConviction: nullable(ratio('The same of B without A. Null when B never comes without A.')),
  cosine: field.rate('customers / sqrt(ownersA * ownersB).'),
  jaccard: field.rate('customers / customers who have A or B.'),
  kulczynski: field.rate('Mean of confidence and reverseConfidence.'),
  imbalance: field.rate('|ownersA - ownersB| / customers who have A or B; 0 when both are as common.'),
  phi: nullable(
    Type.Number({
      minimum: -1,
      maximum: 1,
      'x-unit': 'correlation',
      description:
        'Correlation of having A with having B, 0 without a relation. Null when everybody has A or everybody has B.',
    }),
  ),
  oddsRatio: nullable(
    ratio(
      'Odds of B among those with A over the odds among the others. Null when A never comes without B, or B without A: it would be infinite.',
    ),
  ),
  chiSquare: nullable(
    Type.Number({
      minimum: 0,
      'x-unit': 'statistic',
      description: 'base * phi^2, one degree of freedom, no correction. Null when phi is.',
    }),
  ),
  test: field.choice(
    'Test of probability: fisher where fewer than five customers are expected in one of the four cells.',
    ['chi-square', 'fisher'],
  ),
  probability: field.rate('How probable so strong a relation would be if there were none; two-sided.'),
  adjustedProbability: field.rate(
    'The same among all tested pairs (Benjamini and Hochberg): keep what is at most 0.05, and about 5 % of it are chance.',
  ),
  tested: field.count(
    'Pairs that have minCustomers and minOwners, all of which are tested; the same in each row.',
    'pairs',
  ),
});
