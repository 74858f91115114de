import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { ItemsetRow, ItemsetsParams } from './model.ts';
import { itemsetRows } from './service.ts';

const BASKETS =
  'A basket holds each item once, and is counted when it holds any item that is asked about: filters of customers and ' +
  'products come first, and support is of what they leave. At basket=customer it is what the customer has on asOf ' +
  '(ownership=ever: what started by then); otherwise relationships count that start in [from, to). ';
const EXACT =
  'The search is exact and complete unless meta.truncated says which bound ended it; what was found then is exact too, ' +
  'and each set with all its subsets. More than 30,000,000 relationships or 5,000,000 customers are refused (limit.rows).';

export const itemsetsAnalysis = defineAnalysis({
  name: 'cross-sell.itemsets',
  title: 'Which products are together in many baskets',
  description:
    'One row per frequent itemset: items that are together in at least minSupport of the baskets, and at least minCount of ' +
    `them. ${BASKETS}Sets of more items are never more frequent than their parts, so that a low support finds very many. ${EXACT}`,
  params: ItemsetsParams,
  row: ItemsetRow,
  run: (params, context: RunContext) => itemsetRows(params, context),
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'no items are together in so many baskets: ask for less support',
  chart: { mark: 'point', x: 'support', y: 'lift', color: 'length' },
  examples: [
    { title: 'Products that customers have together', params: {} },
    {
      title: 'Categories that are bought on one day',
      params: { basket: 'customer-day', grain: 'category', minSupport: 0.001, sort: 'lift' },
    },
  ],
});

export const basketAnalyses = [itemsetsAnalysis];
