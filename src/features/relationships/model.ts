import { Type } from 'typebox';
import { field, nullable } from '../../analysis/fields.ts';

export const RelationshipRow = Type.Object({
  relationshipId: field.id('Identifies the relationship.'),
  customerId: field.id('The customer.'),
  productId: field.id('The product.'),
  relationshipType: nullable(field.text('Kind of relationship, such as purchase or subscription.', 50)),
  startDate: nullable(field.day('First day of the relationship.')),
  endDate: nullable(field.day('First day on which it no longer holds; null while it is open.')),
  value: nullable(field.amount('Amount: see valueKind.')),
  valueKind: field.choice('once: value is an amount on startDate; monthly: an amount per month while active.', [
    'once',
    'monthly',
  ]),
  attributes: field.attributes(),
});
