import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

const shared = {
  asOf: param.pastDay(),
  from: param.from(),
  to: param.to(),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

export const ConcentrationParams = Type.Object(shared);

export const ABC_DIMENSIONS = ['products', 'customers'] as const;

export const AbcParams = Type.Object({
  dimension: Type.Unsafe<(typeof ABC_DIMENSIONS)[number]>(
    Type.String({
      enum: [...ABC_DIMENSIONS],
      default: 'products',
      maxLength: 20,
      description: 'What is classed: products or customers.',
    }),
  ),
  ...shared,
});

export const ConcentrationRow = Type.Object({
  dimension: field.choice('What the value is spread over.', ['customers', 'products', 'categories']),
  items: field.count('Customers, products or categories with a positive value.', 'items'),
  itemsLeftOut: field.count('Those with a counted relationship whose value is 0 or less; in no other figure.', 'items'),
  value: field.amount('Revenue of the period of these items.'),
  hhi: field.number('Herfindahl-Hirschman index: sum of squared shares times 10,000.', 'points'),
  effectiveNumber: field.number('1 / sum of squared shares: as many items of equal size are as concentrated.', 'items'),
  normalisedHhi: nullable(field.rate('(H - 1/n) / (1 - 1/n) of H = hhi / 10,000; null for one item.')),
  gini: field.rate('Gini coefficient: 0 when all are equal, near 1 when one has all.'),
  topShare1: field.rate('Share of the largest item.'),
  topShare10: field.rate('Share of the ten largest items.'),
  topShare20Percent: field.rate('Share of the largest fifth of the items, rounded up.'),
  itemsA: field.count('Items of class A: the largest, up to 80 % of the value.', 'items'),
  itemsB: field.count('Items of class B: the next, up to 95 %.', 'items'),
  itemsC: field.count('Items of class C: the rest.', 'items'),
});

export const AbcRow = Type.Object({
  itemId: field.id('The product or the customer.'),
  itemName: nullable(field.text('Its name; null when there is none, or no row of this id.')),
  rank: field.count('1 for the highest value; equal values share a rank.', 'place'),
  value: field.amount('Revenue of the period.'),
  share: field.rate('Part of the value of all items with a positive value.'),
  cumulativeShare: field.rate('Share of this item, of all with a higher value and of those with the same.'),
  abcClass: field.choice('A up to 80 % of the value, B up to 95 %, else C.', ['A', 'B', 'C']),
});
