import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

const asked = {
  ownership: param.ownership(),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

export const ProductsPerCustomerParams = Type.Object({
  asOf: param.pastDay(),
  from: param.from(),
  to: param.to(),
  ...asked,
});

export const CROSS_SELL_BY = ['none', 'customerType', 'region'] as const;

export const CrossSellParams = Type.Object({
  asOf: param.pastDay(),
  by: Type.Unsafe<(typeof CROSS_SELL_BY)[number]>(
    Type.String({
      enum: [...CROSS_SELL_BY],
      default: 'none',
      maxLength: 20,
      description: 'One row for all customers, or one for each kind of customer or each region.',
    }),
  ),
  ...asked,
});

export const ProductsPerCustomerRow = Type.Object({
  products: field.count('Different products that a customer has.', 'products'),
  customers: field.count('Customers who have so many.', 'customers'),
  share: field.rate('Part of all eligible customers.'),
  cumulativeShare: field.rate('Part of all eligible customers who have so many or fewer.'),
  value: field.amount('Revenue of the period from these customers.'),
  valueMean: field.number('Mean revenue of the period per customer.', 'currency per customer'),
  valueMedian: field.number('Median revenue of the period per customer.', 'currency per customer'),
});

export const CrossSellRow = Type.Object({
  groupValue: nullable(
    field.text('Kind of customer or region, as `by` says; null for by=none and where unknown.', 100),
  ),
  customers: field.count('Eligible customers.', 'customers'),
  withProducts: field.count('Customers with at least one product.', 'customers'),
  withSeveral: field.count('Customers with at least two different products.', 'customers'),
  productsPerCustomer: field.number('Different products per eligible customer, mean.', 'products'),
  productsPerOwner: nullable(
    field.number('Different products per customer with at least one, mean; null without.', 'products'),
  ),
  crossSellRate: nullable(field.rate('withSeveral / withProducts; null when nobody has a product.')),
});
