import { Type } from 'typebox';
import { field, nullable } from '../../analysis/fields.ts';

export const ProductRow = Type.Object({
  productId: field.id('Identifies the product.'),
  productName: nullable(field.text('Name of the product.')),
  productCategory: nullable(field.text('Category that the product is filed under.', 100)),
  productType: nullable(field.text('Kind of product within or across categories.', 50)),
  launchDate: nullable(field.day('Day from which the product was sold.')),
  status: nullable(field.text('Standing of the product, such as active or discontinued.', 20)),
  attributes: field.attributes(),
});
