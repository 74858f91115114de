import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { groupSizesInMemory, valuedSizesInMemory } from './in-memory.ts';
import { CrossSellParams, CrossSellRow, ProductsPerCustomerParams, ProductsPerCustomerRow } from './model.ts';
import { crossSellRate, productsPerCustomer } from './queries.ts';

const MEANING =
  'Eligible are the customers asked about who registered by asOf, or without registration date, or who have something all ' +
  'the same. Products are counted once for each customer, however many relationships stand behind them: with ' +
  'ownership=active those that hold on asOf (start_date <= asOf < end_date), with ownership=ever all that started by then ' +
  'and did not end before they started.';
const TABLES = Object.freeze(['customer_products', 'customers', 'products']);
const WHEN_EMPTY = 'no customer is asked about who was registered by asOf';

export const productsPerCustomerAnalysis = defineAnalysis({
  name: 'portfolio.products-per-customer',
  title: 'How many customers have how many products',
  description:
    `${MEANING} One row per number of products that occurs, 0 too. value is the revenue of [from, to) from these ` +
    'customers, with all that is asked about, whether it holds on asOf or not; valueMean and valueMedian are per customer.',
  params: ProductsPerCustomerParams,
  row: ProductsPerCustomerRow,
  sql: (params, kit) => productsPerCustomer(params, kit),
  lookup: {
    reads: TABLES,
    rows: async (params, context: RunContext) => {
      const sizes = await valuedSizesInMemory(params, context);
      return sizes && context.query(productsPerCustomer(params, context, sizes));
    },
  },
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'products', y: 'customers' },
  examples: [
    { title: 'Now, with the value of the last 12 months', params: {} },
    { title: 'All that customers ever had by the end of 2023', params: { asOf: '2023-12-31', ownership: 'ever' } },
  ],
});

export const crossSellRateAnalysis = defineAnalysis({
  name: 'portfolio.cross-sell-rate',
  title: 'What share of customers has more than one product',
  description:
    `${MEANING} crossSellRate = customers with at least two products / customers with at least one. ` +
    'productsPerCustomer is the mean over all eligible customers, productsPerOwner over those with a product.',
  params: CrossSellParams,
  row: CrossSellRow,
  sql: (params, kit) => crossSellRate(params, kit),
  lookup: {
    reads: TABLES,
    rows: async (params, context: RunContext) => {
      const sizes = await groupSizesInMemory(params, context);
      return sizes && context.query(crossSellRate(params, context, sizes));
    },
  },
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'groupValue', y: 'crossSellRate' },
  examples: [
    { title: 'Now', params: {} },
    { title: 'By region, all that customers ever had', params: { by: 'region', ownership: 'ever' } },
  ],
});
