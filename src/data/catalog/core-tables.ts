import type { WireType } from '../warehouse/port.ts';
import type { CoreTableName } from './model.ts';

export type CoreColumn = {
  name: string;
  type: WireType;
  engineType: string;
  description: string;
  maxLength?: number;
  isRequired?: true;
  isPersonal?: true;
};
export type CoreTable = {
  name: CoreTableName;
  key: string;
  label: string;
  description: string;
  columns: readonly CoreColumn[];
};

/** The three tables of the service, names and types as everybody may rely on them. `isRequired`: not null when we store the row. */
export const CORE_TABLES: Readonly<Record<CoreTableName, CoreTable>> = {
  customers: {
    name: 'customers',
    key: 'customer_id',
    label: 'customer_name',
    description: 'One row per customer.',
    columns: [
      text('customer_id', 50, 'Identifies the customer.', { isRequired: true }),
      text('customer_name', 255, 'Name of the person or company.', { isPersonal: true }),
      text('customer_type', 50, 'Kind of customer, such as business or consumer.'),
      text('region', 100, 'Region or country that the customer belongs to.'),
      day('registration_date', 'Day on which the customer registered.'),
      text('status', 20, 'Standing of the customer, such as active.'),
    ],
  },
  products: {
    name: 'products',
    key: 'product_id',
    label: 'product_name',
    description: 'One row per product.',
    columns: [
      text('product_id', 50, 'Identifies the product.', { isRequired: true }),
      text('product_name', 255, 'Name of the product.'),
      text('product_category', 100, 'Category that the product is filed under.'),
      text('product_type', 50, 'Kind of product within or across categories.'),
      day('launch_date', 'Day from which the product was sold.'),
      text('status', 20, 'Standing of the product, such as active or discontinued.'),
    ],
  },
  customer_products: {
    name: 'customer_products',
    key: 'relationship_id',
    label: 'relationship_id',
    description: 'One row per relationship of a customer with a product: a purchase or a subscription.',
    columns: [
      text('relationship_id', 50, 'Identifies the relationship.', { isRequired: true }),
      text('customer_id', 50, 'The customer.', { isRequired: true }),
      text('product_id', 50, 'The product.', { isRequired: true }),
      text('relationship_type', 50, 'Kind of relationship, such as purchase or subscription.'),
      day('start_date', 'First day of the relationship.'),
      day('end_date', 'First day on which it no longer holds; empty while it is open.'),
      {
        name: 'value',
        type: 'decimal',
        engineType: 'DECIMAL(15,2)',
        description:
          'Amount in the currency of the data: once on start_date, or per month while active, as the catalog says for the relationship_type.',
      },
    ],
  },
};

export const CORE_TABLE_NAMES = Object.freeze(Object.keys(CORE_TABLES)) as readonly CoreTableName[];

export function isCoreTable(name: string): name is CoreTableName {
  return Object.hasOwn(CORE_TABLES, name);
}

function text(name: string, maxLength: number, description: string, more: Partial<CoreColumn> = {}): CoreColumn {
  return { name, type: 'text', engineType: `VARCHAR(${maxLength})`, description, maxLength, ...more };
}
function day(name: string, description: string): CoreColumn {
  return { name, type: 'date', engineType: 'DATE', description };
}
