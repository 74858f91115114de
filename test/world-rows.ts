/** A row of a core table as the database stores it; what is left out is null. */
export type Stored = Readonly<Record<string, string | number | boolean | null>>;
export type WorldRows = {
  readonly customers: readonly Stored[];
  readonly products: readonly Stored[];
  readonly customer_products: readonly Stored[];
};

const customer = (customer_id: string, customer_name: string | null, more: Stored = {}): Stored => ({
  customer_id,
  customer_name,
  ...more,
});
const product = (product_id: string, product_name: string, more: Stored = {}): Stored => ({
  product_id,
  product_name,
  ...more,
});
const held = (
  relationship_id: string,
  customer_id: string,
  product_id: string,
  start_date: string | null,
  end_date: string | null,
  more: Stored = {},
): Stored => ({
  relationship_id,
  customer_id,
  product_id,
  start_date,
  end_date,
  relationship_type: 'purchase',
  ...more,
});

const SUBSCRIPTION = { relationship_type: 'subscription' };

/**
 * A world that fits into a head, seen from WORLD_DAY. What holds on that day:
 *
 *     C1  P1 twice (a purchase of 10, a subscription of 5 a month), P2 that ends tomorrow
 *     C2  P1 that starts on the day; P2 ended on the day, so it holds no more
 *     C3  nothing: P1 in the future, P2 without a start, P3 that ends before it starts, P4 that ends as it starts
 *     C4  PX, which is no product
 *     C5  no relationship at all;  CX, who is no customer, has P1
 */
export const WORLD_DAY = '2024-06-15';
export const TINY: WorldRows = Object.freeze({
  customers: [
    customer('C1', 'Ann Able', {
      customer_type: 'business',
      region: 'north',
      registration_date: '2020-01-01',
      status: 'active',
      attribute_tier: 'gold',
      attribute_score: 1.5,
      attribute_is_vip: true,
    }),
    customer('C2', 'Bo "B" Baker', {
      customer_type: 'consumer',
      region: 'north',
      registration_date: '2021-05-05',
      status: 'active',
      attribute_tier: 'silver',
      attribute_score: -2,
    }),
    customer('C3', 'Çelik, Cem', {
      customer_type: 'consumer',
      region: 'south',
      registration_date: '2022-02-28',
      status: 'left',
      attribute_is_vip: false,
    }),
    customer('C4', null, {
      customer_type: 'business',
      region: '',
      registration_date: null,
      status: 'active',
      attribute_tier: 'gold',
      attribute_score: 0,
    }),
    customer('C5', 'dora', { region: 'south', status: 'active' }),
  ],
  products: [
    product('P1', 'Alpha', {
      product_category: 'tools',
      product_type: 'hand',
      launch_date: '2019-01-01',
      status: 'active',
      attribute_weight: 1.25,
    }),
    product('P2', 'Beta', {
      product_category: 'tools',
      product_type: 'power',
      launch_date: '2019-06-01',
      status: 'active',
    }),
    product('P3', 'Gamma', { product_category: 'toys', status: 'discontinued', attribute_weight: 0.001 }),
    product('P4', 'Delta', { product_category: null, status: 'active' }),
    product('P5', 'Nobody has it', { product_category: 'toys', status: 'active' }),
  ],
  customer_products: [
    held('R01', 'C1', 'P1', '2023-01-01', null, { value: 10, attribute_channel: 'web' }),
    held('R02', 'C1', 'P1', '2024-01-01', null, { value: 5, ...SUBSCRIPTION, attribute_channel: 'shop' }),
    held('R03', 'C1', 'P2', '2024-06-01', '2024-06-16', { value: 7.25 }),
    held('R04', 'C1', 'P3', '2022-01-01', '2023-01-01', { value: 100, ...SUBSCRIPTION }),
    held('R05', 'C2', 'P1', '2024-06-15', null, { value: 20 }),
    held('R06', 'C2', 'P2', '2024-01-01', '2024-06-15', { value: 3 }),
    held('R07', 'C3', 'P1', '2024-07-01', null, { value: 9 }),
    held('R08', 'C3', 'P2', null, null, { value: 11 }),
    held('R09', 'C3', 'P3', '2024-03-01', '2024-02-01', { value: 13 }),
    held('R10', 'C3', 'P4', '2024-05-05', '2024-05-05', { value: 17 }),
    held('R11', 'C4', 'PX', '2024-02-02', null, { value: null }),
    held('R12', 'CX', 'P1', '2024-02-02', null, { value: 0.01, relationship_type: null }),
  ],
});

/** Its catalog: `value` of a subscription is monthly; the attributes are stored columns. */
export const WORLD_CATALOG = `version: 1
tables:
  customers:
    attributes:
      tier: { description: Service level. }
      score: { type: double, description: Credit score., unit: points }
      is_vip: { type: boolean, description: Whether we call them back first. }
      seen: { type: timestamp, description: When they were here last. }
  products:
    attributes:
      weight: { type: decimal, description: Weight of one piece., unit: kg }
  customer_products:
    value: { types: { subscription: monthly } }
    attributes:
      channel: { description: Where it was sold. }
`;
