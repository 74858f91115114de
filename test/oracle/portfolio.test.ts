import { assert, asyncProperty, constantFrom, record } from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { openWorld, type World } from '../world.ts';
import type { WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import {
  abcOf,
  concentrationOf,
  crossSellOf,
  portfolioOf,
  productsPerCustomerOf,
  type NaiveAsked,
} from './naive-portfolio.ts';
import { randomWorld } from './random-world.ts';

let world: World;

/** The world with these rows, ready to answer in the way that is asked for. */
async function refill(isInMemory: boolean, rows: WorldRows): Promise<void> {
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  if (isInMemory) await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

type Row = Readonly<Record<string, unknown>>;

/** Customers have the ids that relationships speak of; some of them, and some products, have no row. */
const portfolioWorld = randomWorld.map((rows): WorldRows => ({
  ...rows,
  customers: rows.customers.slice(0, 7).map((row, i) => ({ ...row, customer_id: `C${i}` })),
}));
const asked = record({
  days: constantFrom(
    { asOf: '2023-12-31' },
    { asOf: '2024-06-15' },
    { asOf: '2024-06-15', from: '2024-01-15' },
    { asOf: '2024-06-15', from: '1890-01-01', to: '2024-02-29' },
    { asOf: '2024-03-01', from: '2024-01-01', to: '2024-02-01' },
  ),
  ownership: constantFrom('active', 'ever'),
  customerType: constantFrom(undefined, undefined, 'business'),
  category: constantFrom(undefined, undefined, 'tools'),
}).map(({ days, ...rest }): NaiveAsked => ({ ...days, ...rest }));

async function rowsOf(name: string, { customerType, category, ...params }: NaiveAsked, more: Row = {}) {
  const { ownership, ...days } = params;
  const isOfValue = ['concentration', 'abc'].includes(name);
  const { from: _f, to: _t, ...day } = days;
  const { status, text, json } = await world.post(`/v1/analyses/portfolio.${name}`, {
    ...(name === 'cross-sell-rate' ? day : days),
    ...(isOfValue ? {} : { ownership }),
    ...(customerType && { customer: { customerType } }),
    ...(category && { product: { productCategory: category } }),
    ...more,
  });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return json.data;
}

/** By the key, numbers to nine digits: doubles are added in another order. */
function comparable(rows: readonly Row[], key: string) {
  const near = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(9)) + 0 : value);
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, noise(near(value))])))
    .sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}

/** What is nought but for the last digits of its parts. */
function noise(value: unknown): unknown {
  return typeof value === 'number' && Math.abs(value) < 1e-9 ? 0 : value;
}

const QUESTIONS = [
  ['products', {}, 'productId', (rows, asks) => portfolioOf(rows, asks, 'product')],
  ['categories', {}, 'productCategory', (rows, asks) => portfolioOf(rows, asks, 'category')],
  ['concentration', {}, 'dimension', concentrationOf],
  ['abc', { dimension: 'products' }, 'itemId', (rows, asks) => abcOf(rows, asks, 'products')],
  ['abc', { dimension: 'customers' }, 'itemId', (rows, asks) => abcOf(rows, asks, 'customers')],
  ['products-per-customer', {}, 'products', productsPerCustomerOf],
  ['cross-sell-rate', { by: 'none' }, 'groupValue', (rows, asks) => crossSellOf(rows, asks, 'none')],
  ['cross-sell-rate', { by: 'customerType' }, 'groupValue', (rows, asks) => crossSellOf(rows, asks, 'customerType')],
  ['cross-sell-rate', { by: 'region' }, 'groupValue', (rows, asks) => crossSellOf(rows, asks, 'region')],
] as const satisfies readonly (readonly [string, Row, string, (rows: WorldRows, asks: NaiveAsked) => readonly Row[]])[];

describe.each([
  ['by SQL', false],
  ['from memory', true],
])('the portfolio equals a loop over the relationships, %s', { timeout: 240_000 }, (_, isInMemory) => {
  beforeAll(async () => {
    world = await openWorld(isInMemory ? {} : { settings: { SNAPSHOT_MAX_ROWS: 0 } });
  });
  afterAll(async () => {
    expect(world.faults).toEqual([]);
    await world.close();
  });

  test('every analysis, on any day and for any period, of all and of some', async () => {
    await assert(
      asyncProperty(portfolioWorld, asked, async (rows, asks) => {
        await refill(isInMemory, rows);
        for (const [name, more, key, naive] of QUESTIONS) {
          const found = comparable(await rowsOf(name, asks, more), key);
          expect([name, more, found]).toEqual([name, more, comparable(naive(rows, asks), key)]);
        }
      }),
      RUNS,
    );
  });

  test('shares sum to 1, filters only shrink, and the order of rows does not matter', async () => {
    await assert(
      asyncProperty(portfolioWorld, asked, async (rows, { customerType, category, ...asks }) => {
        await refill(isInMemory, rows);
        const sumOf = (list: readonly Row[], name: string) => list.reduce((sum, row) => sum + Number(row[name]), 0);
        const products = await rowsOf('products', asks);
        if (products[0]?.['share'] !== null && products.length > 0) expect(sumOf(products, 'share')).toBeCloseTo(1, 9);
        const sizes = await rowsOf('products-per-customer', asks);
        if (sizes.length > 0)
          expect([sumOf(sizes, 'share'), sizes.at(-1)!['cumulativeShare']]).toEqual([expect.closeTo(1, 9), 1]);
        for (const row of await rowsOf('products', { ...asks, customerType: customerType ?? 'consumer', category })) {
          const whole = products.find(({ productId }) => productId === row['productId'])!;
          expect(row['owners']).toBeLessThanOrEqual(whole['owners'] as number);
          expect(row['eligibleCustomers']).toBeLessThanOrEqual(whole['eligibleCustomers'] as number);
        }
        const before = await Promise.all(QUESTIONS.map(([name, more]) => rowsOf(name, asks, more)));
        await refill(isInMemory, { ...rows, customer_products: rows.customer_products.toReversed() });
        const after = await Promise.all(QUESTIONS.map(([name, more]) => rowsOf(name, asks, more)));
        for (const [i, [, , key]] of QUESTIONS.entries())
          expect(comparable(after[i]!, key)).toEqual(comparable(before[i]!, key));
      }),
      RUNS,
    );
  });
});
