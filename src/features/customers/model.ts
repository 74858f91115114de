import { Type } from 'typebox';
import { field, nullable } from '../../analysis/fields.ts';

export const CustomerRow = Type.Object({
  customerId: field.id('Identifies the customer.'),
  customerName: nullable(field.text('Name of the person or company.')),
  customerType: nullable(field.text('Kind of customer, such as business or consumer.', 50)),
  region: nullable(field.text('Region or country that the customer belongs to.', 100)),
  registrationDate: nullable(field.day('Day on which the customer registered.')),
  status: nullable(field.text('Standing of the customer, such as active.', 20)),
  attributes: field.attributes(),
});
