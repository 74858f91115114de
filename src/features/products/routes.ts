import { Type } from 'typebox';
import { defineAnalysis } from '../../analysis/define.ts';
import { ProductRow } from './model.ts';
import { allProducts } from './queries.ts';

export const productList = defineAnalysis({
  name: 'products.list',
  title: 'Products, one row each',
  description: 'The products of the catalog, with their extra attributes. Filter by any field, page with the cursor.',
  params: Type.Object({}),
  row: ProductRow,
  sql: allProducts,
  listing: { key: ['productId'], sort: ['productId'], search: ['productId', 'productName'] },
  attributesOf: 'products',
  record: { param: 'productId', missing: 'product.not_found' },
  examples: [{ title: 'The first products by id', params: { limit: 10 } }],
  path: '/products',
});
