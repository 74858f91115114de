import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { EvaluationParams, EvaluationRow } from './model.ts';
import { evaluationRows } from './service.ts';

export const evaluationAnalysis = defineAnalysis({
  name: 'cross-sell.evaluation',
  title: 'Which way to say what customers start next finds most of it',
  description:
    'One row per model, and with `by` per group and model. Customers are split by time: models learn from what all ' +
    'customers had before the cut, rank all items that a customer did not have (none is sampled) and are measured by what ' +
    'the customer started from the cut on. Had means: ever started by then, and did not end before it started. Parameters ' +
    'are chosen on the split before, as long as this one, so that the figures are not of the data on which they were ' +
    'chosen. The winner is the chosen model of the highest NDCG whose gain over popularity is above 0 with its whole ' +
    'interval (paired bootstrap by customer, Efron 1979); popularity when there is none: meta.warnings says which and why. ' +
    'Filters of customers and segments choose who is evaluated, as of the day before the cut; models learn from everybody. ' +
    'A filter of products chooses what may be offered; what is started besides does not count. A good figure says what ' +
    'customers do by themselves, not what an offer changes.',
  params: EvaluationParams,
  row: EvaluationRow,
  run: (params, context: RunContext) => evaluationRows(params, context),
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty:
    'there is nobody to evaluate on: take an earlier cut or a smaller leastOwned, so that customers had something before it and started something else from then on',
  chart: { mark: 'bar', x: 'ndcg', y: 'model', color: 'isWinner' },
  examples: [
    { title: 'What finds the products that were started within 90 days', params: {} },
    {
      title: 'The first five products of a list, for each type of customer',
      params: { k: 5, by: 'type' },
    },
  ],
});

export const evaluationAnalyses = [evaluationAnalysis];
