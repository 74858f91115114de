import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { sourcesInMemory } from './in-memory.ts';
import { CategoriesParams, CategoryRow, ProductRow, ProductsParams } from './model.ts';
import { portfolioCategories, portfolioProducts } from './queries.ts';

const MEANING =
  'Relationships count that started by asOf and did not end before they started. Owners are customers with a row: ' +
  '`owners` had it by asOf, `activeOwners` have it on asOf (start_date <= asOf < end_date). penetration = owners of the ' +
  'kind that `ownership` names / eligibleCustomers; eligible are the customers asked about who registered by asOf, or ' +
  'without registration date, or who have something all the same. value is the revenue of [from, to): amounts on a start ' +
  'date in it, and amounts per month times the months (parts by days) in which they are active; of customers without a ' +
  'row too. growth compares with the period of the same length right before.';

const TABLES = Object.freeze(['customer_products', 'customers', 'products']);
const WHEN_EMPTY = 'no product is asked about: the filter keeps none';

export const productsAnalysis = defineAnalysis({
  name: 'portfolio.products',
  title: 'What each product has of customers and value',
  description: `${MEANING} One row per product asked about, and per product id of a relationship that no product has; the highest value first.`,
  params: ProductsParams,
  row: ProductRow,
  sql: (params, kit) => portfolioProducts(params, kit),
  lookup: {
    reads: TABLES,
    rows: async (params, context: RunContext) => {
      const sources = await sourcesInMemory('product', params, context);
      return sources && context.query(portfolioProducts(params, context, sources));
    },
  },
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'value', y: 'productName' },
  examples: [
    { title: 'The ten products of the highest value of the last 12 months', params: { limit: 10 } },
    {
      title: 'All who ever had them, among businesses, second half of 2023',
      params: {
        asOf: '2023-12-31',
        from: '2023-07-01',
        to: '2024-01-01',
        ownership: 'ever',
        customer: { customerType: 'business' },
      },
    },
  ],
});

export const categoriesAnalysis = defineAnalysis({
  name: 'portfolio.categories',
  title: 'What each product category has of customers and value',
  description: `${MEANING} A customer with several products of a category is one owner of it. Products without category, and product ids that no product has, are a row of their own: productCategory null.`,
  params: CategoriesParams,
  row: CategoryRow,
  sql: (params, kit) => portfolioCategories(params, kit),
  lookup: {
    reads: TABLES,
    rows: async (params, context: RunContext) => {
      const sources = await sourcesInMemory('category', params, context);
      return sources && context.query(portfolioCategories(params, context, sources));
    },
  },
  whenEmpty: WHEN_EMPTY,
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'value', y: 'productCategory' },
  examples: [
    { title: 'The last 12 months', params: {} },
    {
      title: 'Products that are active, in 2023',
      params: { from: '2023-01-01', to: '2024-01-01', product: { status: 'active' } },
    },
  ],
});
