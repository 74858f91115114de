import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { MODEL_NAMES } from '../../../lib/recommend/models.ts';
import { HORIZON_DAYS, RANKS } from '../learned/learned.ts';

export const MOST_CUSTOMERS = 1_000;
export const MOST_BASKET = 10_000;

/** What may be offered, and how much of it. */
export const offering = {
  status: Type.String({
    default: 'active',
    minLength: 1,
    maxLength: 50,
    description: 'Only products of this status, and those without one; any: whatever it is.',
  }),
  product: population.product(),
  exclude: Type.Array(field.id('A product.'), {
    default: [],
    maxItems: MOST_CUSTOMERS,
    style: 'form',
    explode: false,
    description: 'Products that are not to be offered, separated by commas in an address.',
  }),
};

const asked = {
  asOf: param.pastDay(),
  limit: Type.Integer({
    minimum: 1,
    maximum: RANKS,
    default: 10,
    description: 'Products of a list.',
    'x-unit': 'products',
  }),
  ...offering,
};

const repeat = Type.Boolean({
  default: false,
  description:
    'Whether products may be offered again that the customer had once and no longer has. Scores then come from what is ' +
    'active on asOf alone.',
});

export const NextProductsParams = Type.Object({ customerId: field.id('The customer.'), repeat, ...asked });

export const NextProductsOfManyParams = Type.Object({
  customerIds: Type.Array(field.id('A customer.'), {
    minItems: 1,
    maxItems: MOST_CUSTOMERS,
    description: 'Customers whose next products are asked for.',
  }),
  repeat,
  ...asked,
});

export const BasketParams = Type.Object({
  productIds: Type.Array(field.id('A product.'), {
    default: [],
    style: 'form',
    explode: false,
    maxItems: MOST_BASKET,
    description: 'What somebody has, or is about to take; without any, what is popular comes first.',
  }),
  ...asked,
});

export const AllCustomersParams = Type.Object({
  repeat,
  ...asked,
  customer: population.customer(),
  segment: population.segment(),
});

const because = Type.Array(
  Type.Object(
    {
      productId: field.id('A product that the customer has.'),
      productName: nullable(field.text('Its name; null when no product has this id.')),
      weight: field.number('What it gives to the score.', 'score'),
      share: field.rate('Part of the score.'),
    },
    { additionalProperties: false },
  ),
  {
    description: 'What the customer has that speaks most for the product, at most three; none when it is just popular.',
  },
);

const item = {
  rank: Type.Integer({ description: 'Place in the list, 1 the first.', minimum: 1, 'x-unit': 'place' }),
  productId: field.id('The product to offer.'),
  productName: nullable(field.text('Its name.')),
  productCategory: nullable(field.text('Its category.', 100)),
  score: nullable(
    field.number('Sum of the weights of what the customer has; no probability. Null for popular ones.', 'score'),
  ),
  method: field.choice('What put it here: a learned model, or popularity, which fills the list up.', MODEL_NAMES),
  because,
  customersAlike: field.count(
    'Customers who have both strongest reasons; all who have anything without one.',
    'customers',
  ),
  ownedShare: nullable(field.rate('Part of these who have the product too.')),
  reason: nullable(field.text('The same as a sentence.', 1_000)),
  probability: field.rate(
    `How often what stands at this place was started within ${HORIZON_DAYS} days, measured on the last ${HORIZON_DAYS} days; of all customers alike.`,
  ),
  value: nullable(field.amount('Median value of the first year of a relationship with the product; null without any.')),
  expectedValue: nullable(field.amount('probability * value.')),
};

export const NextProductRow = Type.Object(item);
export const CustomerNextProductRow = Type.Object({ customerId: field.id('The customer.'), ...item });

/** Flat, for files. */
export const CustomerListRow = Type.Object({
  customerId: field.id('The customer.'),
  rank: item.rank,
  productId: item.productId,
  productName: item.productName,
  score: item.score,
  method: item.method,
  becauseProductId: nullable(
    field.id('What the customer has that speaks most for the product; null when it is just popular.'),
  ),
  becauseProductName: nullable(field.text('Its name.')),
  probability: item.probability,
  expectedValue: item.expectedValue,
});
