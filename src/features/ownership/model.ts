import { Type } from 'typebox';
import { field, nullable, param } from '../../analysis/fields.ts';

const grain = Type.Unsafe<'product' | 'relationship'>(
  Type.String({
    enum: ['product', 'relationship'],
    default: 'product',
    maxLength: 20,
    description: 'One row per product (or customer), or one per relationship.',
  }),
);

export const ProductsOfCustomerParams = Type.Object({
  customerId: field.id('The customer.'),
  asOf: param.asOf(),
  ownership: param.ownership(),
  grain,
});

export const CustomersOfProductParams = Type.Object({
  productId: field.id('The product.'),
  asOf: param.asOf(),
  ownership: param.ownership(),
  grain,
});

/** What all ownership rows say about the relationships behind them. */
const holding = {
  relationships: field.count('Relationships that the row stands for.'),
  relationshipType: nullable(field.text('Kind of relationship; the alphabetically first one at grain=product.', 50)),
  firstStart: nullable(field.day('Earliest start among them.')),
  lastStart: nullable(field.day('Latest start among them.')),
  endDate: nullable(field.day('First day on which none of them holds any more; null while one is open.')),
  isActive: field.flag('Whether one of them holds on asOf.'),
  valueOnce: field.amount('Sum of value over those whose value is an amount on the start date.'),
  valueMonthly: field.amount('Sum of value over those that are active on asOf and whose value is an amount per month.'),
};

const relationshipId = nullable(field.id('The relationship, at grain=relationship; null at grain=product.'));

export const OwnedProductRow = Type.Object({
  productId: field.id('The product.'),
  productName: nullable(field.text('Name of the product; null when no product has this id.')),
  productCategory: nullable(field.text('Category of the product.', 100)),
  productType: nullable(field.text('Kind of product.', 50)),
  productStatus: nullable(field.text('Standing of the product.', 20)),
  relationshipId,
  ...holding,
});

export const OwnerRow = Type.Object({
  customerId: field.id('The customer.'),
  customerName: nullable(field.text('Name of the customer; null when no customer has this id.')),
  customerType: nullable(field.text('Kind of customer.', 50)),
  region: nullable(field.text('Region of the customer.', 100)),
  customerStatus: nullable(field.text('Standing of the customer.', 20)),
  relationshipId,
  ...holding,
});

export const OwnershipLookupParams = Type.Object({
  customerIds: Type.Optional(
    Type.Array(field.id('A customer.'), {
      minItems: 1,
      maxItems: 1_000_000,
      description: 'Customers whose products are asked; either these or productIds.',
    }),
  ),
  productIds: Type.Optional(
    Type.Array(field.id('A product.'), {
      minItems: 1,
      maxItems: 1_000_000,
      description: 'Products whose customers are asked; either these or customerIds.',
    }),
  ),
  asOf: param.asOf(),
  ownership: param.ownership(),
});

export const OwnershipPairRow = Type.Object({
  customerId: field.id('The customer.'),
  productId: field.id('The product.'),
  ...holding,
});

export const SummaryParams = Type.Object({ asOf: param.asOf() });

export const SummaryRow = Type.Object({
  customers: field.count('Customers in the table.', 'customers'),
  products: field.count('Products in the table.', 'products'),
  relationships: field.count('Relationships in the table.', 'relationships'),
  activeRelationships: field.count('Relationships that hold on asOf.', 'relationships'),
  owners: field.count('Customers with at least one active relationship.', 'customers'),
  everOwners: field.count('Customers with at least one relationship that started by asOf.', 'customers'),
  ownedProducts: field.count('Products with at least one active relationship.', 'products'),
  relationshipsPerOwner: nullable(
    field.number('Active relationships per owner, mean; null without owners.', 'relationships'),
  ),
  withoutStart: field.count('Relationships without start_date: active on no day.', 'relationships'),
  endsBeforeStart: field.count('Relationships that end before they start: active on no day.', 'relationships'),
  unknownCustomers: field.count('Customer ids of relationships that no customer has.', 'customers'),
  unknownProducts: field.count('Product ids of relationships that no product has.', 'products'),
});
