import { defineAnalysis } from '../../../analysis/define.ts';
import {
  CustomerFactsRow,
  CustomersParams,
  LifecycleParams,
  LifecycleRow,
  RfmParams,
  RfmSegmentRow,
  TierRow,
  TiersParams,
} from './model.ts';
import { customersWithFacts, lifecycleStages, rfmSegments, valueTiers } from './queries.ts';

const COUNTED =
  'Relationships count that started by asOf and did not end before they started. Scores, stages and tiers are given among ' +
  'all customers; filters only choose who of them is shown.';
const WHEN_EMPTY = 'there is no customer of whom the filters hold';

export const rfmAnalysis = defineAnalysis({
  name: 'segments.rfm',
  title: 'How many customers each RFM segment has, and what they are worth',
  description:
    `${COUNTED} One row per segment that has customers. Scores of recency, frequency and monetary value are ` +
    'ceil(5 x cume_dist), 5 the best, so that equal values share a score; the table at /v1/segments/rfm-table names them. ' +
    'Customers without relationships are in the segment none.',
  params: RfmParams,
  row: RfmSegmentRow,
  sql: rfmSegments,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: WHEN_EMPTY,
  chart: { mark: 'bar', x: 'segment', y: 'customers' },
  examples: [
    { title: 'Over all that is known', params: {} },
    { title: 'By the last 24 months', params: { rfmMonths: 24 } },
  ],
});

export const lifecycleAnalysis = defineAnalysis({
  name: 'segments.lifecycle',
  title: 'How many customers are new, returning, resurrected, dormant or churned',
  description:
    `${COUNTED} One row per stage that has customers. Activity is a start, or a monthly relationship that is active. new: ` +
    'first start less than newDays ago. Of the others: without activity in the last dormantDays, dormant, or churned when ' +
    'the last one is churnedDays ago; with it, resurrected when more than dormantDays lay before it, else returning. none: ' +
    'no relationship yet.',
  params: LifecycleParams,
  row: LifecycleRow,
  sql: lifecycleStages,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: WHEN_EMPTY,
  chart: { mark: 'bar', x: 'stage', y: 'customers' },
  examples: [
    { title: 'With the usual gaps', params: {} },
    { title: 'Where customers come seldom', params: { newDays: 180, dormantDays: 365, churnedDays: 730 } },
  ],
});

export const valueTiersAnalysis = defineAnalysis({
  name: 'segments.value-tiers',
  title: 'How many customers bring most of the value: tiers A, B and C',
  description:
    `${COUNTED} One row per tier that has customers. By descending value, A while the cumulative share is at most tierA, B ` +
    'up to tierB, C after. Who crosses a limit goes to the worse tier, equal values share the worse, and all without a ' +
    'positive value are in C.',
  params: TiersParams,
  row: TierRow,
  sql: valueTiers,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: WHEN_EMPTY,
  chart: { mark: 'bar', x: 'tier', y: 'value' },
  examples: [
    { title: 'Limits at 80 and 95 %', params: {} },
    { title: 'Limits at 50 and 90 %', params: { tierA: 0.5, tierB: 0.9 } },
  ],
});

export const customersAnalysis = defineAnalysis({
  name: 'segments.customers',
  title: 'Every fact about each customer',
  description: `${COUNTED} One row per row of customers: activity, value with its place, RFM, lifecycle stage and tier.`,
  params: CustomersParams,
  row: CustomerFactsRow,
  sql: customersWithFacts,
  listing: { key: ['customerId'], sort: ['customerId'], search: ['customerId', 'customerName'] },
  lane: 'heavy',
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: WHEN_EMPTY,
  chart: { mark: 'table' },
  examples: [
    { title: 'All customers', params: {} },
    { title: 'New ones', params: { segment: 'lifecycle:new' } },
  ],
});
