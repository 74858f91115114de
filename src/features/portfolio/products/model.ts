import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

const shared = {
  asOf: param.pastDay(),
  from: param.from(),
  to: param.to(),
  ownership: param.ownership(),
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

export const ProductsParams = Type.Object({
  ...shared,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Only so many products, those of the highest value. Default: all. Shares are of all of them.',
    }),
  ),
});

export const CategoriesParams = Type.Object(shared);

/** What is said of a product and of a category alike. */
const measures = {
  owners: field.count('Customers with a row who had it by asOf, whether they still have it or not.', 'customers'),
  activeOwners: field.count('Customers with a row who have it on asOf.', 'customers'),
  penetration: nullable(
    field.rate('Share of eligible customers who own it, as `ownership` says; null when nobody is eligible.'),
  ),
  eligibleCustomers: field.count('Customers who could own it: the denominator of penetration.', 'customers'),
  value: field.amount('Revenue of the period.'),
  valueBefore: field.amount('Revenue of the period of the same length right before.'),
  growth: nullable(
    field.number('value / valueBefore - 1; null when the period before brought nothing or less.', 'share'),
  ),
  share: nullable(field.number('Part of the value of all rows; null when that is 0 or less.', 'share')),
  monthlyValue: field.amount('Sum of the amounts per month that are active on asOf: the run rate.'),
};

const productCategory = nullable(field.text('Category of the product; null without one.', 100));

export const ProductRow = Type.Object({
  productId: field.id('The product.'),
  productName: nullable(field.text('Name of the product; null when no product has this id.')),
  productCategory,
  productType: nullable(field.text('Kind of product.', 50)),
  productStatus: nullable(field.text('Standing of the product.', 20)),
  ...measures,
});

export const CategoryRow = Type.Object({
  productCategory,
  products: field.count('Products of the category, with or without owners.', 'products'),
  ...measures,
});
