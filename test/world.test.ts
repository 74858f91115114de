import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openWorld } from './world.ts';
import { TINY } from './world-rows.ts';

test.each(['database', 'schema', 'column'] as const)('a world answers, with ISOLATION=%s', async (ISOLATION) => {
  const world = await openWorld({ settings: { ISOLATION }, others: { stranger: TINY } });
  const { status, json } = await world.get('/v1/customers?total=true');
  expect([status, json.page?.total, json.data.map(({ customerId }) => customerId)]).toEqual([
    200,
    5,
    ['C1', 'C2', 'C3', 'C4', 'C5'],
  ]);
  expect(json.data[0]!['attributes']).toEqual({ tier: 'gold', score: 1.5, is_vip: true, seen: null });
  expect(world.faults).toEqual([]);
  await world.close();
  expect(existsSync(world.engine.settings.DATA_DIR)).toBe(false);
});

test('other rows are known at once, as after a write', async () => {
  const world = await openWorld();
  const count = async () => (await world.get('/v1/analyses/ownership.summary')).json.data[0]!['customers'];
  expect(await count()).toBe(5);
  await world.refill({ ...TINY, customers: TINY.customers.slice(0, 1) });
  expect(await count()).toBe(1);
  await world.close();
});
