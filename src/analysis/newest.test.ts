import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { sql } from '../data/sql/sql.ts';
import { TINY } from '../../test/world-rows.ts';
import { newestOf, standingOf } from './build.ts';
import { defineDerivation } from './derivation.ts';

let world: World;
beforeAll(async () => (world = await openWorld()));
afterAll(() => world.close());

/** How many relationships there were, and how often that was asked. */
function counted() {
  const builds: number[] = [];
  const derivation = defineDerivation<number>({
    name: `test.counted-${Math.random()}`,
    reads: ['customer_products'],
    build: async ({ query, t }) => {
      const { columns } = await query(sql`select count(*) as relationships from ${t.customerProducts} r`);
      builds.push(Number(columns[0]![0]));
      return builds.at(-1)!;
    },
    bytes: () => 8,
  });
  return { derivation, builds };
}

test('waits for the first value, once for all who ask', async () => {
  const { derivation, builds } = counted();
  const ask = () => newestOf(world.engine, world.owner, derivation);
  const rows = TINY.customer_products.length;
  expect(await Promise.all([ask(), ask()])).toEqual([rows, rows]);
  expect([await ask(), builds.length]).toEqual([rows, 1]);
  expect(standingOf(world.engine, world.owner, derivation)?.value).toBe(rows);
});

test('after a few writes it is still the one that was built', async () => {
  const { derivation, builds } = counted();
  const first = await newestOf(world.engine, world.owner, derivation);
  const body = { relationshipId: 'N1', customerId: 'C1', productId: 'P1', startDate: '2024-01-01' };
  expect((await world.post('/v1/relationships', body)).status).toBe(201);
  expect(await newestOf(world.engine, world.owner, derivation)).toBe(first);
  expect(builds.length).toBe(1);
});

test('what is larger than the budget is not there', async () => {
  const { derivation } = counted();
  const huge = defineDerivation<number>({ ...derivation, name: 'test.huge', bytes: () => 2 ** 40 });
  expect(await newestOf(world.engine, world.owner, huge)).toBeUndefined();
});
