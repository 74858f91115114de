import { assert, asyncProperty, constantFrom, record } from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { SEGMENT_SETS } from '../../src/features/portfolio/whitespace/model.ts';
import { openWorld, type World } from '../world.ts';
import type { WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import type { NaiveAsked } from './naive-portfolio.ts';
import { customerWhitespaceOf, whitespaceOf } from './naive-whitespace.ts';
import { randomWorld } from './random-world.ts';

type Row = Readonly<Record<string, unknown>>;

let world: World;

/** The world with these rows, ready to answer in the way that is asked for. */
async function refill(isInMemory: boolean, rows: WorldRows): Promise<void> {
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  if (isInMemory) await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

/** Customers have the ids that relationships speak of; regions are few, so that segments have members. */
const worlds = randomWorld.map((rows): WorldRows => ({
  ...rows,
  customers: rows.customers
    .slice(0, 7)
    .map((row, i) => ({ ...row, customer_id: `C${i}`, region: ['north', '', null][i % 3]! })),
}));
const asked = record({
  asOf: constantFrom('2023-12-31', '2024-03-01', '2024-06-15'),
  ownership: constantFrom('active', 'ever'),
  customerType: constantFrom(undefined, undefined, 'business'),
  category: constantFrom(undefined, undefined, 'tools'),
}).map((one): NaiveAsked => one);

async function rowsOf(name: string, { customerType, category, asOf, ownership }: NaiveAsked, more: Row) {
  const { status, text, json } = await world.post(`/v1/analyses/portfolio.${name}`, {
    asOf,
    ownership,
    ...(customerType && { customer: { customerType } }),
    ...(category && { product: { productCategory: category } }),
    ...more,
  });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return json.data as readonly Row[];
}

const keyOf = ({ segment, productId }: Row) => JSON.stringify([segment, productId]);
const byKey = (rows: readonly Row[]) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
/** Value is rounded to cents, the other way round where half a cent is missed by a last digit. */
const near = (rows: readonly Row[]) =>
  byKey(rows).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'number' ? expect.closeTo(value, name === 'value' ? 1.9 : 9) : value,
      ]),
    ),
  );

describe.each([
  ['by SQL', false],
  ['from memory', true],
])('whitespace equals a loop over customers, %s', { timeout: 240_000 }, (_, isInMemory) => {
  beforeAll(async () => {
    world = await openWorld(isInMemory ? {} : { settings: { SNAPSHOT_MAX_ROWS: 0 } });
  });
  afterAll(async () => {
    expect(world.faults).toEqual([]);
    await world.close();
  });

  test('every set of segments, on any day, of all and of some', async () => {
    await assert(
      asyncProperty(worlds, asked, constantFrom(...SEGMENT_SETS), async (rows, asks, by) => {
        await refill(isInMemory, rows);
        expect(byKey(await rowsOf('whitespace', asks, { by }))).toEqual(near(whitespaceOf(rows, asks, by)));
      }),
      RUNS,
    );
  });

  test('of one customer', async () => {
    await assert(
      asyncProperty(worlds, asked, constantFrom(...SEGMENT_SETS), async (rows, { asOf, ownership, category }, by) => {
        const asks = { asOf, ownership, category };
        await refill(isInMemory, rows);
        for (const { customer_id } of rows.customers.slice(0, 3)) {
          const found = await rowsOf('whitespace-customer', asks, { by, customerId: customer_id });
          expect(byKey(found)).toEqual(near(customerWhitespaceOf(rows, asks, by, String(customer_id))));
        }
      }),
      RUNS,
    );
  });

  test('customers of a segment sum to its cell, product filters only choose rows, the order of rows does not matter', async () => {
    await assert(
      asyncProperty(worlds, asked, async (rows, { asOf, ownership }) => {
        await refill(isInMemory, rows);
        const asks = { asOf, ownership };
        const all = await rowsOf('whitespace', asks, { by: 'type' });
        const tools = await rowsOf('whitespace', { ...asks, category: 'tools' }, { by: 'type' });
        expect(tools).toEqual(all.filter(({ productCategory }) => productCategory === 'tools'));
        const sums = new Map<string, number>();
        for (const { customer_id: customerId } of rows.customers)
          for (const row of await rowsOf('whitespace-customer', asks, { by: 'type', customerId }))
            sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + Number(row['probability']));
        for (const row of all)
          expect(sums.get(keyOf(row)) ?? 0).toBeCloseTo(Number(row['probability'] ?? 0) * Number(row['gap']), 9);
        await refill(isInMemory, { ...rows, customer_products: rows.customer_products.toReversed() });
        expect(byKey(await rowsOf('whitespace', asks, { by: 'type' }))).toEqual(near(all));
      }),
      RUNS,
    );
  });
});
