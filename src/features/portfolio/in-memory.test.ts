import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import type { Row } from '../../../test/world-client.ts';
import { TINY, type WorldRows } from '../../../test/world-rows.ts';
import { openSession } from '../../analysis/session.ts';
import { ownershipSnapshot } from '../../analysis/snapshot/snapshot.ts';

// That both ways equal a loop over the rows is tested on random worlds in test/oracle/; here, which way is taken.
let bySql: World;
let inMemory: World;
beforeAll(async () => {
  bySql = await openWorld({ settings: { SNAPSHOT_MAX_ROWS: 0 } });
  inMemory = await openWorld();
});
beforeEach(() => refill(TINY));
afterAll(async () => {
  for (const world of [bySql, inMemory]) {
    expect(world.faults).toEqual([]);
    await world.close();
  }
});

async function refill(rows: WorldRows): Promise<void> {
  for (const world of [bySql, inMemory]) await world.refill(rows);
  const session = openSession(inMemory.engine, inMemory.owner, 'heavy', new AbortController().signal);
  await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

/** What the statement by SQL alone does and the other does not. */
const PAIRS = /group by (r\.product_id|p\.product_category), r\.customer_id|count\(distinct r\.product_id\)/;
const ASKED = [
  ['products', {}],
  ['products', { ownership: 'ever', customer: { region: 'north' }, product: { productCategory: 'tools' } }],
  ['categories', {}],
  ['categories', { customer: { customerType: 'business' } }],
  ['categories', { product: { status: 'active' }, segment: 'lifecycle:returning' }],
  ['products-per-customer', {}],
  ['products-per-customer', { ownership: 'ever', from: '2024-01-01', customer: { region: ['north', 'south'] } }],
  ['cross-sell-rate', {}],
  ['cross-sell-rate', { by: 'region', ownership: 'ever', segment: 'lifecycle:returning' }],
] as const;

async function answersOf(world: World, [name, params]: (typeof ASKED)[number]) {
  world.ran.length = 0;
  const { status, text, json } = await world.post(`/v1/analyses/portfolio.${name}`, params);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return { data: json.data, counts: world.ran.some((statement) => PAIRS.test(statement.text)) };
}

async function bothAgree(question: (typeof ASKED)[number], how = { counts: false }): Promise<void> {
  const [slow, fast] = [await answersOf(bySql, question), await answersOf(inMemory, question)];
  expect(slow.counts).toBe(true);
  expect(slow.data).not.toEqual([]);
  expect(fast).toEqual({ data: slow.data, ...how });
}

test.each(ASKED)('%s %j: no pairs are counted by SQL, and the answer is the same', async (...question) => {
  await bothAgree(question as (typeof ASKED)[number]);
});

test('money of everybody and all products is added in memory too, until something is written', async () => {
  const adds = async (question: (typeof ASKED)[number]) => {
    await answersOf(inMemory, question);
    return inMemory.ran.some(({ text }) => text.includes('r.value_kind'));
  };
  const plain = [ASKED[0], ASKED[2], ASKED[5]] as const;
  for (const question of plain) expect([question[0], await adds(question)]).toEqual([question[0], false]);
  expect(await adds(ASKED[1])).toBe(true);
  await inMemory.write('DELETE', '/v1/relationships/R01', undefined, { 'if-match': '*' });
  for (const question of plain) expect([question[0], await adds(question)]).toEqual([question[0], true]);
});

test('right after writes too: relationships made and deleted, a new customer, a new product', async () => {
  for (const world of [bySql, inMemory]) {
    const made = [
      { relationshipId: 'N1', customerId: 'C5', productId: 'P5', startDate: '2024-01-01', value: 4 },
      { relationshipId: 'N2', customerId: 'C0', productId: 'P9', startDate: '2024-02-01', value: 2 },
    ];
    expect((await world.post('/v1/customers', { customerId: 'C0', region: 'north' })).status).toBe(201);
    expect((await world.post('/v1/products', { productId: 'P9', productCategory: 'new' })).status).toBe(201);
    for (const row of made) expect((await world.post('/v1/relationships', row)).status).toBe(201);
    expect((await world.write('DELETE', '/v1/relationships/R01', undefined, { 'if-match': '*' })).status).toBe(200);
  }
  for (const question of ASKED) await bothAgree(question);
});

test('concentration: value is added in memory until something is written, and with filters by SQL', async () => {
  const near = (rows: readonly Row[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, nearly(value)])));
  const nearly = (value: unknown) => (typeof value === 'number' ? expect.closeTo(value, 9) : value);
  const agree = async (params: object, isBySql: boolean) => {
    const { json } = await bySql.post('/v1/analyses/portfolio.concentration', params);
    inMemory.ran.length = 0;
    const found = await inMemory.post('/v1/analyses/portfolio.concentration', params);
    expect(json.data).not.toEqual([]);
    expect(found.json.data).toEqual(near(json.data));
    expect(inMemory.ran.some(({ text }) => text.includes('by_customer as'))).toBe(isBySql);
  };
  await agree({}, false);
  await agree({ from: '2022-02-02', to: '2024-02-10' }, false);
  await agree({ product: { productCategory: 'tools' } }, true);
  await agree({ customer: { region: 'north' } }, true);
  for (const world of [bySql, inMemory])
    await world.write('DELETE', '/v1/relationships/R01', undefined, { 'if-match': '*' });
  await agree({ from: '2022-02-02' }, true);
});

test('with a product filter, products of a customer are counted by SQL', async () => {
  const product = { productCategory: 'tools' };
  await bothAgree(['products-per-customer', { product }] as never, { counts: true });
  await bothAgree(['cross-sell-rate', { product }] as never, { counts: true });
});

test.each([
  ['a sum of a customer', 2],
  ['a sum of all', 10],
])('amounts that no number holds are added by SQL: %s', async (_, count) => {
  const large = { start_date: '2024-01-01', end_date: null, value: '9999999999999.99', relationship_type: 'purchase' };
  const many = Array.from({ length: count }, (__, i) => ({
    ...TINY.customer_products[0]!,
    ...large,
    relationship_id: `L${i}`,
  }));
  await refill({ ...TINY, customer_products: [...many, ...TINY.customer_products.slice(1)] });
  await bothAgree(['products-per-customer', {}], { counts: true });
  await bothAgree(['products', {}]);
  const [slow, fast] = [bySql, inMemory].map((world) => world.post('/v1/analyses/portfolio.concentration', {}));
  const [hand, own] = [(await slow!).json.data, (await fast!).json.data];
  expect(own.map(({ value, items }) => [value, items])).toEqual(hand.map(({ value, items }) => [value, items]));
});
