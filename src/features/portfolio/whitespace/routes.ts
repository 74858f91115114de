import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { customerWhitespace } from './customer-sql.ts';
import { CustomerWhitespaceParams, CustomerWhitespaceRow, WhitespaceParams, WhitespaceRow } from './model.ts';
import { whitespace } from './queries.ts';
import { customerWhitespaceInMemory, whitespaceInMemory } from './service.ts';

const MEANING =
  'Eligible are the customers who registered by asOf, or without registration date, or who have something all the same; ' +
  'products are those asked about that were launched by asOf, have no launch_date, or are owned all the same. An owner has ' +
  'a relationship that holds on asOf (ownership=ever: that started by then and did not end before it started). P(buy) of a ' +
  'customer without the product, who has k products: of the customers of the segment with at least k products other than ' +
  'this one, the share who own it. medianValue is the median over the owners in the segment of the revenue of a customer ' +
  'with the product up to and including asOf, also of relationships that have ended. Other products are counted among all, ' +
  'whatever the product filter keeps, each once.';

export const whitespaceAnalysis = defineAnalysis({
  name: 'portfolio.whitespace',
  title: 'Which products which segments do not have, and what that may be worth',
  description:
    `${MEANING} One row per segment and product, the highest value first: gap = customers without it, probability = mean of ` +
    'P(buy) over them, value = sum of P(buy) x medianValue over them. It says what they would bring if they bought like ' +
    'those of their segment who have as much: no forecast, and no proof that an offer helps. Segments are of all ' +
    'customers; the customer filter chooses who of them is looked at and compared with.',
  params: WhitespaceParams,
  row: WhitespaceRow,
  run: async (params, context: RunContext) =>
    (await whitespaceInMemory(params, context)) ?? context.query(whitespace(params, context)),
  whenEmpty: 'there is no customer of whom the filters hold, or no product on sale',
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'heatmap', x: 'segment', y: 'productName', color: 'value' },
  examples: [
    { title: 'The twenty most valuable gaps of value tiers', params: { limit: 20 } },
    {
      title: 'Active products by region, among businesses',
      params: {
        by: 'region',
        customer: { customerType: 'business' },
        product: { status: 'active' },
        limit: 20,
      },
    },
    {
      title: 'Lifecycle stages, by what customers ever had',
      params: { by: 'lifecycle', ownership: 'ever', limit: 20 },
    },
  ],
});

export const customerWhitespaceAnalysis = defineAnalysis({
  name: 'portfolio.whitespace-customer',
  title: 'Which products a customer does not have, those that may bring most first',
  description:
    `${MEANING} One row per product that the customer does not own, within the segment of the customer, the highest value ` +
    'first: value = P(buy) x medianValue. What the customer had before counts as owned with ownership=ever only.',
  params: CustomerWhitespaceParams,
  row: CustomerWhitespaceRow,
  run: async (params, context: RunContext) =>
    (await customerWhitespaceInMemory(params, context)) ?? context.query(customerWhitespace(params, context)),
  subject: { table: 'customers', param: 'customerId' },
  whenEmpty: 'the customer has every product on sale, or is not eligible by asOf',
  readsSaved: true,
  countsLeftOut: true,
  chart: { mark: 'bar', x: 'value', y: 'productName' },
  examples: [
    { title: 'The ten most valuable gaps of customer C0000001', params: { customerId: 'C0000001', limit: 10 } },
    {
      title: 'Among customers of the same region, active products',
      params: { customerId: 'C0000001', by: 'region', product: { status: 'active' }, limit: 10 },
    },
  ],
  path: '/customers/{customerId}/whitespace',
});
