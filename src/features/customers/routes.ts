import { Type } from 'typebox';
import { defineAnalysis } from '../../analysis/define.ts';
import { allCustomers } from './queries.ts';
import { CustomerRow } from './model.ts';

export const customerList = defineAnalysis({
  name: 'customers.list',
  title: 'Customers, one row each',
  description: 'The customers of the catalog, with their extra attributes. Filter by any field, page with the cursor.',
  params: Type.Object({}),
  row: CustomerRow,
  sql: allCustomers,
  listing: { key: ['customerId'], sort: ['customerId'], search: ['customerId', 'customerName'] },
  attributesOf: 'customers',
  record: { param: 'customerId', missing: 'customer.not_found' },
  examples: [
    { title: 'The first customers by id', params: { limit: 10 } },
    {
      title: 'How many there are, in which regions and of which types',
      params: { limit: 1, total: true, facets: 'region,customerType' },
    },
  ],
  path: '/customers',
});
