import { Type, type Static } from 'typebox';
import { factsParams } from '../../../analysis/facts/model.ts';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { LEAST_OWNED, MOST_CASES } from '../../../lib/recommend/cases.ts';
import { SHOWN } from '../../../lib/recommend/evaluation.ts';
import { MODEL_NAMES } from '../../../lib/recommend/models.ts';
import { learning } from '../learned-model.ts';

/** What customers may be grouped by; each is in one group, or in none where nothing is known. */
export const GROUPINGS = ['none', 'type', 'region', 'tier', 'rfm', 'lifecycle'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const EvaluationParams = Type.Object({
  asOf: param.pastDay(),
  cut: Type.Optional(
    Type.String({
      format: 'date',
      maxLength: 10,
      description:
        'First day of what is to be found: what started before is learned from, what starts from then on up to and ' +
        'including asOf is to be found. Default: the last 90 days up to asOf.',
    }),
  ),
  k: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: SHOWN,
    description: 'Items of a list that are looked at.',
    'x-unit': 'items',
  }),
  by: Type.Unsafe<Grouping>(
    Type.String({
      enum: [...GROUPINGS],
      default: 'none',
      maxLength: 50,
      description:
        'Rows for groups of customers beside those of all: types of customers, regions, value tiers, RFM segments or ' +
        'lifecycle stages, as they were on the day before the cut.',
    }),
  ),
  leastOwned: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: LEAST_OWNED,
    description: 'Only customers who had so many items before the cut are evaluated.',
    'x-unit': 'items',
  }),
  mostCases: Type.Integer({
    minimum: 1,
    maximum: 200_000,
    default: MOST_CASES,
    description: 'Of more customers, a sample of so many is evaluated, the same one with the same seed.',
    'x-unit': 'customers',
  }),
  seed: Type.Integer({
    minimum: 0,
    maximum: 2 ** 32 - 1,
    default: 1,
    description: 'What the sample and the resamples of the interval are drawn with.',
    'x-unit': 'none',
  }),
  ...learning,
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
  ...factsParams,
});
export type EvaluationAsked = Static<typeof EvaluationParams>;

const exponent = (of: string) => nullable(field.number(`${of} of rp3beta; null for other models.`, 'exponent'));
const gain = (what: string) => nullable(field.number(`${what}; null for popularity.`, 'NDCG'));

export const EvaluationRow = Type.Object({
  group: nullable(field.text('The group, as `by` says; null for all customers who are evaluated.', 100)),
  model: field.choice(
    'popularity: what most customers have comes first. Others add up how much each item that a customer has says for ' +
      'another: lift, cosine, rp3beta.',
    MODEL_NAMES,
  ),
  alpha: exponent('Exponent of what a customer has, and of the customers of the item that is had,'),
  beta: exponent('Exponent of the customers of the item that is offered,'),
  isChosen: field.flag('Whether its parameters were best before the cut: of each kind, only this one can win.'),
  isWinner: field.flag(
    'The chosen one of the highest NDCG whose gain is above 0 with its whole interval; popularity when there is none.',
  ),
  cases: field.count('Customers who are evaluated: they had items, and started others from the cut on.', 'customers'),
  hitRate: field.rate('Share of customers for whom one of the first k was found.'),
  precision: field.rate('Mean share of the first k that was found.'),
  recall: field.rate('Mean share of what a customer started that was among the first k.'),
  ndcg: field.rate('Mean normalised discounted cumulative gain at k, 1 when everything found comes first.'),
  map: field.rate('Mean average precision at k.'),
  halfLife: field.rate('Mean half-life utility, half-life 5 ranks, of the first 100 items, over the best possible.'),
  coverage: field.rate('Share of the items that may be offered which is among the first k of some list.'),
  novelty: field.number('Mean self-information of the first k: -log2 of the share of customers who have it.', 'bits'),
  gain: gain('Mean of the NDCG of a customer less that of popularity'),
  gainLow: gain('Lower end of its interval, 95 %, by a paired bootstrap of 1,000 resamples'),
  gainHigh: gain('Upper end of it'),
  validationNdcg: nullable(
    field.rate('NDCG on the split before, on which parameters were chosen; null when nobody could be evaluated there.'),
  ),
});
