import { defineAnalysis } from '../../../analysis/define.ts';
import { concentrationInMemory } from './in-memory.ts';
import { AbcParams, AbcRow, ConcentrationParams, ConcentrationRow } from './model.ts';
import { portfolioAbc, portfolioConcentration } from './queries.ts';

const MEANING =
  'value is the revenue of [from, to) of relationships that started by asOf and did not end before they started: amounts ' +
  'on a start date in it, and amounts per month times the months in which they are active. Items of no or negative value ' +
  'are left out.';
const CLASSES =
  'Classes: by descending value, A while the cumulative share is at most 80 %, B up to 95 %, C after. An item that ' +
  'crosses a limit goes to the worse class, and equal values share the worse.';
const WHEN_EMPTY = 'nothing that is asked about has a positive value in the period';

export const concentrationAnalysis = defineAnalysis({
  name: 'portfolio.concentration',
  title: 'How concentrated the value is on customers, products and categories',
  description:
    `${MEANING} One row per dimension with at least one item left; itemsLeftOut says how many were not. ` +
    'With shares s of n items: hhi = 10,000 x sum of s^2, effectiveNumber = 1 / sum of s^2, normalisedHhi = ' +
    '(H - 1/n) / (1 - 1/n), gini = sum of (2k - n - 1) x_k / (n x sum of x) over ascending values x. What has no ' +
    `category is a category of its own. ${CLASSES}`,
  params: ConcentrationParams,
  row: ConcentrationRow,
  sql: portfolioConcentration,
  lookup: { reads: ['customer_products', 'customers', 'products'], rows: concentrationInMemory },
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'dimension', y: 'hhi' },
  examples: [
    { title: 'The last 12 months', params: {} },
    {
      title: 'Of businesses, 2023',
      params: { from: '2023-01-01', to: '2024-01-01', customer: { customerType: 'business' } },
    },
  ],
});

export const abcAnalysis = defineAnalysis({
  name: 'portfolio.abc',
  title: 'Which products or customers bring most of the value',
  description: `${MEANING} One row per item, for a Pareto chart of value and cumulativeShare. ${CLASSES}`,
  params: AbcParams,
  row: AbcRow,
  sql: portfolioAbc,
  listing: { key: ['itemId'], sort: ['-value'], search: ['itemId', 'itemName'] },
  lane: 'heavy',
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'line', x: 'rank', y: 'cumulativeShare', color: 'abcClass' },
  examples: [
    { title: 'Products of the last 12 months', params: {} },
    { title: 'Customers since 2022', params: { dimension: 'customers', from: '2022-01-01' } },
  ],
});
