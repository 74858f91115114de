import { assert, array, asyncProperty, boolean, constantFrom, integer, record, uniqueArray } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { adoptionPaths, attachRates, entryProducts, launchTimes } from './naive-journeys.ts';

let bySql: World;
let inMemory: World;
beforeAll(async () => {
  bySql = await openWorld({ settings: { SNAPSHOT_MAX_ROWS: 0 } });
  inMemory = await openWorld();
});
afterAll(async () => {
  for (const world of [bySql, inMemory]) {
    expect(world.faults).toEqual([]);
    await world.close();
  }
});

const CUSTOMERS = ['C0', 'C1', 'C2', 'C3', 'é', '\uffff', '😀'];
const PRODUCTS = ['P0', 'P1', 'P2', 'P3', '\uffffP', '😀P'];
const CATEGORIES = [null, 'tools', 'toys', '\uffff', '😀'];
const DAYS = ['2024-01-01', '2024-01-02', '2024-02-01', '2024-03-01', '2024-06-15'];
const stored = array(
  record({
    customer_id: constantFrom(...CUSTOMERS),
    product_id: constantFrom(...PRODUCTS, 'PX'),
    start_date: constantFrom(null, ...DAYS, '2024-06-16'),
    end_date: constantFrom(null, null, '2024-01-15', '2024-06-15'),
  }),
  { maxLength: 50, size: 'max' },
);
const products = record({
  categories: array(constantFrom(...CATEGORIES), { minLength: PRODUCTS.length, maxLength: PRODUCTS.length }),
  launches: array(constantFrom(null, '2024-01-01', '2024-02-15', '2024-06-16'), {
    minLength: PRODUCTS.length,
    maxLength: PRODUCTS.length,
  }),
});
const question = record({
  grain: constantFrom('product' as const, 'category' as const),
  asOf: constantFrom('2024-01-31', '2024-03-15', '2024-06-15'),
  from: constantFrom('2023-06-01', '2024-01-02'),
  to: constantFrom('2024-01-31', '2024-01-05'),
});
const more = record({
  days: constantFrom(0, 1, 30, 200),
  length: integer({ min: 1, max: 4 }),
  minCustomers: constantFrom(1, 1, 2),
  limit: constantFrom(100, 3, 1),
  owners: uniqueArray(integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
});

function worldOf(
  relationships: readonly Stored[],
  { categories, launches }: { categories: readonly (string | null)[]; launches: readonly (string | null)[] },
): WorldRows {
  return {
    customers: CUSTOMERS.slice(1).map((customer_id, i) => ({ customer_id, region: i % 2 === 0 ? 'north' : 'south' })),
    products: PRODUCTS.map((product_id, i) => ({
      product_id,
      product_name: `Name of ${product_id}`,
      product_category: categories[i]!,
      launch_date: launches[i]!,
    })),
    customer_products: relationships.map((row, i) => ({ relationship_id: `R${i}`, ...row })),
  };
}

type Ask = (name: string, params: object) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** The world with these rows, ready to answer. */
async function filled(isInMemory: boolean, rows: WorldRows): Promise<Ask> {
  const world = isInMemory ? inMemory : bySql;
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  if (isInMemory) await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
  return async (name, params) => {
    const reply = await world.post(`/v1/analyses/portfolio.${name}`, params);
    expect([name, params, reply.status, reply.text]).toEqual([name, params, 200, expect.anything()]);
    return reply.json.data;
  };
}

test('journeys are those of a loop, by SQL and from memory', async () => {
  await assert(
    asyncProperty(stored, products, question, more, boolean(), async (rows, catalog, asked, others, isInMemory) => {
      const at = worldOf(rows, catalog);
      const ask = await filled(isInMemory, at);
      const { days, length, minCustomers, limit, owners } = others;
      const a = asked.grain === 'product' ? 'P0' : 'tools';
      const first = asked.grain === 'product' ? { productId: a } : { category: a };
      expect(await ask('attach-rate', { ...asked, ...first, days })).toEqual(attachRates(at, { ...asked, a, days }));
      expect(await ask('entry-products', asked)).toEqual(entryProducts(at, asked));
      const path = { ...asked, length, minCustomers, limit };
      expect(await ask('adoption-paths', path)).toEqual(adoptionPaths(at, path));
      const launch = await ask('launch', { asOf: asked.asOf, owners });
      expect(launch).toEqual(launchTimes(at, asked.asOf, owners));
    }),
    RUNS,
  );
}, 240_000);

test('filters only shrink, paths add up, and the order of rows does not matter', async () => {
  await assert(
    asyncProperty(stored, products, question, boolean(), async (rows, catalog, asked, isInMemory) => {
      const ask = await filled(isInMemory, worldOf(rows, catalog));
      const paths = await ask('adoption-paths', { ...asked, length: 4 });
      const entries = await ask('entry-products', asked);
      const sum = (list: readonly Readonly<Record<string, unknown>>[], field: string) =>
        list.reduce((total, row) => total + Number(row[field]), 0);
      const ofLength = (n: number) => paths.filter((row) => row['length'] === n);
      if (paths.length > 0) expect(sum(ofLength(1), 'share')).toBeCloseTo(1, 9);
      for (const n of [1, 2, 3]) expect(sum(ofLength(n), 'continued')).toBe(sum(ofLength(n + 1), 'customers'));
      for (const region of ['north', 'south']) {
        const customer = { region };
        const some = await ask('adoption-paths', { ...asked, length: 4, customer });
        for (const { path, customers } of some) {
          const whole = paths.find((row) => JSON.stringify(row['path']) === JSON.stringify(path));
          expect(Number(customers)).toBeLessThanOrEqual(Number(whole!['customers']));
        }
        for (const { itemId, customers } of await ask('entry-products', { ...asked, customer }))
          expect(Number(customers)).toBeLessThanOrEqual(
            Number(entries.find((row) => row['itemId'] === itemId)!['customers']),
          );
      }
      const again = await filled(isInMemory, worldOf([...rows].reverse(), catalog));
      expect(await again('adoption-paths', { ...asked, length: 4 })).toEqual(paths);
      expect(await again('entry-products', asked)).toEqual(entries);
    }),
    RUNS,
  );
}, 240_000);
