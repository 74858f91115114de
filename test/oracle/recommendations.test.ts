import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { camelCase } from '../../src/lib/names.ts';
import { array, assert, asyncProperty, constantFrom, integer, record, tuple } from '../fast-check.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { figuresOf, hadBy, type NaiveModel, weightUnder } from './naive-recommendations.ts';
import { randomWorld } from './random-world.ts';

type Row = Readonly<Record<string, unknown>>;

const WAYS = ['read by a statement', 'from memory', 'from memory, after writes'] as const;
type Way = (typeof WAYS)[number];

let world: World;

/** The world with these rows, ready to answer in the way that is asked for. */
async function refill(way: Way, rows: WorldRows): Promise<void> {
  const late =
    way === 'from memory, after writes' ? rows.customer_products.filter((row) => canBeWritten(row, rows)) : [];
  const written = new Set(late.slice(0, 5));
  await world.refill({ ...rows, customer_products: rows.customer_products.filter((row) => !written.has(row)) });
  if (way === 'read by a statement') return;
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
  for (const row of written) {
    const body = Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]));
    expect((await world.post('/v1/relationships', body)).status).toBe(201);
  }
  expect(session.standing(ownershipSnapshot)?.changed.size).toBe(
    new Set([...written].map((row) => row['customer_id'])).size,
  );
}

function canBeWritten(row: Stored, { customers, products }: WorldRows): boolean {
  const isThere = (rows: readonly Stored[], column: string) => rows.some((one) => one[column] === row[column]);
  const { start_date: start, end_date: end } = row;
  return (
    start !== null &&
    (end === null || end! >= start!) &&
    isThere(customers, 'customer_id') &&
    isThere(products, 'product_id')
  );
}

const relationships = array(
  record({
    customer_id: integer({ min: 0, max: 7 }).map((i) => `C${i}`),
    product_id: integer({ min: 0, max: 6 }).map((i) => `P${i}`),
    start_date: constantFrom('2023-05-01', '2023-12-31', '2024-01-01', '2024-02-28', '2024-02-29', '2024-05-05', null),
    end_date: constantFrom(null, null, null, '2024-01-15', '2023-01-01'),
  }),
  { minLength: 15, maxLength: 50 },
);
/** Customers have the ids that relationships speak of; there are enough of them for something to be started after the cut. */
const worlds = tuple(randomWorld, relationships).map(([rows, held]): WorldRows => ({
  ...rows,
  customers: rows.customers.slice(0, 7).map((row, i) => ({ ...row, customer_id: `C${i}` })),
  customer_products: held.map((row, i) => ({ relationship_id: `R${i}`, ...row })),
}));
const asked = record({
  asOf: constantFrom('2024-03-01', '2024-06-15'),
  cut: constantFrom('2024-01-01', '2024-01-02', '2024-02-29'),
  k: constantFrom(1, 2, 10),
  leastOwned: constantFrom(1, 1, 2),
  heaviest: constantFrom(500, 500, 2),
  grain: constantFrom('product' as const, 'product' as const, 'category' as const),
  customerType: constantFrom(undefined, undefined, 'business'),
});

async function rowsOf(name: string, params: Row): Promise<readonly Row[]> {
  const { status, text, json } = await world.post(`/v1/analyses/cross-sell.${name}`, params);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return json.data;
}

const near = (figures: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, expect.closeTo(value, 9) as number]));
const modelOf = ({ model, alpha, beta }: Row) => ({ name: model, alpha, beta }) as NaiveModel;

describe.each(WAYS)('recommendations equal loops over customers, %s', { timeout: 240_000 }, (way) => {
  beforeAll(async () => {
    world = await openWorld(way === 'read by a statement' ? { settings: { SNAPSHOT_MAX_ROWS: 0 } } : {});
  });
  afterAll(async () => {
    expect(world.faults).toEqual([]);
    await world.close();
  });

  test('every figure of every model of an evaluation', async () => {
    let evaluated = 0;
    await assert(
      asyncProperty(worlds, asked, async (rows, { customerType, ...params }) => {
        await refill(way, rows);
        const filter = customerType === undefined ? {} : { customer: { customerType } };
        const found = await rowsOf('evaluation', { ...params, ...filter });
        const some = rows.customers.filter((one) => one['customer_type'] === customerType);
        const customers = customerType && new Set(some.map((one) => String(one['customer_id'])));
        const naive = (model: NaiveModel) =>
          figuresOf(model, rows, params, { ...params, customers: customers || undefined });
        const base = naive({ name: 'popularity', alpha: null, beta: null });
        expect(found).toHaveLength(base === undefined ? 0 : 12);
        for (const row of found) {
          const figures = naive(modelOf(row))!;
          expect(row).toMatchObject(near(figures));
          if (row['model'] === 'popularity') continue;
          expect(row['gain']).toBeCloseTo(figures['ndcg']! - base!['ndcg']!, 9);
          expect(Number(row['gainLow'])).toBeLessThanOrEqual(Number(row['gainHigh']));
        }
        const winners = found.filter(({ isWinner }) => isWinner);
        expect(winners).toHaveLength(found.length === 0 ? 0 : 1);
        for (const { isChosen, gainLow } of winners) expect(!isChosen || Number(gainLow) > 0).toBe(true);
        evaluated += Number(found.length > 0);
      }),
      RUNS,
    );
    expect(evaluated).toBeGreaterThan(3);
  });

  test('groups are parts of all, and each is what its filter leaves', async () => {
    await assert(
      asyncProperty(worlds, asked, async (rows, { customerType: _type, ...params }) => {
        await refill(way, rows);
        const all = await rowsOf('evaluation', { ...params, by: 'type' });
        const isOf = (group: unknown) => (row: Row) => row['group'] === group;
        expect(all.filter(isOf(null))).toEqual(await rowsOf('evaluation', params));
        for (const group of new Set(all.map((row) => row['group']))) {
          if (group === null) continue;
          const alone = await rowsOf('evaluation', { ...params, customer: { customerType: group } });
          const figures = ({ model, alpha, beta, cases, ndcg, map, coverage, gain, gainLow }: Row) => [
            model,
            alpha,
            beta,
            cases,
            ndcg,
            map,
            coverage,
            gain,
            gainLow,
          ];
          expect(all.filter(isOf(group)).map(figures)).toEqual(alone.map(figures));
        }
      }),
      RUNS,
    );
  });

  test('neighbours of all products, and of each', async () => {
    const models = constantFrom<NaiveModel>(
      { name: 'rp3beta', alpha: 0.7, beta: 0.4 },
      { name: 'rp3beta', alpha: 1, beta: 0 },
      { name: 'cosine', alpha: null, beta: null },
    );
    await assert(
      asyncProperty(worlds, asked, models, async (rows, { asOf, heaviest, k }, { name, alpha, beta }) => {
        await refill(way, rows);
        const had = hadBy(rows, asOf);
        const weight = weightUnder({ name, alpha, beta }, had, heaviest);
        const ids = [...new Set([...had.values()].flatMap((items) => [...items]))].toSorted();
        const expected = ids.flatMap((productId) =>
          ids
            .filter((neighbour) => neighbour !== productId && weight(productId, neighbour) > 0)
            .map((neighbour) => ({ productId, neighbour, weight: weight(productId, neighbour) }))
            .toSorted((a, b) => b.weight - a.weight || (a.neighbour < b.neighbour ? -1 : 1))
            .slice(0, k)
            .map((row, i) => ({ ...row, rank: i + 1 })),
        );
        const model = { model: name, ...(alpha === null ? {} : { alpha, beta }) };
        const params = { asOf, heaviest, most: k, ...model };
        expect(await rowsOf('all-neighbours', params)).toEqual(expected.map((row) => expect.objectContaining(row)));
        for (const { product_id: productId } of rows.products.slice(0, 3))
          expect(await rowsOf('neighbours', { ...params, productId })).toEqual(
            expected.filter((row) => row.productId === productId).map((row) => expect.objectContaining(row)),
          );
      }),
      RUNS,
    );
  });
});
