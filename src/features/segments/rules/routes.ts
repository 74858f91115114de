import { defineAnalysis } from '../../../analysis/define.ts';
import {
  MemberRow,
  MembersParams,
  MovementParams,
  MovementRow,
  OverlapParams,
  OverlapRow,
  PreviewParams,
  PreviewRow,
  WhyParams,
  WhyRow,
} from './model.ts';
import { membersOfSegment, movementBetween, overlapOfSegments, previewOfRule, valuesOfCustomer } from './queries.ts';
import { overlapRows, whyIn } from './service.ts';

const RULES =
  'A rule is about the fields of customers and the facts of segments.customers as of asOf, with the gaps and limits that are asked for, and shares of categories (`categoryShare.Home`). ' +
  'Fields of customers are those that are stored now, whatever the day.';

export const membersAnalysis = defineAnalysis({
  name: 'segments.members',
  title: 'Which customers are in a segment',
  description: `${RULES} One row per customer, with every fact.`,
  params: MembersParams,
  row: MemberRow,
  sql: membersOfSegment,
  listing: { key: ['customerId'], sort: ['customerId'], search: ['customerId', 'customerName'] },
  lane: 'heavy',
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'no customer is in the segment',
  chart: { mark: 'table' },
  examples: [
    { title: 'Customers who bring least', params: { segmentId: 'tier:C' } },
    { title: 'New customers', params: { segmentId: 'lifecycle:new' } },
  ],
  path: '/segments/{segmentId}/members',
});

export const previewAnalysis = defineAnalysis({
  name: 'segments.preview',
  title: 'How many customers a rule would have, before it is saved',
  description: `${RULES} One row.`,
  params: PreviewParams,
  row: PreviewRow,
  sql: previewOfRule,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'table' },
  examples: [
    { title: 'Customers of tier A', params: { rule: '{"member":"tier","op":"eq","value":"A"}' } },
    {
      title: 'Of value, and not new',
      params: {
        rule: '{"all":[{"member":"value12Months","op":"gte","value":10},{"not":{"member":"lifecycle","op":"eq","value":"new"}}]}',
      },
    },
  ],
  path: '/segments/preview',
  method: 'POST',
});

export const overlapAnalysis = defineAnalysis({
  name: 'segments.overlap',
  title: 'How many customers segments have in common',
  description: `${RULES} One row per ordered pair of segments, each with itself too. jaccard = customers in both / customers in either.`,
  params: OverlapParams,
  row: OverlapRow,
  sql: overlapOfSegments,
  finish: overlapRows,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'heatmap', x: 'segment', y: 'other', color: 'jaccard' },
  examples: [
    { title: 'Who brings most, and who comes again', params: { segments: ['tier:A', 'lifecycle:returning'] } },
    { title: 'Tiers and who has churned', params: { segments: ['tier:A', 'tier:B', 'tier:C', 'lifecycle:churned'] } },
  ],
});

export const movementAnalysis = defineAnalysis({
  name: 'segments.movement',
  title: 'How many customers went from group to group between two days',
  description: `${RULES} One row per pair of groups that has customers: of rfm, lifecycle or tier, or inside and outside of one segment.`,
  params: MovementParams,
  row: MovementRow,
  sql: movementBetween,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'there is no customer of whom the filters hold',
  chart: { mark: 'heatmap', x: 'toGroup', y: 'fromGroup', color: 'customers' },
  examples: [
    { title: 'Between stages, in three months', params: {} },
    { title: 'Into and out of tier A since 2024', params: { of: 'tier:A', before: '2024-01-01' } },
  ],
});

export const whyAnalysis = defineAnalysis({
  name: 'segments.why',
  title: 'Why a customer is in a segment, or is not',
  description:
    `${RULES} One row: each condition with the value that the customer has, and whether it holds; and the smallest change ` +
    'of one measure that would turn membership over, by |to - from| / max(|from|, 1), or null.',
  params: WhyParams,
  row: WhyRow,
  run: (params, context) => whyIn(params, context, valuesOfCustomer),
  subject: { table: 'customers', param: 'customerId' },
  readsSaved: true,
  chart: { mark: 'table' },
  examples: [
    { title: 'A customer and tier A', params: { segmentId: 'tier:A', customerId: 'C0000001' } },
    { title: 'A customer who may be new', params: { segmentId: 'lifecycle:new', customerId: 'C0000002' } },
  ],
  path: '/segments/{segmentId}/customers/{customerId}',
});
