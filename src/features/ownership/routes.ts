import { defineAnalysis } from '../../analysis/define.ts';
import {
  CustomersOfProductParams,
  OwnedProductRow,
  OwnerRow,
  OwnershipLookupParams,
  OwnershipPairRow,
  ProductsOfCustomerParams,
  SummaryParams,
  SummaryRow,
} from './model.ts';
import { pageOfOwners } from './lookup-owners.ts';
import { batchesOfPairs } from './lookup-pairs.ts';
import { pageOfProducts } from './lookup.ts';
import { customersOfProduct, ownershipSummary, pairsOf, productsOfCustomer, unknownIds } from './queries.ts';
import { requireOneList, sayUnknown, sumsOrZero } from './service.ts';

const MEANING =
  'Active on asOf means start_date <= asOf and (no end_date or end_date > asOf). ownership=ever takes all that started by asOf. ' +
  'Relationships without start_date are in neither.';

export const productsOfCustomerAnalysis = defineAnalysis({
  name: 'ownership.products-of-customer',
  title: 'Which products a customer has',
  description: `${MEANING} A customer id that has relationships but no customer row is answered all the same.`,
  params: ProductsOfCustomerParams,
  row: OwnedProductRow,
  sql: productsOfCustomer,
  lookup: { reads: ['customer_products', 'products'], page: pageOfProducts },
  listing: { key: ['productId', 'relationshipId'], sort: ['productId'], search: ['productId', 'productName'] },
  subject: { table: 'customers', param: 'customerId' },
  examples: [{ title: 'Products that customer C0000001 has now', params: { customerId: 'C0000001' } }],
  path: '/customers/{customerId}/products',
});

export const customersOfProductAnalysis = defineAnalysis({
  name: 'ownership.customers-of-product',
  title: 'Which customers have a product',
  description: MEANING,
  params: CustomersOfProductParams,
  row: OwnerRow,
  sql: customersOfProduct,
  lookup: { reads: ['customer_products', 'customers'], page: pageOfOwners },
  listing: { key: ['customerId', 'relationshipId'], sort: ['customerId'], search: ['customerId', 'customerName'] },
  subject: { table: 'products', param: 'productId' },
  examples: [{ title: 'Customers who have product P00001 now', params: { productId: 'P00001' } }],
  path: '/products/{productId}/customers',
});

export const ownershipLookup = defineAnalysis({
  name: 'ownership.lookup',
  title: 'Who has what, for many customers or many products at once',
  description: `${MEANING} Rows are streamed in no order. Ids that do not exist are named in meta.warnings (header x-warnings for csv and ndjson).`,
  params: OwnershipLookupParams,
  row: OwnershipPairRow,
  sql: (params, kit) => pairsOf(requireOneList(params), kit),
  lookup: { reads: ['customer_products'], batches: batchesOfPairs },
  warn: { sql: (params, kit) => unknownIds(requireOneList(params), kit), say: sayUnknown },
  delivery: 'stream',
  examples: [{ title: 'Products of two customers', params: { customerIds: ['C0000001', 'C0000002'] } }],
  path: '/ownership',
  method: 'POST',
});

export const ownershipSummaryAnalysis = defineAnalysis({
  name: 'ownership.summary',
  title: 'How many customers own how much',
  description: `${MEANING} One row. owners and ownedProducts count customers and products that have a row of their own.`,
  params: SummaryParams,
  row: SummaryRow,
  sql: ownershipSummary,
  finish: sumsOrZero,
  examples: [
    { title: 'Now', params: {} },
    { title: 'At the start of 2025', params: { asOf: '2025-01-01' } },
  ],
});

export const ownershipAnalyses = [
  productsOfCustomerAnalysis,
  customersOfProductAnalysis,
  ownershipLookup,
  ownershipSummaryAnalysis,
];
