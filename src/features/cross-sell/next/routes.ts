import { defineAnalysis } from '../../../analysis/define.ts';
import { listsOfAll } from './all-customers.ts';
import {
  AllCustomersParams,
  BasketParams,
  CustomerListRow,
  CustomerNextProductRow,
  NextProductRow,
  NextProductsOfManyParams,
  NextProductsParams,
} from './model.ts';
import { nextForBasket, nextProducts, nextProductsOfMany } from './service.ts';

const MEANING =
  'A product scores by the products that the customer has or had: the sum of their weights as neighbours, learned from ' +
  'who has what together. Which model is served, popularity among them, was decided by an evaluation on the last 90 days ' +
  'of the data (cross-sell.evaluation); meta.warnings says which and why. What is missing of a list is filled up with the ' +
  'products of most customers. Only products are offered that have a row, the asked status and no relationship with the ' +
  'customer so far. The model may be some writes old, what the customer has never is.';

export const nextProductsAnalysis = defineAnalysis({
  name: 'cross-sell.next-products',
  title: 'What to offer a customer next',
  description: MEANING,
  params: NextProductsParams,
  row: NextProductRow,
  run: nextProducts,
  lane: 'fast',
  whenEmpty: 'no product may be offered: the customer has all that the status, the filter and the exclusions leave',
  chart: { mark: 'bar', x: 'score', y: 'productName' },
  examples: [
    { title: 'Ten products for customer C0000001', params: { customerId: 'C0000001' } },
    {
      title: 'Three more, of any status, for customer C0000002',
      params: { customerId: 'C0000002', limit: 3, status: 'any', repeat: true },
    },
  ],
  path: '/customers/{customerId}/next-products',
});

export const nextProductsOfManyAnalysis = defineAnalysis({
  name: 'cross-sell.next-products-of-customers',
  title: 'What to offer each of many customers next',
  description: `${MEANING} Lists follow each other in the order of customerIds.`,
  params: NextProductsOfManyParams,
  row: CustomerNextProductRow,
  run: nextProductsOfMany,
  lane: 'fast',
  whenEmpty: 'no product may be offered to any of the customers',
  chart: { mark: 'table' },
  examples: [
    {
      title: 'Three products for each of two customers',
      params: { customerIds: ['C0000001', 'C0000002'], limit: 3 },
    },
  ],
  path: '/customers/next-products',
  method: 'POST',
});

export const basketAnalysis = defineAnalysis({
  name: 'cross-sell.next-products-for-basket',
  title: 'What to offer somebody who has these products',
  description: `${MEANING} Here the customer is nobody: what is in the basket counts as owned.`,
  params: BasketParams,
  row: NextProductRow,
  run: nextForBasket,
  lane: 'fast',
  whenEmpty: 'no product may be offered: the status, the filter and the exclusions leave none',
  chart: { mark: 'bar', x: 'score', y: 'productName' },
  examples: [
    { title: 'Beside product P00001', params: { productIds: ['P00001'], limit: 5 } },
    { title: 'For somebody who has nothing yet', params: { limit: 5 } },
  ],
  path: '/next-products',
  method: 'POST',
});

export const allCustomersAnalysis = defineAnalysis({
  name: 'cross-sell.recommendations',
  title: 'What to offer every customer next',
  description: `${MEANING} All customers that are asked about, by id, as a stream: take ndjson or csv for many.`,
  params: AllCustomersParams,
  row: CustomerListRow,
  batches: listsOfAll,
  delivery: 'stream',
  readsSaved: true,
  whenEmpty: 'no customer is asked about, or no product may be offered',
  chart: { mark: 'table' },
  examples: [
    { title: 'Three products for every business', params: { limit: 3, customer: { customerType: 'business' } } },
    { title: 'One for every customer', params: { limit: 1 } },
  ],
});

export const nextAnalyses = [nextProductsAnalysis, nextProductsOfManyAnalysis, basketAnalysis, allCustomersAnalysis];
