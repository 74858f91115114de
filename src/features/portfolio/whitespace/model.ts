import { Type, type Static } from 'typebox';
import { factsParams } from '../../../analysis/facts/model.ts';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

/** Sets of segments: each customer is in one segment of each set. */
export const SEGMENT_SETS = ['tier', 'rfm', 'lifecycle', 'type', 'region'] as const;
export type SegmentSet = (typeof SEGMENT_SETS)[number];

const by = (what: string) =>
  Type.Unsafe<SegmentSet>(
    Type.String({
      enum: [...SEGMENT_SETS],
      default: 'tier',
      maxLength: 20,
      description: `${what}: value tiers, RFM segments or lifecycle stages, as the params of these define them; types of customers; or regions.`,
    }),
  );

const limit = (which: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: `Only so many rows, ${which}. Default: all.`,
      'x-unit': 'rows',
    }),
  );

export const WhitespaceParams = Type.Object({
  by: by('What the rows are segments of'),
  asOf: param.pastDay(),
  ownership: param.ownership(),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
  limit: limit('those of the highest value'),
  ...factsParams,
});
export type WhitespaceAsked = Static<typeof WhitespaceParams>;

export const CustomerWhitespaceParams = Type.Object({
  customerId: field.id('The customer.'),
  by: by('What the customer is compared within'),
  asOf: param.pastDay(),
  ownership: param.ownership(),
  product: population.product(),
  limit: limit('those of the highest value'),
  ...factsParams,
});
export type CustomerWhitespaceAsked = Static<typeof CustomerWhitespaceParams>;

const product = {
  productId: field.id('The product.'),
  productName: nullable(field.text('Name of the product.')),
  productCategory: nullable(field.text('Category of the product; null without one.', 100)),
};
const ofSegment = {
  segment: nullable(field.text('The segment, as `by` says; null where type or region is unknown.', 100)),
  customers: field.count('Eligible customers of the segment.', 'customers'),
  owners: field.count('Those of them who own the product, as `ownership` says.', 'customers'),
  ownedShare: field.rate('owners / customers.'),
};
const medianValue = nullable(
  field.number(
    'Median over these owners of the revenue of a customer with the product up to and including asOf; null without owners.',
    'currency per customer',
  ),
);

export const WhitespaceRow = Type.Object({
  ...ofSegment,
  ...product,
  gap: field.count('Customers of the segment who do not own it.', 'customers'),
  medianValue,
  probability: nullable(
    field.rate(
      'P(buy) of a customer of the gap, mean; null when all own it. It compares customers, and foretells nothing.',
    ),
  ),
  value: field.amount('Sum over the gap of P(buy) x medianValue, to the cent; 0 without owners or without gap.'),
});

export const CustomerWhitespaceRow = Type.Object({
  ...product,
  ...ofSegment,
  probability: field.rate(
    'P(buy): share of owners among the customers of the segment with at least as many other products as this one has.',
  ),
  medianValue,
  value: field.amount('probability x medianValue, to the cent; 0 without owners.'),
});
