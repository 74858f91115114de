import { Type } from 'typebox';
import { field, nullable } from '../../analysis/fields.ts';

const DatasetColumn = Type.Object(
  {
    name: field.text('Column, as analyses name it.', 300),
    type: field.choice('Type of its values in answers.', [
      'text',
      'integer',
      'decimal',
      'double',
      'boolean',
      'date',
      'timestamp',
      'json',
    ]),
    engineType: field.text("The warehouse's own type.", 300),
    unit: nullable(field.text('What it counts or measures.', 50)),
    isPersonal: field.flag('Whether it says who somebody is.'),
    description: field.text('What it holds.', 1000),
  },
  { additionalProperties: false },
);

export const DatasetRow = Type.Object({
  name: field.text('Name of the dataset.', 300),
  kind: field.choice(
    'managed: stored by us; mapped: a table of the warehouse; derived: a select; file: a CSV, JSON or Parquet file.',
    ['managed', 'mapped', 'derived', 'file'],
  ),
  isCore: field.flag('Whether it is one of customers, products, customer_products.'),
  description: field.text('What it holds.', 1000),
  rows: nullable(field.count('Rows; null when they could not be counted, see problem.')),
  problem: nullable(field.text('Why it cannot be read now.', 300)),
  columns: Type.Array(DatasetColumn, { maxItems: 10_000, description: 'Its columns.' }),
});
