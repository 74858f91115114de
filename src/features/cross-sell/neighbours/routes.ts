import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { AllNeighboursParams, NeighbourRow, NeighboursParams, NO_NEIGHBOURS } from './model.ts';
import { allNeighbours, neighbourRows } from './service.ts';

const MEANING =
  'weight of i for j = sum over the customers with both of 1 / d^alpha, divided by the customers with i to the power of ' +
  'alpha and those with j to the power of beta, where d is how many products a customer has: three steps of a random walk ' +
  'from product to customer to product, with popular products held down (rp3beta: Paudel, Christoffel, Newell and ' +
  'Bernstein 2017). cosine = customers with both / the square root of the product of those with i and those with j. ' +
  'Customers have what they ever started by asOf and what did not end before it started, however many relationships that ' +
  'are. Ties go by id. A weight says what comes together, not what causes what. Which model finds most is said by ' +
  'cross-sell.evaluation.';

export const neighboursAnalysis = defineAnalysis({
  name: 'cross-sell.neighbours',
  title: 'Which products a product speaks for',
  description: `One row per neighbour of the product, the strongest first. ${MEANING}`,
  params: NeighboursParams,
  row: NeighbourRow,
  run: (params, context: RunContext) => neighbourRows(params, context),
  subject: { table: 'products', param: 'productId' },
  countsLeftOut: true,
  whenEmpty: 'no customer has the product beside another one',
  chart: { mark: 'bar', x: 'weight', y: 'neighbourName' },
  examples: [
    { title: 'The ten strongest neighbours of product P00001', params: { productId: 'P00001' } },
    { title: 'By cosine', params: { productId: 'P00001', model: 'cosine', most: 5 } },
  ],
  path: '/products/{productId}/neighbours',
});

export const allNeighboursAnalysis = defineAnalysis({
  name: 'cross-sell.all-neighbours',
  title: 'Which products each product speaks for',
  description: `One row per product and neighbour, in the order of product ids, the strongest first; rows are streamed. ${MEANING}`,
  params: AllNeighboursParams,
  row: NeighbourRow,
  batches: (params, context: RunContext) => allNeighbours(params, context),
  delivery: 'stream',
  countsLeftOut: true,
  whenEmpty: NO_NEIGHBOURS,
  chart: { mark: 'heatmap', x: 'productName', y: 'neighbourName', color: 'weight' },
  examples: [
    { title: 'The three strongest neighbours of each product', params: { most: 3 } },
    { title: 'The popular held down more', params: { most: 3, alpha: 1, beta: 0.6 } },
  ],
});

export const neighbourAnalyses = [neighboursAnalysis, allNeighboursAnalysis];
