import { Type, type Static, type TProperties } from 'typebox';
import { DIRT, type DirtKind } from './dirt.ts';
import { DEMO_SIZES, type DemoSize } from './world.ts';

const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const text = (description: string) => Type.String({ maxLength: 1000, description });
const day = (description: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', maxLength: 10, description });
const month = (description: string) => Type.String({ pattern: '^\\d{4}-\\d{2}$', maxLength: 7, description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const positive = (description: string) => Type.Number({ minimum: 0, description });

const Rows = closed(
  { customers: count('Rows.'), products: count('Rows.'), customer_products: count('Rows.') },
  'Rows of the tables, dirty ones included.',
);

const SegmentTruth = closed(
  {
    name: text('Name, as in service.demo_segments.'),
    share: share('Planted share of the customers.'),
    customerType: text('customer_type of all its customers.'),
    favouriteCategories: Type.Array(text('Product category.'), { maxItems: 2, description: 'Chosen more often.' }),
    favouriteShare: share('Planted share of its relationships in the favourite categories, planted pairs left out.'),
    activityFactor: positive('Planted factor on the relationships that a customer starts.'),
    valueFactor: positive('Planted factor on the value of a relationship.'),
    hazardPerMonth: positive(
      'Planted rate per month (30.4375 days) at which a subscription ends, from its first day on.',
    ),
    realised: closed(
      {
        customers: count('Customers.'),
        relationships: count('Clean relationships: dated in the window, not ended before they start.'),
        favouriteShare: share('Of the clean relationships outside planted pairs.'),
        subscriptions: count('Clean subscriptions.'),
        ended: count('Of them, ended by the last day.'),
        exposureMonths: positive('Months (30.4375 days) that they were open until they ended or the last day.'),
        hazardPerMonth: positive('ended / exposureMonths.'),
      },
      'What came out.',
    ),
  },
  'A segment of customers.',
);

const PairTruth = closed(
  {
    first: text('product_id.'),
    second: text('product_id; bought 0 to 14 days after the first, on the same day by half of the customers.'),
    planted: closed(
      {
        both: share('Share of customers who have both.'),
        onlyFirst: share('Share of customers who have only the first.'),
        onlySecond: share('Share of customers who have only the second.'),
        lift: positive('both / ((both + onlyFirst) * (both + onlySecond)).'),
      },
      'Parameters.',
    ),
    realised: closed(
      {
        first: count('Customers who ever had the first.'),
        second: count('Customers who ever had the second.'),
        both: count('Customers who ever had both.'),
        expectedBoth: positive('first * second / customers: both, if the products had nothing to do with each other.'),
        lift: positive('both / expectedBoth.'),
      },
      'What came out; ever: with a start_date up to the last day.',
    ),
  },
  'Two products that are bought together.',
);

const Course = closed(
  {
    seasonalIndices: Type.Array(positive('Factor.'), { maxItems: 12, description: 'January to December; mean 1.' }),
    trendPerMonth: positive('Factor from one month to the next.'),
    changePoint: closed(
      { month: month('First month with the factor.'), factor: positive('Factor on all months from it on.') },
      'A lasting change of level.',
    ),
    months: Type.Array(
      closed(
        {
          month: month('Month.'),
          planted: positive('Relationships that the course asks for.'),
          realised: count('Relationships whose start_date is in the month.'),
        },
        'A month.',
      ),
      { maxItems: 48, description: 'From the first to the last month.' },
    ),
  },
  'Relationships started by month: planted = level * season * trend * change.',
);

const Baskets = closed(
  {
    sigma: positive('Planted spread of the lognormal activity within a segment.'),
    popularityShift: positive('Planted: weight of the product of rank k in its category is 1 / (k + shift), k from 1.'),
    realised: closed(
      { median: positive('Median.'), p90: positive('90th percentile.'), max: count('Largest.') },
      'Relationships per customer that has any.',
    ),
    topProduct: closed(
      { productId: text('product_id.'), relationships: count('Its relationships.') },
      'The most popular.',
    ),
  },
  'Skewed sizes of baskets and popularity of products.',
);

const Dirt = closed(
  {
    kind: Type.Enum(Object.keys(DIRT) as DirtKind[], { description: 'What is wrong.' }),
    table: text('Table that the rows are in.'),
    find: text('A select that gives the keys, and no others.'),
    keys: Type.Array(Type.String({ maxLength: 12 }), {
      maxItems: 100_000,
      description: 'Keys of the dirty rows, all of them.',
    }),
  },
  'One kind of dirty rows.',
);

/** What was planted in a demo database and what came out; demo-truth.json. */
export const DemoTruth = closed(
  {
    generator: Type.Literal(1, {
      description: 'Version of the generator; another one makes other rows of the same seed.',
    }),
    size: Type.Enum(Object.keys(DEMO_SIZES) as DemoSize[], { description: 'Size that was asked for.' }),
    seed: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'Seed that was asked for.' }),
    firstDay: day('First day of the window.'),
    lastDay: day('Last day of the window: the newest start_date that is not a mistake.'),
    rows: Rows,
    segments: Type.Array(SegmentTruth, {
      maxItems: 10,
      description: 'Segments; service.demo_segments has them by customer.',
    }),
    pairs: Type.Array(PairTruth, { maxItems: 100, description: 'Planted pairs.' }),
    course: Course,
    baskets: Baskets,
    dirt: Type.Array(Dirt, { maxItems: 50, description: 'All dirty rows, by kind. No row is of two kinds.' }),
  },
  'What was planted in the demo data, and what came out.',
);
export type DemoTruth = Static<typeof DemoTruth>;
