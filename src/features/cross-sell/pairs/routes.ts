import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { PairRow, PairsOfParams, PairsParams } from './model.ts';
import { pairRows, pairRowsOf } from './service.ts';

const MEANING =
  'An owner of an item holds it on asOf (ownership=active), or started it by then and did not end it before it started ' +
  '(ever), however many relationships that are; the base are the customers who own anything. Filters of customers and ' +
  'segments change the base, the filter of products does not: it says which items are paired. Counts are exact. ';
const READING =
  'Lift, conviction and the odds ratio are largest where next to nothing was seen: read them, but rank by phi, or for ' +
  'common items by cosine or kulczynski, which do not depend on how many customers have neither. Items can be held together because ' +
  'the same customers like both, not because one leads to the other. Only pairs with minCustomers and minOwners are tested, ' +
  'and adjustedProbability is among them. More than 60,000,000 tested pairs, or 10,000,000 where SQL counts, are refused (limit.rows).';

export const pairsAnalysis = defineAnalysis({
  name: 'cross-sell.pairs',
  title: 'Which two products are held together, by how much more than chance',
  description:
    'One row per pair of items that enough customers hold both of; A is the one with fewer owners (of equal ones the first ' +
    `by id), so that confidence is the higher of the two. ${MEANING}${READING}`,
  params: PairsParams,
  row: PairRow,
  run: (params, context: RunContext) => pairRows(params, context),
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty:
    'no two items are held by so many customers: ask for less by minCustomers or minOwners, or for ownership=ever',
  chart: { mark: 'network', x: 'itemA', y: 'itemB', color: 'phi' },
  otherCharts: [{ mark: 'heatmap', x: 'itemB', y: 'itemA', color: 'phi' }],
  examples: [
    { title: 'Products that are held together, by however few', params: { minCustomers: 1, limit: 20 } },
    {
      title: 'Categories ever held together, by cosine',
      params: { grain: 'category', ownership: 'ever', minCustomers: 1, sort: 'cosine', limit: 20 },
    },
    {
      title: 'Pairs of business customers, by how improbable they are',
      params: { customer: { customerType: 'business' }, minCustomers: 1, sort: 'probability', limit: 10 },
    },
  ],
});

export const pairsOfAnalysis = defineAnalysis({
  name: 'cross-sell.pairs-of',
  title: 'What owners of one product hold beside it',
  description:
    'One row per item B that enough owners of A hold, A being the product or the category that is named; confidence is the ' +
    `share of them that has B. The filter of products says which items are B. ${MEANING}${READING}`,
  params: PairsOfParams,
  row: PairRow,
  run: (params, context: RunContext) => pairRowsOf(params, context),
  readsSaved: true,
  countsLeftOut: true,
  subject: { table: 'products', param: 'productId' },
  whenEmpty: 'nothing is held beside it by so many customers: ask for less by minCustomers, or for ownership=ever',
  chart: { mark: 'bar', x: 'confidence', y: 'itemBName', color: 'phi' },
  otherCharts: [{ mark: 'network', x: 'itemA', y: 'itemB', color: 'phi' }],
  examples: [
    { title: 'Beside product P00001', params: { productId: 'P00001', minCustomers: 1 } },
    {
      title: 'Categories beside Electronics, by confidence',
      params: { grain: 'category', category: 'Electronics', sort: 'confidence', minCustomers: 1 },
    },
  ],
});

export const pairAnalyses = [pairsAnalysis, pairsOfAnalysis];
