import { assert, asyncProperty, constantFrom, shuffledSubarray } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { profileAnalyses } from '../../src/features/profile/routes.ts';
import { RUNS } from './list-questions.ts';
import { mostAlike } from './naive-alike.ts';
import { naiveProfile } from './naive-profile.ts';
import { randomWorld } from './random-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: profileAnalyses });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const IDS = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'];
/** The customers of the world as those of its relationships, and one who has none. */
const named = randomWorld.map((rows): WorldRows & { readonly ids: readonly string[] } => {
  const customers = rows.customers.map((row, i): Stored => ({ ...row, customer_id: IDS[i] ?? `none${i}` }));
  return { ...rows, customers, ids: customers.map((row) => String(row['customer_id'])) };
});
const day = constantFrom('2023-12-31', '2024-01-01', '2024-03-31', '2024-06-15');

type Profile = Readonly<Record<string, Readonly<Record<string, number>>>>;

test('profiles are those of a loop', async () => {
  await assert(
    asyncProperty(named, day, shuffledSubarray(IDS, { minLength: 1 }), async ({ ids, ...rows }, asOf, some) => {
      await world.refill(rows);
      const asked = [...new Set([...ids, ...some])];
      const include = ['attributes', 'holdings', 'tenure', 'activity', 'value', 'alike', 'warnings'];
      const { status, json } = await world.post('/v1/customers/profiles', { customerIds: asked, include, asOf });
      expect(status).toBe(200);
      expect(json.data.map(({ customerId }) => customerId)).toEqual(asked.filter((id) => ids.includes(id)));
      for (const row of json.data) {
        const customerId = String(row['customerId']);
        const alike = mostAlike(rows.customer_products, { customerId, asOf, count: 10, minCommon: 2 });
        expect(row).toMatchObject({ ...naiveProfile(rows, customerId, asOf), alike });
      }
      expectPlaces(json.data as unknown as readonly Profile[]);
      const missing = asked.filter((id) => !ids.includes(id)).length;
      expect(json.meta.warnings.some((text) => text.startsWith('there are no customers'))).toBe(missing > 0);
    }),
    RUNS,
  );
}, 240_000);

/** All customers are there: each has its place among their values. */
function expectPlaces(rows: readonly Profile[]): void {
  const values = rows.map((row) => row['value']!['value']!);
  for (const row of rows) {
    const { value, rank, percentile } = row['value']! as { value: number; rank: number; percentile: number };
    expect(rank).toBe(1 + values.filter((other) => other > value).length);
    expect(percentile).toBeCloseTo(values.filter((other) => other <= value).length / values.length, 9);
  }
}
