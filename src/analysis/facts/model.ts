import { Type, type Static } from 'typebox';
import { AppError, type FieldError } from '../../lib/app-error.ts';
import { field, nullable } from '../fields.ts';

const days = (description: string, fallback: number) =>
  Type.Integer({ description, minimum: 1, maximum: 36_500, default: fallback, 'x-unit': 'days' });
const share = (description: string, fallback: number) =>
  Type.Number({ description, exclusiveMinimum: 0, maximum: 1, default: fallback, 'x-unit': 'share' });

/** What the facts of customers depend on besides the day; params that every analysis over them may offer. */
export const factsParams = {
  newDays: days('A customer is new for so many days from the first start on.', 90),
  dormantDays: days(
    'Days without activity after which a customer is dormant, and a gap after which one is resurrected.',
    90,
  ),
  churnedDays: days('Days without activity after which a customer has churned; at least dormantDays.', 365),
  rfmMonths: Type.Union([Type.Integer({ minimum: 1, maximum: 1_200, 'x-unit': 'months' }), Type.Null()], {
    default: null,
    description: 'Months up to and including asOf that frequency and monetary count; null: all that is known.',
  }),
  tierA: share('Tier A: customers of the highest value who together have at most this share of it.', 0.8),
  tierB: share('Tier B: those after them, who together with A have at most this share; above tierA.', 0.95),
};

export const FactsOptions = Type.Object(factsParams);
export type FactsOptions = Static<typeof FactsOptions>;

export const DEFAULT_FACTS_OPTIONS: FactsOptions = Object.freeze({
  newDays: 90,
  dormantDays: 90,
  churnedDays: 365,
  rfmMonths: null,
  tierA: 0.8,
  tierB: 0.95,
});

/** The options, when they agree with each other. Throws request.invalid. */
export function requireFactsOptions<O extends FactsOptions>(options: O): O {
  const { dormantDays, churnedDays, tierA, tierB } = options;
  const errors: FieldError[] = [];
  if (churnedDays < dormantDays)
    errors.push({ pointer: '?churnedDays', detail: `must be at least dormantDays, which is ${dormantDays}` });
  if (tierA >= tierB) errors.push({ pointer: '?tierB', detail: `must be above tierA, which is ${tierA}` });
  if (errors.length === 0) return options;
  throw new AppError('request.invalid', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
    errors,
  });
}

export const LIFECYCLES = Object.freeze(['none', 'new', 'returning', 'resurrected', 'dormant', 'churned'] as const);
export const TIERS = Object.freeze(['A', 'B', 'C'] as const);

const rank = (where: string) =>
  Type.Integer({
    description: `Place by value ${where}, 1 the highest; equal values share a place.`,
    minimum: 1,
    'x-unit': 'place',
  });
const percentile = (where: string) => field.rate(`Share of the customers ${where} whose value is not higher.`);
const score = (description: string) =>
  nullable(
    Type.Integer({
      description: `${description}, 1 to 5, 5 the best; null without a start in the RFM months.`,
      minimum: 1,
      maximum: 5,
      'x-unit': 'score',
    }),
  );

/**
 * One row per customer. A relationship counts that started by asOf and did not end before it started; all figures are
 * about these.
 */
export const FactsRow = Type.Object({
  customerId: field.id('The customer.'),
  firstStart: nullable(field.day('Earliest start of a relationship; null without any.')),
  lastStart: nullable(field.day('Latest start of a relationship.')),
  relationships: field.count('Relationships.', 'relationships'),
  activeRelationships: field.count('Relationships that hold on asOf.', 'relationships'),
  products: field.count('Different products ever.', 'products'),
  activeProducts: field.count('Different products that are held on asOf.', 'products'),
  categories: field.count(
    'Different categories of products ever; products without a row or a category are in none.',
    'categories',
  ),
  activeCategories: field.count('Different categories of products that are held on asOf.', 'categories'),
  value: field.amount(
    'Revenue up to and including asOf: amounts once, and amounts per month times the months that they were active.',
  ),
  value12Months: field.amount('The same of the 12 months up to and including asOf.'),
  valueMonthly: field.amount('Amounts per month that are active on asOf, summed.'),
  valueRank: rank('among all'),
  valueRankInType: rank('among customers of the same customer_type'),
  valueRankInRegion: rank('among customers of the same region'),
  valuePercentile: percentile('of all'),
  valuePercentileInType: percentile('of the same customer_type'),
  valuePercentileInRegion: percentile('of the same region'),
  recencyDays: nullable(field.count('Days from the latest start to asOf; null without relationships.', 'days')),
  frequency: field.count('Different days on which relationships started, within the RFM months.', 'days'),
  monetary: field.amount('Revenue within the RFM months.'),
  recencyScore: score('Place of recencyDays among customers'),
  frequencyScore: score('Place of frequency among customers'),
  monetaryScore: score('Place of monetary among customers'),
  rfmSegment: field.text('Name that the RFM table gives to the three scores; none without scores.', 50),
  lifecycle: field.choice(
    'Where the customer stands: none (no relationship yet), new, returning, resurrected, dormant or churned.',
    LIFECYCLES,
  ),
  tier: field.choice(
    'A, B or C by value; who crosses the limit of a tier is in the next one, and C has all without a positive value.',
    TIERS,
  ),
});
export type FactsRow = Static<typeof FactsRow>;
