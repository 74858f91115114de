import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import { TINY } from '../../../test/world-rows.ts';

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

const PERIODS = ['products', 'categories', 'concentration', 'abc', 'products-per-customer'];
const ALL = [...PERIODS, 'cross-sell-rate'];

describe('bad input', () => {
  test.each(PERIODS)('%s: a period that ends before it starts, or after asOf', async (name) => {
    for (const params of [{ from: '2024-02-01', to: '2024-01-01' }, { to: '2024-06-17' }])
      expect((await world.post(`/v1/analyses/portfolio.${name}`, params)).status).toBe(400);
  });

  test.each(ALL)('%s: a day to come, and a filter on what is no field', async (name) => {
    for (const params of [{ asOf: '2999-01-01' }, { customer: { regio: 'x' } }])
      expect((await world.post(`/v1/analyses/portfolio.${name}`, params)).status).toBe(400);
  });

  test.each(ALL)('%s: nothing at all is an empty answer with a reason', async (name) => {
    await world.refill({ customers: [], products: [], customer_products: [] });
    const { rows: found, warnings } = await ask(name);
    expect([found, warnings.length]).toEqual([[], 1]);
  });

  test.each(ALL)('%s: what no figure counts is said', async (name) => {
    expect((await ask(name)).warnings).toHaveLength(3);
  });

  test('customers and products without relationships', async () => {
    await world.refill({ ...TINY, customer_products: [] });
    expect(await column('penetration', 'products')).toEqual([0, 0, 0, 0, 0]);
    expect(await rows('products-per-customer')).toMatchObject([{ products: 0, customers: 5, valueMedian: 0 }]);
    await world.refill({ ...TINY, customers: [] });
    expect(await column('penetration', 'products', { limit: 1 })).toEqual([null]);
  });
});
