import { assert, asyncProperty, constantFrom } from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import type { WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { randomWorld } from './random-world.ts';

type Row = Readonly<Record<string, unknown>>;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Customers have the ids that relationships speak of; some of them have no row. */
const worlds = randomWorld.map((rows): WorldRows => ({
  ...rows,
  customers: rows.customers.slice(0, 7).map((row, i) => ({ ...row, customer_id: `C${i}` })),
}));
const days = constantFrom('2024-06-15', '2024-03-01', '2023-12-31');
const BEFORE = '2023-06-15';
const GROUPS = [
  ['rfm', 'segment', 'rfmSegment', 'rfm'],
  ['lifecycle', 'stage', 'lifecycle', 'lifecycle'],
  ['value-tiers', 'tier', 'tier', 'tier'],
] as const;

async function ask(name: string, params: Row): Promise<readonly Row[]> {
  const { status, text, json } = await world.post(`/v1/analyses/segments.${name}`, params);
  expect([name, status, status === 200 ? '' : text]).toEqual([name, 200, '']);
  return json.data;
}
const sumOf = (rows: readonly Row[], name: string) => rows.reduce((sum, row) => sum + Number(row[name]), 0);
const countsBy = (rows: readonly Row[], keyOf: (row: Row) => string) =>
  Object.fromEntries([...Map.groupBy(rows, keyOf)].map(([key, list]) => [key, list.length]));

describe('segments equal a loop over the customers and their facts', { timeout: 120_000 }, () => {
  test('groups: counts and values are those of their customers, and shares sum to 1', async () => {
    await assert(
      asyncProperty(worlds, days, async (rows, asOf) => {
        await world.refill(rows);
        const customers = await ask('customers', { asOf, limit: 1000 });
        expect(customers).toHaveLength(rows.customers.length);
        for (const [name, field, fact] of GROUPS) {
          const found = await ask(name, { asOf });
          expect(Object.fromEntries(found.map((row) => [row[field], row['customers']]))).toEqual(
            countsBy(customers, (row) => String(row[fact])),
          );
          for (const row of found) {
            const own = customers.filter((one) => one[fact] === row[field]);
            expect(row['value']).toBeCloseTo(sumOf(own, 'value'), 6);
          }
          if (found.length > 0) expect(sumOf(found, 'share')).toBeCloseTo(1, 9);
          const some = await ask(name, { asOf, customer: { customerType: 'business' } });
          for (const row of some) {
            const whole = found.find((one) => one[field] === row[field])!;
            expect(Number(row['customers'])).toBeLessThanOrEqual(Number(whole['customers']));
          }
        }
      }),
      RUNS,
    );
  });

  test('movement: each customer goes from the group of one day to that of the other', async () => {
    await assert(
      asyncProperty(worlds, days, async (rows, asOf) => {
        await world.refill(rows);
        const now = await ask('customers', { asOf, limit: 1000 });
        const before = await ask('customers', { asOf: BEFORE, limit: 1000 });
        for (const [, , fact, of] of GROUPS) {
          const found = await ask('movement', { of, before: BEFORE, asOf });
          const wanted = countsBy(now, ({ customerId, ...row }) => {
            const earlier = before.find((one) => one['customerId'] === customerId)!;
            return `${String(earlier[fact])} > ${String(row[fact])}`;
          });
          const said = found.map((row) => [
            `${String(row['fromGroup'])} > ${String(row['toGroup'])}`,
            row['customers'],
          ]);
          expect(Object.fromEntries(said)).toEqual(wanted);
        }
      }),
      RUNS,
    );
  });

  test('preview, members and overlap are of the same customers, whatever the order of rows', async () => {
    const rule = { member: 'relationships', op: 'gte', value: 1 };
    await assert(
      asyncProperty(worlds, days, async (rows, asOf) => {
        await world.refill(rows);
        const tiers = ['tier:A', 'tier:B', 'tier:C', 'lifecycle:returning'];
        const overlap = await ask('overlap', { segments: tiers, asOf });
        for (const segmentId of tiers) {
          const members = await ask('members', { segmentId, asOf, limit: 1000 });
          const own = overlap.find(({ segment, other }) => segment === segmentId && other === segmentId)!;
          expect(own['customers']).toBe(members.length);
        }
        expect(overlap.find((row) => row['segment'] === 'tier:A' && row['other'] === 'tier:C')!['customers']).toBe(0);
        const [{ customers }] = (await ask('preview', { rule, asOf })) as readonly [Row];
        const all = await ask('customers', { asOf, limit: 1000 });
        expect(customers).toBe(all.filter(({ relationships }) => Number(relationships) >= 1).length);
        await world.refill({ ...rows, customer_products: [...rows.customer_products].reverse() });
        expect(await ask('overlap', { segments: tiers, asOf })).toEqual(overlap);
      }),
      RUNS,
    );
  });
});
