import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { alikeProbe } from '../alike-probe.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored } from '../world-rows.ts';
import { mostAlike, type AlikeQuestion } from './naive-alike.ts';
import { RUNS } from './list-questions.ts';
import { takeWrite } from './random-writes.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: [...ANALYSES, alikeProbe] });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Some whose order by UTF-16 unit is not that by code point. */
const CUSTOMERS = ['C0', 'C1', 'C10', 'C2', 'c2', 'é', '\uffff', '😀'];
const PRODUCTS = ['P0', 'P1', 'P2', 'P3', 'P4', 'P5'];
const start = constantFrom(null, '2024-01-01', '2024-01-01', '2024-06-15', '2024-06-16');
const end = constantFrom(null, null, '2023-12-31', '2024-06-15', '2024-06-16');

const held = (ends: typeof end) =>
  record({
    customer_id: constantFrom(...CUSTOMERS),
    product_id: constantFrom(...PRODUCTS),
    start_date: start,
    end_date: ends,
  });
/** Of a customer with days beyond the year 9999 the snapshot does not speak. */
const farEnd = constantFrom(null, null, null, '2024-06-15', '12000-01-01', 'infinity');
const stored = array(held(farEnd as typeof end), { maxLength: 60, size: 'max' }).map((rows) =>
  rows.map((row, i): Stored => ({ relationship_id: `R${i}`, ...row })),
);
const write = record({
  verb: constantFrom('create', 'replace', 'delete'),
  number: integer({ max: 60 }),
  row: held(end),
});
const question = record({
  customerId: constantFrom(...CUSTOMERS),
  asOf: constantFrom('2023-12-31', '2024-01-01', '2024-06-15', '2024-06-16'),
  count: constantFrom(1, 2, 3, 10),
  minCommon: constantFrom(1, 2, 3),
});
const round = record({
  writes: array(write, { maxLength: 3 }),
  asked: array(question, { minLength: 3, maxLength: 6 }),
});

async function answer(asked: AlikeQuestion, isBySql: boolean) {
  const { status, json } = await world.post('/v1/analyses/test.most-alike', { ...asked, isBySql });
  expect(status).toBe(200);
  return json.data;
}

test('the customers most alike are those of a loop, from the snapshot and by SQL, after writes too', async () => {
  const rounds = array(round, { minLength: 1, maxLength: 3 });
  await assert(
    asyncProperty(stored, rounds, boolean(), async (relationships, list, isInMemory) => {
      const rows = new Map(relationships.map((row) => [String(row['relationship_id']), row]));
      await world.refill({
        customers: CUSTOMERS.map((customer_id) => ({ customer_id })),
        products: PRODUCTS.map((product_id) => ({ product_id })),
        customer_products: relationships,
      });
      const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
      if (isInMemory) await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
      for (const { writes, asked } of list) {
        for (const one of writes) await takeWrite(world, rows, one);
        for (const one of asked) {
          const expected = mostAlike([...rows.values()], one);
          expect(await answer(one, false)).toEqual(expected);
          expect(await answer(one, true)).toEqual(expected);
        }
      }
    }),
    RUNS,
  );
}, 240_000);
