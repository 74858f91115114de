import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { ItemsetRow, ItemsetsParams, RuleRow, RulesParams } from './model.ts';
import { itemsetRows, ruleRows } from './service.ts';

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
      params: { basket: 'customer-day', grain: 'category', minLength: 1, minSupport: 0.001 },
    },
  ],
});

export const rulesAnalysis = defineAnalysis({
  name: 'cross-sell.rules',
  title: 'Who has these products, how often has that one too',
  description:
    'One row per association rule: of the baskets with all items of the left side (antecedent), the share that has the ' +
    'item of the right side (consequent), too: confidence. Rules are made of all frequent itemsets of two items and more, ' +
    `with one item on the right (Agrawal, Imielinski and Swami 1993). ${BASKETS}A rule says what comes together, not what ` +
    'causes what; lift is highest for rare items, where chance is large: read it beside count, and do not rank by it. ' +
    `Redundant is as the R package arules defines it (improvement of 0 or less, Bayardo, Agrawal and Gunopulos 2000). ${EXACT}`,
  params: RulesParams,
  row: RuleRow,
  run: (params, context: RunContext) => ruleRows(params, context),
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'no rule has so much support, confidence and lift: ask for less of one of them',
  chart: { mark: 'point', x: 'support', y: 'confidence', color: 'lift' },
  examples: [
    { title: 'Which products customers have beside others', params: {} },
    {
      title: 'Rules that say more than shorter ones, the strongest first',
      params: { minSupport: 0.005, minConfidence: 0.3, minLift: 1.2, redundant: false, sort: 'leverage' },
    },
    {
      title: 'Which categories go with others over time',
      params: { grain: 'category', ownership: 'ever', minConfidence: 0.5, maxLength: 3 },
    },
  ],
});

export const basketAnalyses = [itemsetsAnalysis, rulesAnalysis];
