import { Type } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

/** What journeys are made of: single products, or their categories. */
export type Grain = 'product' | 'category';

const grain = (byDefault: Grain) =>
  Type.Unsafe<Grain>(
    Type.String({
      enum: ['product', 'category'],
      default: byDefault,
      maxLength: 20,
      description:
        'What an item is: a product, or a product category (products without a row or without a category are in none).',
    }),
  );

const limit = (byDefault: number, what: string) =>
  Type.Integer({ minimum: 1, maximum: 10_000, default: byDefault, description: `Most ${what}.`, 'x-unit': 'rows' });

const asked = {
  customer: population.customer(),
  segment: population.segment(),
  product: population.product(),
};

/** The period of the first starts of analyses that look at everybody unless one is given. */
const cohort = {
  from: param.from('First day of the period in which the first start of a customer lies. Default: no bound.'),
  to: param.to('First day after that period, at most the day after asOf. Default: the day after asOf.'),
};

const item = {
  itemId: field.text('The product id, or the category.', 100),
  itemName: nullable(field.text('Name of the product, null when no product has this id; or the category again.')),
};

export const AttachRateParams = Type.Object({
  grain: grain('product'),
  productId: Type.Optional(field.id('The product that comes first; needed at grain=product.')),
  category: Type.Optional(field.text('The category that comes first; needed at grain=category.', 100)),
  days: Type.Integer({
    minimum: 0,
    maximum: 3650,
    default: 30,
    description: 'Length of the window after the first start; at 0 it is the day itself.',
    'x-unit': 'days',
  }),
  asOf: param.pastDay(),
  from: param.from('First day of the period in which the first start of A lies. Default: a year before `to`.'),
  to: param.to('First day after that period, at most the day after asOf. Default: the day after asOf.'),
  ...asked,
  limit: limit(50, 'rows, those with the highest rate'),
});

export const AttachRateRow = Type.Object({
  ...item,
  base: field.count('Customers whose first start of A lies in the period and whose window is complete.', 'customers'),
  baseIncomplete: field.count('Customers who started A in the period but whose window ends after asOf.', 'customers'),
  attached: field.count('Customers of the base with a start of the item within their window.', 'customers'),
  rate: field.rate('attached / base.'),
  ownedBefore: field.count(
    'Customers of the base with a start of the item before their first start of A.',
    'customers',
  ),
});

export const EntryProductsParams = Type.Object({
  grain: grain('product'),
  asOf: param.pastDay(),
  ...cohort,
  ...asked,
  limit: limit(100, 'rows, the most frequent items'),
});

export const EntryProductsRow = Type.Object({
  ...item,
  customers: field.count('Customers who started with the item on their first day.', 'customers'),
  share: field.rate('customers / all customers with a first day in the period.'),
  alone: field.count('Customers for whom it was the only item of their first day.', 'customers'),
  continued: field.count('Customers with another start, of any item, on a later day.', 'customers'),
  continuationRate: field.rate('continued / customers.'),
  medianDaysToNext: nullable(
    field.number('Median days to the next start of those who continued; null for nobody.', 'days'),
  ),
});

export const AdoptionPathsParams = Type.Object({
  grain: grain('category'),
  length: Type.Integer({
    minimum: 1,
    maximum: 4,
    default: 3,
    description: 'Longest path.',
    'x-unit': 'items',
  }),
  asOf: param.pastDay(),
  ...cohort,
  ...asked,
  minCustomers: Type.Integer({
    minimum: 1,
    maximum: 1_000_000_000,
    default: 1,
    description: 'Only paths that so many customers take.',
    'x-unit': 'customers',
  }),
  limit: limit(100, 'rows, the most frequent paths'),
});

export const AdoptionPathsRow = Type.Object({
  path: Type.Array(Type.String({ maxLength: 100 }), {
    maxItems: 4,
    description: 'Product ids, or categories, in the order of their first starts; by id within a day.',
  }),
  length: Type.Integer({ minimum: 1, maximum: 4, description: 'Items of the path.', 'x-unit': 'items' }),
  customers: field.count('Customers whose first adoptions are these, in this order.', 'customers'),
  share: field.rate('customers / all customers with a first start in the period.'),
  continued: field.count('Customers among them who adopted a further item later.', 'customers'),
  continuationRate: field.rate('continued / customers.'),
});

export const LaunchParams = Type.Object({
  owners: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000_000_000 }), {
    minItems: 1,
    maxItems: 10,
    default: [1, 10, 100, 1000],
    description: 'Numbers of owners that are looked for, each once.',
    'x-unit': 'customers',
  }),
  asOf: param.pastDay(),
  ...asked,
});

export const LaunchRow = Type.Object({
  productId: field.id('The product.'),
  productName: nullable(field.text('Name of the product.')),
  launchDate: field.day('Day from which it was sold.'),
  owners: field.count('The number of owners that is looked for.', 'customers'),
  reachedOn: nullable(field.day('Day on which so many customers had started it; null when they have not by asOf.')),
  days: nullable(
    field.number('Days from launch to that day; negative when it came before; null when not reached.', 'days'),
  ),
  ownersByAsOf: field.count('Customers who have started it by asOf.', 'customers'),
  startedBeforeLaunch: field.count('Customers among them whose first start lies before the launch.', 'customers'),
});
