import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import { TINY, type Stored, type WorldRows } from '../../../test/world-rows.ts';

// The rows are in test/world-rows.ts. The period is [2023-06-16, 2024-06-16) unless it is given.
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.refill(TINY));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

async function ask(name: string, params: object = {}) {
  const { status, text, json } = await world.post(`/v1/analyses/portfolio.${name}`, params);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return { rows: json.data, warnings: json.meta.warnings };
}
const rows = async (name: string, params: object = {}) => (await ask(name, params)).rows;
const column = async (field: string, name: string, params: object = {}) =>
  (await rows(name, params)).map((row) => row[field]);

test.each([
  ['products', {}],
  ['categories', {}],
  ['abc', { dimension: 'customers' }],
  ['cross-sell-rate', {}],
  ['products-per-customer', {}],
  ['entry-products', {}],
  ['adoption-paths', { grain: 'product' }],
  ['launch', { owners: [1] }],
  ['attach-rate', { productId: 'P1', from: '2019-01-01', days: 365 }],
])('%s: a segment is the customers that are in it', async (name, params) => {
  const { json } = await world.get('/v1/segments/lifecycle:returning/members');
  const ids = json.data.map(({ customerId }) => String(customerId));
  expect(ids).not.toEqual([]);
  const found = await rows(name, { ...params, segment: 'lifecycle:returning' });
  expect(found).toEqual(await rows(name, { ...params, customer: { customerId: ids } }));
  expect(found).not.toEqual(await rows(name, params));
  const missing = await world.post(`/v1/analyses/portfolio.${name}`, { ...params, segment: 'tier:Z' });
  expect(missing.status).toBe(404);
});

describe('products', () => {
  test('the most valuable first, with owners, penetration, growth and share', async () => {
    const found = await rows('products');
    expect(
      found.map(({ productId, owners, activeOwners, value, valueBefore, growth }) => [
        productId,
        owners,
        activeOwners,
        value,
        valueBefore,
        growth,
      ]),
    ).toEqual([
      // 5.5 months of 5, and 20 and 0.01; a year before, 10
      ['P1', 2, 2, 47.51, 10, expect.closeTo(3.751, 12)],
      ['P4', 1, 0, 17, 0, null],
      ['P2', 2, 1, 10.25, 0, null],
      // 6.5 months of 100 before it ended
      ['P3', 1, 0, 0, 650, -1],
      ['P5', 0, 0, 0, 0, null],
      ['PX', 1, 1, 0, 0, null],
    ]);
    expect(found[0]).toMatchObject({ productName: 'Alpha', penetration: 0.4, eligibleCustomers: 5, monthlyValue: 5 });
    expect(found[0]!['share']).toBeCloseTo(47.51 / 74.76, 12);
  });

  test('ownership names the owners of penetration; limit cuts rows, not shares', async () => {
    expect(await column('penetration', 'products', { limit: 3 })).toEqual([0.4, 0, 0.2]);
    expect(await column('penetration', 'products', { limit: 3, ownership: 'ever' })).toEqual([0.4, 0.2, 0.4]);
    expect(await column('share', 'products', { limit: 1 })).toEqual([expect.closeTo(47.51 / 74.76, 12)]);
  });

  test('only customers who were registered by the day are eligible, and those who had something all the same', async () => {
    expect(await column('eligibleCustomers', 'products', { asOf: '2020-12-31', limit: 1 })).toEqual([3]);
    const late = { ...TINY.customers[0], registration_date: '2024-06-01' } as Stored;
    await world.refill({ ...TINY, customers: [late, ...TINY.customers.slice(1)] });
    expect(await column('eligibleCustomers', 'products', { asOf: '2023-12-31', limit: 1 })).toEqual([5]);
    expect(await column('eligibleCustomers', 'products', { asOf: '2021-12-31', limit: 1 })).toEqual([3]);
  });

  test('of some customers and some products', async () => {
    const found = await rows('products', {
      customer: { customerType: 'business' },
      product: { productCategory: 'tools' },
    });
    expect(found.map((row) => [row['productId'], row['owners'], row['value'], row['eligibleCustomers']])).toEqual([
      ['P1', 1, 27.5, 2],
      ['P2', 1, 7.25, 2],
    ]);
  });

  test('by category a customer is one owner; what has no category is a row of its own', async () => {
    const found = await rows('categories');
    expect(
      found.map((row) => [row['productCategory'], row['products'], row['owners'], row['activeOwners'], row['value']]),
    ).toEqual([
      ['tools', 2, 2, 2, 57.76],
      [null, 2, 2, 1, 17],
      ['toys', 2, 1, 0, 0],
    ]);
  });
});

describe('concentration', () => {
  test('over customers, products and categories', async () => {
    const [customers, products, categories] = await rows('concentration');
    expect(customers).toMatchObject({ dimension: 'customers', items: 4, itemsLeftOut: 1, value: 74.76 });
    expect(categories).toMatchObject({ dimension: 'categories', items: 2, itemsLeftOut: 1, itemsA: 1, itemsC: 1 });
    const [a, b, c] = [47.51 / 74.76, 17 / 74.76, 10.25 / 74.76] as const;
    const hhi = a * a + b * b + c * c;
    expect(products).toEqual({
      dimension: 'products',
      items: 3,
      itemsLeftOut: 2,
      value: 74.76,
      hhi: expect.closeTo(hhi * 10_000, 8),
      effectiveNumber: expect.closeTo(1 / hhi, 12),
      normalisedHhi: expect.closeTo((hhi - 1 / 3) / (2 / 3), 12),
      gini: expect.closeTo((2 * 47.51 - 2 * 10.25) / (3 * 74.76), 12),
      topShare1: expect.closeTo(a, 12),
      topShare10: 1,
      topShare20Percent: expect.closeTo(a, 12),
      itemsA: 1,
      itemsB: 1,
      itemsC: 1,
    });
  });

  const valued = (...values: readonly number[]): WorldRows => ({
    customers: [{ customer_id: 'C1' }],
    products: [],
    customer_products: values.map((value, i) => ({
      relationship_id: `R${i}`,
      customer_id: 'C1',
      product_id: `P${String(i).padStart(2, '0')}`,
      start_date: '2024-01-01',
      value,
    })),
  });
  const ofProducts = async () => (await rows('concentration')).find(({ dimension }) => dimension === 'products');

  test('one item, all alike, and negative ones', async () => {
    await world.refill(valued(5));
    expect(await ofProducts()).toMatchObject({
      hhi: 10_000,
      effectiveNumber: 1,
      normalisedHhi: null,
      gini: 0,
      itemsC: 1,
    });
    await world.refill(valued(...Array.from({ length: 35 }, () => 2)));
    expect(await ofProducts()).toMatchObject({
      gini: 0,
      normalisedHhi: expect.closeTo(0, 12),
      itemsC: 35,
      topShare20Percent: 0.2,
      topShare10: 10 / 35,
    });
    await world.refill(valued(3, -4, 0));
    expect(await ofProducts()).toMatchObject({ items: 1, itemsLeftOut: 2, value: 3 });
    expect(await column('share', 'products')).toEqual([null, null, null]);
  });

  test('an item that ends on a limit is within, one that crosses it is not, and equals share the worse class', async () => {
    await world.refill(valued(80, 15, 5));
    expect(await column('abcClass', 'abc')).toEqual(['A', 'B', 'C']);
    await world.refill(valued(50, 25, 25));
    expect(await rows('abc')).toMatchObject([
      { itemId: 'P00', rank: 1, abcClass: 'A' },
      { itemId: 'P01', rank: 2, cumulativeShare: 1, abcClass: 'C' },
      { itemId: 'P02', rank: 2, cumulativeShare: 1, abcClass: 'C' },
    ]);
  });

  test('customers by name, in pages', async () => {
    const { json } = await world.get('/v1/analyses/portfolio.abc?dimension=customers&limit=2');
    expect(json.data.map(({ itemId, itemName, value }) => [itemId, itemName, value])).toEqual([
      ['C1', 'Ann Able', 34.75],
      ['C2', 'Bo "B" Baker', 23],
    ]);
    expect(json.page!.nextCursor).toEqual(expect.any(String));
  });
});

describe('products per customer', () => {
  test('how many have how many, and what they bring', async () => {
    expect(await rows('products-per-customer')).toEqual([
      { products: 0, customers: 2, share: 0.4, cumulativeShare: 0.4, value: 17, valueMean: 8.5, valueMedian: 8.5 },
      { products: 1, customers: 2, share: 0.4, cumulativeShare: 0.8, value: 23, valueMean: 11.5, valueMedian: 11.5 },
      { products: 2, customers: 1, share: 0.2, cumulativeShare: 1, value: 34.75, valueMean: 34.75, valueMedian: 34.75 },
    ]);
    expect(await column('customers', 'products-per-customer', { ownership: 'ever' })).toEqual([1, 2, 1, 1]);
  });

  test('the cross-sell rate, of all and by kind and region', async () => {
    expect(await rows('cross-sell-rate')).toEqual([
      {
        groupValue: null,
        customers: 5,
        withProducts: 3,
        withSeveral: 1,
        productsPerCustomer: 0.8,
        productsPerOwner: 4 / 3,
        crossSellRate: 1 / 3,
      },
    ]);
    expect(await rows('cross-sell-rate', { by: 'region' })).toMatchObject([
      { groupValue: 'north', customers: 2, crossSellRate: 0.5 },
      { groupValue: 'south', customers: 2, productsPerOwner: null, crossSellRate: null },
      { groupValue: '', customers: 1, crossSellRate: 0 },
    ]);
    expect(await column('groupValue', 'cross-sell-rate', { by: 'customerType' })).toEqual([
      'business',
      'consumer',
      null,
    ]);
  });
});
