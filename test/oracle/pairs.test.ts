import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { PAIR_SORTS } from '../../src/features/cross-sell/pairs/model.ts';
import { compareText } from '../../src/lib/compare-text.ts';
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  shuffledSubarray,
} from '../fast-check.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { naivePairs, type NaivePair, type PairQuestion } from './naive-pairs.ts';
import { takeWrite } from './random-writes.ts';

let inMemory: World;
let bySql: World;
beforeAll(async () => {
  inMemory = await openWorld();
  bySql = await openWorld({ settings: { SNAPSHOT_MAX_ROWS: 0 } });
});
afterAll(async () => {
  for (const world of [inMemory, bySql]) {
    expect(world.faults).toEqual([]);
    await world.close();
  }
});

/** Some whose order by UTF-16 unit is not that by code point; the last of each have no row of their own. */
const CUSTOMERS = ['C0', 'C1', 'C10', 'C2', 'é', '\uffff', '😀', 'CX'];
const PRODUCTS = ['P0', 'P1', 'P2', 'P3', '\uffffP', '😀P', 'PX'];
const CATEGORIES = ['tools', 'toys', '\uffff', '😀', null];
const relationship = record({
  customer_id: constantFrom(...CUSTOMERS),
  product_id: constantFrom(...PRODUCTS),
  start_date: constantFrom(null, '2024-01-01', '2024-01-01', '2024-06-15', '2024-06-16'),
  end_date: constantFrom(null, null, null, '2023-12-31', '2024-06-15', '2024-06-16'),
});
/** Some worlds are nearly empty, most have something to pair. */
const stored = oneof(
  array(relationship, { maxLength: 5 }),
  array(relationship, { minLength: 20, maxLength: 60, size: 'max' }),
  array(relationship, { minLength: 40, maxLength: 60, size: 'max' }),
);
const categories = array(constantFrom(...CATEGORIES), { minLength: PRODUCTS.length, maxLength: PRODUCTS.length });
const written = record({
  customer_id: constantFrom(...CUSTOMERS.slice(0, -1)),
  product_id: constantFrom(...PRODUCTS.slice(0, -1)),
  start_date: constantFrom('2024-01-01', '2024-06-15'),
  end_date: constantFrom(null, '2024-06-16'),
});
const write = record({
  verb: constantFrom('create', 'replace', 'delete'),
  number: integer({ min: 0, max: 70 }),
  row: written,
});
const asked = record({
  asOf: constantFrom('2024-01-01', '2024-06-15'),
  ownership: constantFrom('active' as const, 'ever' as const),
  grain: constantFrom('product' as const, 'category' as const),
  minCustomers: constantFrom(1, 1, 2),
  minOwners: constantFrom(1, 1, 3),
  sort: constantFrom(...PAIR_SORTS),
});
/** Mostly none: then the relationships in memory answer. */
const filters = constantFrom<Pick<PairQuestion, 'region' | 'productType'>>(
  {},
  {},
  {},
  { region: 'north' },
  { productType: 'plan' },
  { region: 'south', productType: 'good' },
);

function worldOf(relationships: readonly Stored[], categoryOf: readonly (string | null)[]): WorldRows {
  return {
    customers: CUSTOMERS.slice(0, -1).map((customer_id, i) => ({
      customer_id,
      region: i % 3 === 0 ? 'south' : 'north',
    })),
    products: PRODUCTS.slice(0, -1).map((product_id, i) => ({
      product_id,
      product_category: categoryOf[i]!,
      product_type: i % 2 === 0 ? 'plan' : 'good',
    })),
    customer_products: relationships,
  };
}

const numbered = (rows: readonly Stored[]) => rows.map((row, i): Stored => ({ relationship_id: `R${i}`, ...row }));

async function filled(world: World, rows: WorldRows): Promise<void> {
  await world.refill(rows);
  if (world === bySql) return;
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

type Asked = PairQuestion & { readonly sort: (typeof PAIR_SORTS)[number] };
type Rows = readonly Readonly<Record<string, unknown>>[];

async function answer(world: World, { region, productType, of, ...params }: Asked, more: object = {}): Promise<Rows> {
  const only = {
    ...(region === undefined ? {} : { customer: { region } }),
    ...(productType === undefined ? {} : { product: { productType } }),
    ...(of === undefined ? {} : params.grain === 'product' ? { productId: of } : { category: of }),
  };
  const name = of === undefined ? 'pairs' : 'pairs-of';
  const reply = await world.post(`/v1/analyses/cross-sell.${name}`, { limit: 1000, ...params, ...only, ...more });
  expect([name, params, reply.status, reply.text]).toEqual([name, params, 200, expect.anything()]);
  return reply.json.data;
}

/** Sorted as the service says; equal to the last digits is equal. */
function expectSame(found: Rows, expected: readonly NaivePair[], { sort }: Asked): void {
  const key = (row: Readonly<Record<string, unknown>>) => `${row['itemA'] as string}\n${row['itemB'] as string}`;
  const byKey = new Map(expected.map((row) => [key(row), row]));
  expect(found.map(key).sort()).toEqual(expected.map(key).sort());
  for (const row of found) {
    for (const [name, value] of Object.entries(byKey.get(key(row))!)) {
      if (typeof value === 'number') expect([name, row[name]]).toEqual([name, expect.closeTo(value, 10)]);
      else expect([name, row[name]]).toEqual([name, value]);
    }
  }
  const sign = sort === 'probability' ? -1 : 1;
  const value = (row: Readonly<Record<string, unknown>>) => (row[sort] === null ? -Infinity : sign * Number(row[sort]));
  found.slice(1).forEach((row, i) => {
    const before = found[i]!;
    if (value(before) !== value(row)) return expect(value(before)).toBeGreaterThan(value(row));
    if (before['customers'] !== row['customers'])
      return expect(Number(before['customers'])).toBeGreaterThan(Number(row['customers']));
    const byA = compareText(before['itemA'] as string, row['itemA'] as string);
    return expect(byA || compareText(before['itemB'] as string, row['itemB'] as string)).toBeLessThan(0);
  });
}

const question = record({
  asked,
  filters,
  of: option(constantFrom(...PRODUCTS.slice(0, -1), ...CATEGORIES.slice(0, 4))),
});

/** What the service can be asked; of one item when that is of the grain. */
function asQuestion({ asked: one, filters: only, of }: { asked: Asked; filters: object; of: string | null }): Asked {
  const isOfGrain = of !== null && PRODUCTS.includes(of) === (one.grain === 'product');
  return { ...one, ...only, of: isOfGrain ? of : undefined };
}

test('pairs are those of a loop, from memory and by SQL, with filters and after writes', async () => {
  const rounds = array(
    record({ writes: array(write, { maxLength: 3 }), questions: array(question, { minLength: 3, maxLength: 6 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  await assert(
    asyncProperty(stored, categories, rounds, async (relationships, categoryOf, list) => {
      for (const world of [inMemory, bySql]) {
        const rows = new Map(numbered(relationships).map((row) => [String(row['relationship_id']), row]));
        await filled(world, worldOf([...rows.values()], categoryOf));
        for (const { writes, questions } of list) {
          for (const one of writes) await takeWrite(world, rows, one);
          for (const one of questions) {
            const params = asQuestion(one);
            const expected = naivePairs(worldOf([...rows.values()], categoryOf), params);
            expectSame(await answer(world, params), expected, params);
            if (params.region !== undefined || params.productType !== undefined) continue;
            const { limit, offset } = { limit: 2, offset: 1 };
            const page = await answer(world, params, { limit, offset });
            expect(page).toEqual((await answer(world, params)).slice(offset, offset + limit));
          }
        }
      }
    }),
    RUNS,
  );
}, 240_000);

test('pairs do not depend on the order of rows', async () => {
  const worlds = stored.chain((rows) =>
    record({ rows: constantFrom(rows), turned: shuffledSubarray(rows, { minLength: rows.length }) }),
  );
  await assert(
    asyncProperty(worlds, asked, async ({ rows, turned }, one) => {
      await filled(inMemory, worldOf(numbered(rows), CATEGORIES.concat(CATEGORIES)));
      const expected = await answer(inMemory, one);
      await filled(inMemory, worldOf(numbered(turned), CATEGORIES.concat(CATEGORIES)));
      expect(await answer(inMemory, one)).toEqual(expected);
    }),
    RUNS,
  );
}, 120_000);
