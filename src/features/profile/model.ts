import { Type, type TProperties } from 'typebox';
import { factsParams, FactsRow } from '../../analysis/facts/model.ts';
import { field, nullable, param } from '../../analysis/fields.ts';
import { SECTIONS, type Section } from './sections.ts';

/** Customers of one question, and of one that asks for those most alike. */
export const MOST_PROFILES = 1_000;
export const MOST_ALIKE_PROFILES = 50;

const included = (sections: readonly Section[]) =>
  Type.Array(field.choice('A section.', SECTIONS), {
    default: sections,
    minItems: 1,
    maxItems: SECTIONS.length,
    style: 'form',
    explode: false,
    description:
      'Sections that are asked for, separated by commas in an address; the others are not computed, and null.',
  });

export const ProfileParams = Type.Object({
  customerId: field.id('The customer.'),
  include: included(SECTIONS),
  asOf: param.pastDay(),
  ...factsParams,
});

export const ProfilesParams = Type.Object({
  customerIds: Type.Array(field.id('A customer.'), {
    minItems: 1,
    maxItems: MOST_PROFILES,
    description: `Customers whose profiles are asked for; at most ${MOST_ALIKE_PROFILES} when \`alike\` is.`,
  }),
  include: included(SECTIONS.filter((section) => section !== 'alike')),
  asOf: param.pastDay(),
  ...factsParams,
});

const section = <P extends TProperties>(description: string, properties: P) =>
  nullable(Type.Object(properties, { description, additionalProperties: false }));
const list = <P extends TProperties>(description: string, properties: P) =>
  Type.Array(Type.Object(properties, { additionalProperties: false }), { description });
const days = (description: string) => nullable(field.number(description, 'days'));
const facts = FactsRow.properties;

const Product = {
  productId: field.id('The product.'),
  productName: nullable(field.text('Name of the product; null when no product has this id.')),
  firstStart: field.day('Earliest start of a relationship with it.'),
  lastStart: field.day('Latest start of a relationship with it.'),
  isActive: field.flag('Whether one of the relationships holds on asOf.'),
};

export const ProfileRow = Type.Object({
  customerId: field.id('The customer.'),
  attributes: section('What the row of the customer says.', {
    customerName: nullable(field.text('Name of the person or company.')),
    customerType: nullable(field.text('Kind of customer.', 50)),
    region: nullable(field.text('Region of the customer.', 100)),
    registrationDate: nullable(field.day('Day on which the customer registered.')),
    status: nullable(field.text('Standing of the customer.', 20)),
    attributes: field.attributes(),
  }),
  holdings: nullable(
    list('Products that the customer has or had by asOf, by category; without one last.', {
      category: nullable(field.text('Category of the products; null for those without one.', 100)),
      active: field.count('Products that are active on asOf.', 'products'),
      ever: field.count('Products of which a relationship started by asOf.', 'products'),
      products: list('The products, by id.', Product),
    }),
  ),
  tenure: section('How long the customer has been one.', {
    daysSinceRegistration: days('From registration to asOf; null without a registration by then.'),
    daysSinceFirstStart: days('From the first start to asOf; null without relationships.'),
  }),
  activity: section('First and last start of a relationship.', {
    firstStart: nullable(field.day('Earliest start.')),
    lastStart: nullable(field.day('Latest start.')),
    recencyDays: days('From the latest start to asOf.'),
  }),
  value: section('Revenue up to asOf, and its place among customers.', {
    value: facts.value,
    value12Months: facts.value12Months,
    valueMonthly: facts.valueMonthly,
    rank: facts.valueRank,
    rankInType: facts.valueRankInType,
    rankInRegion: facts.valueRankInRegion,
    percentile: facts.valuePercentile,
    percentileInType: facts.valuePercentileInType,
    percentileInRegion: facts.valuePercentileInRegion,
  }),
  rfm: section('Recency, frequency and monetary value.', {
    recencyScore: facts.recencyScore,
    frequencyScore: facts.frequencyScore,
    monetaryScore: facts.monetaryScore,
    segment: facts.rfmSegment,
  }),
  lifecycle: section('Where the customer stands.', { stage: facts.lifecycle, tier: facts.tier }),
  alike: nullable(
    list('The 10 customers whose active products are most like theirs, at least 2 in common; nearest first.', {
      customerId: field.id('A customer.'),
      common: field.count('Products that both have.', 'products'),
      unionSize: field.count('Products that one of them has.', 'products'),
      jaccard: field.rate('The quotient of the two.'),
    }),
  ),
  warnings: section('Relationships that are in no figure, and products that nobody describes.', {
    startsLater: field.count('Relationships that start after asOf.', 'relationships'),
    endsBeforeStart: field.count('Relationships that end before they start.', 'relationships'),
    withoutStart: field.count('Relationships without start_date.', 'relationships'),
    unknownProducts: field.count('Products of relationships that have no row of their own.', 'products'),
  }),
});
