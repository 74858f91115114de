import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { TINY, type WorldRows } from '../../../../test/world-rows.ts';
import { openSession } from '../../../analysis/session.ts';
import { ownershipSnapshot } from '../../../analysis/snapshot/snapshot.ts';

// The rows are in test/world-rows.ts. Businesses: C1 has P1 and P2, C4 has PX. Consumers: C2 has P1, C3 nothing. C5 has no type.
let world: World;
let isInMemory: boolean;

async function refill(rows: WorldRows): Promise<void> {
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  if (isInMemory) await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

async function ask(name: string, params: object = {}) {
  const { status, text, json } = await world.post(`/v1/analyses/portfolio.${name}`, params);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return { rows: json.data, warnings: json.meta.warnings };
}
const rows = async (name: string, params: object = {}) => (await ask(name, params)).rows;
const matrix = async (params: object = {}) => rows('whitespace', { by: 'type', ...params });

describe.each([['by SQL'], ['from memory']])('%s', (how) => {
  beforeAll(async () => {
    isInMemory = how === 'from memory';
    world = await openWorld(isInMemory ? {} : { settings: { SNAPSHOT_MAX_ROWS: 0 } });
  });
  beforeEach(() => refill(TINY));
  afterAll(async () => {
    expect(world.faults).toEqual([]);
    await world.close();
  });

  describe('the matrix', () => {
    test('one row per segment and product, the highest value first', async () => {
      const found = await matrix();
      expect(found).toHaveLength(3 * 5);
      expect(
        found.slice(0, 4).map((row) => [row['segment'], row['productId'], row['probability'], row['value']]),
      ).toEqual([
        // C4 has one product; one of the two businesses with one other product owns P1, worth 10 and 5.5 months of 5
        ['business', 'P1', 0.5, 18.75],
        // C3 has nothing; both consumers have nothing else, and one has P1
        ['consumer', 'P1', 0.5, 10],
        ['business', 'P2', 0.5, 3.63],
        ['business', 'P3', 0, 0],
      ]);
      expect(found[0]).toEqual({
        segment: 'business',
        customers: 2,
        owners: 1,
        ownedShare: 0.5,
        productId: 'P1',
        productName: 'Alpha',
        productCategory: 'tools',
        gap: 1,
        medianValue: 37.5,
        probability: 0.5,
        value: 18.75,
      });
      expect(found.at(-1)).toMatchObject({ segment: null, productId: 'P5', gap: 1, medianValue: null, value: 0 });
    });

    test('of those who have at least as much: who has more is compared with, who has less is not', async () => {
      const found = await matrix({ ownership: 'ever', customer: { customerId: ['C1', 'C4'] } });
      const p3 = found.find(({ productId }) => productId === 'P3')!;
      expect([p3['probability'], p3['medianValue'], p3['value']]).toEqual([0.5, 1200, 600]);
      const alone = await matrix({ customer: { customerId: ['C4', 'C5'] } });
      expect(alone.every(({ probability, value }) => probability === 0 && value === 0)).toBe(true);
    });

    test.each([
      ['tier', ['A', 'B', 'C']],
      ['rfm', undefined],
      ['lifecycle', undefined],
      ['region', ['', 'north', 'south']],
    ])('by %s, every customer is in one segment', async (by, names) => {
      const found = await rows('whitespace', { by });
      const sizes = new Map(found.map(({ segment, customers }) => [segment, Number(customers)]));
      expect([...sizes.values()].reduce((a, b) => a + b, 0)).toBe(5);
      if (names !== undefined) for (const name of sizes.keys()) expect(names).toContain(name);
    });

    test('a product filter and a limit only choose rows; a product to be launched is none', async () => {
      const all = await matrix();
      expect(await matrix({ product: { productCategory: 'toys' } })).toEqual(
        all.filter(({ productCategory }) => productCategory === 'toys'),
      );
      expect(await matrix({ limit: 2 })).toEqual(all.slice(0, 2));
      const products = TINY.products.map((row) => ({ ...row, launch_date: '2030-01-01' }));
      await refill({ ...TINY, products });
      // They are owned all the same
      expect(new Set((await matrix()).map(({ productId }) => productId))).toEqual(new Set(['P1', 'P2']));
    });

    test('a segment is the customers that are in it', async () => {
      const { json } = await world.get('/v1/segments/lifecycle:returning/members');
      const customerId = json.data.map((row) => String(row['customerId']));
      expect(customerId).not.toEqual([]);
      expect(await matrix({ segment: 'lifecycle:returning' })).toEqual(await matrix({ customer: { customerId } }));
    });
  });

  describe('of one customer', () => {
    test('products that are not owned, in order, at an address of their own', async () => {
      const { json } = await world.get('/v1/customers/C4/whitespace?by=type');
      expect(json.data.map((row) => [row['productId'], row['probability'], row['medianValue'], row['value']])).toEqual([
        ['P1', 0.5, 37.5, 18.75],
        ['P2', 0.5, 7.25, 3.63],
        ['P3', 0, null, 0],
        ['P4', 0, null, 0],
        ['P5', 0, null, 0],
      ]);
      expect(json.data[0]).toMatchObject({ segment: 'business', customers: 2, owners: 1, ownedShare: 0.5 });
      const owned = await rows('whitespace-customer', { customerId: 'C1', by: 'type' });
      expect(owned.map(({ productId }) => productId)).toEqual(['P3', 'P4', 'P5']);
      expect(await rows('whitespace-customer', { customerId: 'C1', by: 'type', limit: 1 })).toEqual(owned.slice(0, 1));
    });

    test('one who does not exist is not found; one who registers later has an empty answer with a reason', async () => {
      for (const id of ['nobody', 'CX'])
        expect((await world.get(`/v1/customers/${id}/whitespace`)).problem.code).toBe('customer.not_found');
      const later = await ask('whitespace-customer', { customerId: 'C3', asOf: '2022-01-01' });
      expect([later.rows, later.warnings.at(-1)]).toEqual([
        [],
        'the customer has every product on sale, or is not eligible by asOf',
      ]);
    });
  });

  describe('bad input', () => {
    test.each([
      ['whitespace', { asOf: '2999-01-01' }],
      ['whitespace', { by: 'colour' }],
      ['whitespace', { customer: { regio: 'x' } }],
      ['whitespace', { tierA: 0.9, tierB: 0.8 }],
      ['whitespace-customer', { customerId: 'C1', asOf: '2999-01-01' }],
      ['whitespace-customer', {}],
    ])('%s refuses %j', async (name, params) => {
      expect((await world.post(`/v1/analyses/portfolio.${name}`, params)).status).toBe(400);
    });

    const valued = (values: readonly (readonly [customer: string, product: string, value: number])[]): WorldRows => ({
      customers: [...new Set(values.map(([id]) => id))].map((customer_id) => ({ customer_id })),
      products: [...new Set(values.map(([, id]) => id))].map((product_id) => ({ product_id })),
      customer_products: values.map(([customer_id, product_id, value], i) => ({
        relationship_id: `R${i}`,
        customer_id,
        product_id,
        start_date: '2024-01-01',
        value,
      })),
    });

    test('nothing at all, and no product, are empty answers with a reason', async () => {
      for (const empty of [
        { customers: [], products: [], customer_products: [] },
        { ...TINY, products: [] },
      ]) {
        await refill(empty);
        const { rows: found, warnings } = await ask('whitespace');
        expect([found, warnings.at(-1)]).toEqual([
          [],
          'there is no customer of whom the filters hold, or no product on sale',
        ]);
      }
    });

    test('no relationship', async () => {
      await refill({ ...TINY, customer_products: [] });
      for (const row of await matrix())
        expect(row).toMatchObject({ owners: 0, probability: 0, medianValue: null, value: 0 });
      expect(await rows('whitespace-customer', { customerId: 'C1' })).toHaveLength(5);
    });

    test.each([
      ['one customer with one product', [['C1', 'P1', 5]]],
      [
        'everybody with everything',
        [
          ['C1', 'P1', 5],
          ['C1', 'P2', 5],
          ['C2', 'P1', 5],
          ['C2', 'P2', 5],
        ],
      ],
    ] as const)('%s: no gap', async (_, all) => {
      await refill(valued(all));
      for (const row of await matrix())
        expect(row).toMatchObject({ ownedShare: 1, gap: 0, probability: null, medianValue: 5, value: 0 });
      expect(await rows('whitespace-customer', { customerId: 'C1' })).toEqual([]);
    });

    test('negative values', async () => {
      await refill(
        valued([
          ['C1', 'P1', -5],
          ['C1', 'P2', 3],
          ['C2', 'P2', 3],
        ]),
      );
      expect(
        (await matrix()).map((row) => [row['productId'], row['medianValue'], row['probability'], row['value']]),
      ).toEqual([
        ['P2', 3, null, 0],
        ['P1', -5, 0.5, -2.5],
      ]);
    });
  });
});
