import { Type } from 'typebox';
import { defineAnalysis } from '../../analysis/define.ts';
import { RelationshipRow } from './model.ts';
import { allRelationships } from './queries.ts';

export const relationshipList = defineAnalysis({
  name: 'relationships.list',
  title: 'Relationships of customers with products, one row each',
  description: 'Purchases and subscriptions as they are stored. Filter by any field, page with the cursor.',
  params: Type.Object({}),
  row: RelationshipRow,
  sql: allRelationships,
  listing: { key: ['relationshipId'], sort: ['relationshipId'], search: ['relationshipId'] },
  attributesOf: 'customer_products',
  record: { param: 'relationshipId', missing: 'relationship.not_found' },
  examples: [{ title: 'The first relationships by id', params: { limit: 10 } }],
  path: '/relationships',
});
