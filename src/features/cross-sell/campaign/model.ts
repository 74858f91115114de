import { Type } from 'typebox';
import { factsParams } from '../../../analysis/facts/model.ts';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { GROUPINGS, type Grouping } from '../evaluation/model.ts';
import { HORIZON_DAYS, MEASURED_RANKS } from '../learned/learned.ts';
import { NextProductRow } from '../next/model.ts';

const MOST = 100_000;

export const CampaignParams = Type.Object({
  productId: field.id('The product.'),
  asOf: param.pastDay(),
  capacity: Type.Integer({
    minimum: 1,
    maximum: MOST,
    default: 100,
    description: 'Customers that can be addressed: so many rows at most.',
    'x-unit': 'customers',
  }),
  per: Type.Unsafe<Grouping>(
    Type.String({
      enum: [...GROUPINGS],
      default: 'none',
      maxLength: 50,
      description:
        'What the groups of capacityPer and of the rows are: types of customers, regions, value tiers, RFM segments or ' +
        'lifecycle stages, as of asOf.',
    }),
  ),
  capacityPer: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST,
      description: 'Customers of a group at most; takes a `per`. Default: as many as the capacity allows.',
      'x-unit': 'customers',
    }),
  ),
  minScore: Type.Number({
    minimum: 0,
    default: 0,
    description: 'Only customers with at least this score. Who has a score of 0 is never listed.',
    'x-unit': 'score',
  }),
  repeat: Type.Boolean({
    default: false,
    description:
      'Whether customers are listed again who had the product once and no longer have it. Scores then come from what is ' +
      'active on asOf alone.',
  }),
  customer: population.customer(),
  segment: population.segment(),
  ...factsParams,
});

const { because, customersAlike, ownedShare, reason } = NextProductRow.properties;
const place = (description: string) => Type.Integer({ description, minimum: 1, 'x-unit': 'place' });

export const CampaignRow = Type.Object({
  rank: place('Place in the list, 1 the first.'),
  customerId: field.id('The customer.'),
  customerName: nullable(field.text('Name of the customer.')),
  group: nullable(field.text('The group, as `per` says; null without groups and where nothing is known.', 200)),
  rankInGroup: place('Place among the listed customers of the group.'),
  score: field.number('Sum of the weights of what the customer has; no probability.', 'score'),
  because,
  customersAlike,
  ownedShare,
  reason,
  rankOfProduct: place('Place of the product in the list of what to offer this customer next, 1 the first.'),
  probability: field.rate(
    `How often what stands at that place of a list was started within ${HORIZON_DAYS} days, measured on the last ` +
      `${HORIZON_DAYS} days; of all customers alike, 0 beyond the first ${MEASURED_RANKS} places.`,
  ),
  value: field.amount('Median value of the first year of a relationship with the product.'),
  expectedValue: field.amount('probability * value.'),
});
