import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  option,
  record,
  shuffledSubarray,
} from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactsOptions } from '../../src/analysis/facts/model.ts';
import { factsRows } from '../facts-rows.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { factsOf } from './naive-facts.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const CUSTOMERS = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'];
const few = (...values: readonly string[]) => option(constantFrom(...values), { freq: 3, nil: null });
/** Days near each other and near the days that are asked about, and some far from them. */
const near = integer({ min: -500, max: 40 }).map((days) =>
  new Date(Date.UTC(2024, 1, 29) + days * 86_400_000).toISOString().slice(0, 10),
);
const day = constantFrom(0, 0, 0, 1).chain((which) =>
  which === 0 ? near : constantFrom('2023-01-31', '2024-02-29', '2024-01-31', '1899-12-31', '2030-01-01'),
);
const amount = integer({ min: -300, max: 3_000 }).map((cents) => cents / 100);
const held = record({
  customer_id: constantFrom(...CUSTOMERS, 'nobody'),
  product_id: constantFrom('P0', 'P1', 'P2', 'P3', 'P4', 'PX'),
  relationship_type: few('purchase', 'subscription', 'subscription'),
  start_date: option(day, { freq: 9, nil: null }),
  end_date: option(day, { freq: 1, nil: null }),
  value: option(
    constantFrom(0, 1).chain((which) => (which === 0 ? constantFrom(0, 1, 10.01) : amount)),
    { freq: 9, nil: null },
  ),
});
const customer = record({ customer_type: few('business', 'consumer'), region: few('north', 'south', '') });
const factsWorld = record({
  held: array(held, { maxLength: 40, size: 'max' }),
  customers: array(customer, { minLength: CUSTOMERS.length, maxLength: CUSTOMERS.length }),
  ids: shuffledSubarray(CUSTOMERS),
  categories: array(few('tools', 'toys', 'food'), { minLength: 5, maxLength: 5 }),
}).map(({ held, customers, ids, categories }): WorldRows => ({
  customers: ids.map((customer_id, i) => ({ customer_id, ...customers[i]! })),
  products: categories.map((product_category, i) => ({ product_id: `P${i}`, product_category })),
  customer_products: held.map((row, i): Stored => ({ relationship_id: `R${i}`, ...row })),
}));
const asOf = constantFrom('2024-02-29', '2024-02-28', '2023-12-31', '2024-03-31', '2031-01-01', '1900-01-01');
const options = record({
  newDays: constantFrom(1, 30, 90, 400),
  dormantDays: constantFrom(1, 30, 90),
  churnedDays: constantFrom(90, 365),
  rfmMonths: constantFrom(null, null, 1, 12),
  tierA: constantFrom(0.2, 0.5, 0.8),
  tierB: constantFrom(0.85, 0.95, 1),
}) as ReturnType<typeof record<FactsOptions>>;

const byId = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  [...rows].sort((a, b) => ((a['customerId'] as string) < (b['customerId'] as string) ? -1 : 1));

describe('the facts of customers equal loops over the rows', { timeout: 120_000 }, () => {
  test('on any day, with any options', async () => {
    await assert(
      asyncProperty(factsWorld, asOf, options, async (rows, day, asked) => {
        await world.refill(rows);
        expect(await factsRows(world, day, asked)).toEqual(byId(factsOf(rows, day, asked)));
      }),
      { ...RUNS, numRuns: 3 * RUNS.numRuns },
    );
  });

  test('in whatever order the rows are stored', async () => {
    await assert(
      asyncProperty(factsWorld, asOf, options, async (rows, day, asked) => {
        await world.refill(rows);
        const first = await factsRows(world, day, asked);
        await world.refill({
          customers: rows.customers.toReversed(),
          products: rows.products.toReversed(),
          customer_products: rows.customer_products.toReversed(),
        });
        expect(await factsRows(world, day, asked)).toEqual(first);
      }),
      RUNS,
    );
  });
});
