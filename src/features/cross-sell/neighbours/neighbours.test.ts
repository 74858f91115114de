import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import type { Stored } from '../../../../test/world-rows.ts';
import { allNeighboursAnalysis, neighboursAnalysis } from './routes.ts';

const ASOF = '2024-06-01';
let n = 0;
const bought = (customer_id: string, products: string, start_date = '2024-01-01', more: Stored = {}) =>
  products.split('').map((product_id) => ({
    relationship_id: `R${(n += 1)}`,
    customer_id,
    product_id,
    start_date,
    value: 1,
    ...more,
  }));
const worldOf = (rows: readonly (readonly Stored[])[]) => ({
  customers: [...new Set(rows.flat().map(({ customer_id }) => customer_id!))].map((customer_id) => ({ customer_id })),
  products: [
    { product_id: 'a', product_name: 'Ape' },
    { product_id: 'b', product_name: 'Bee' },
    { product_id: 'c', product_name: 'Cat' },
    { product_id: 'd', product_name: null },
  ],
  customer_products: rows.flat(),
});
/** z is no product; c is no more of 2, and had all the same. */
const ROWS = worldOf([
  bought('1', 'ab'),
  bought('1', 'a', '2024-02-01'),
  bought('2', 'ab'),
  bought('2', 'c', '2024-01-01', { end_date: '2024-03-01' }),
  bought('3', 'abcz'),
  bought('4', 'b'),
  bought('5', 'ab', '2024-06-02'),
  bought('6', 'ac', '2024-01-01', { end_date: '2023-12-31' }),
]);

let world: World;
beforeAll(async () => (world = await openWorld({ rows: ROWS })));
beforeEach(async () => world.refill(ROWS));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const of = async (product: string, query = '') => world.get(`/v1/products/${product}/neighbours?asOf=${ASOF}${query}`);
const all = async (params: object = {}) =>
  world.post('/v1/analyses/cross-sell.all-neighbours', { asOf: ASOF, ...params });

test('of one product, worked out by hand', async () => {
  const { status, json } = await of('a');
  // Customers 1, 2 and 3 have 2, 3 and 4 products; a has 3 customers, b 4, c 2 and z 1.
  const weight = (degrees: readonly number[], owners: number) =>
    expect.closeTo(degrees.reduce((sum, d) => sum + d ** -0.7, 0) / (3 ** 0.7 * owners ** 0.4), 6) as number;
  const row = { productId: 'a', productName: 'Ape', model: 'rp3beta' };
  expect([status, json.data]).toEqual([
    200,
    [
      { ...row, neighbour: 'b', neighbourName: 'Bee', rank: 1, weight: weight([2, 3, 4], 4) },
      { ...row, neighbour: 'c', neighbourName: 'Cat', rank: 2, weight: weight([3, 4], 2) },
      { ...row, neighbour: 'z', neighbourName: null, rank: 3, weight: weight([4], 1) },
    ],
  ]);
});

test('by cosine, and no more than the most', async () => {
  const { json } = await of('a', '&model=cosine&most=2');
  expect(json.data.map(({ neighbour, weight, model }) => [neighbour, weight, model])).toEqual([
    ['b', expect.closeTo(3 / Math.sqrt(3 * 4), 6), 'cosine'],
    ['c', expect.closeTo(2 / Math.sqrt(3 * 2), 6), 'cosine'],
  ]);
});

test('a day before, and before a customer had anything', async () => {
  expect((await world.get('/v1/products/a/neighbours?asOf=2023-12-31')).json.data).toEqual([]);
  const { json } = await world.get('/v1/products/a/neighbours?asOf=2024-06-02');
  expect(json.data[0]!['weight']).not.toBe((await of('a')).json.data[0]!['weight']);
});

test('of all products, each as it is of itself', async () => {
  const { json } = await all();
  const each = await Promise.all(['a', 'b', 'c'].map(async (product) => (await of(product)).json.data));
  expect(json.data.filter(({ productId }) => productId !== 'z')).toEqual(each.flat());
  const pairs = json.data.map(({ productId, neighbour }) => `${String(productId)}${String(neighbour)}`);
  expect(pairs.map((pair) => pair[0]).join('')).toBe('aaabbbccczzz');
  expect(pairs.toSorted().join(' ')).toBe('ab ac az ba bc bz ca cb cz za zb zc');
  const csv = await world.post(
    '/v1/analyses/cross-sell.all-neighbours',
    { asOf: ASOF, most: 1 },
    { accept: 'text/csv' },
  );
  expect(csv.text.trim().split('\n')).toHaveLength(5);
});

test('customers who have too much are counted', async () => {
  const { json } = await of('a', '&heaviest=3');
  expect(json.meta.warnings.at(-1)).toBe('customers with more than 3 products, from whom nothing was learned: 1');
  expect(json.data.map(({ neighbour }) => neighbour)).toEqual(['b', 'c']);
});

test('a write counts at once', async () => {
  const before = (await of('a')).json.data;
  const one = { relationshipId: 'new', customerId: '4', productId: 'a', startDate: '2024-05-01' };
  expect((await world.post('/v1/relationships', one)).status).toBe(201);
  const { json } = await of('a');
  expect(json.data[0]).toMatchObject({ neighbour: 'b', rank: 1 });
  expect(json.data[0]!['weight']).not.toBe(before[0]!['weight']);
});

test('of a product that is not there 404; of one that nobody has, nothing and why', async () => {
  expect((await of('nothing')).problem).toMatchObject({ code: 'product.not_found' });
  const { status, json } = await of('d');
  expect([status, json.data, json.meta.warnings.at(-1)]).toEqual([200, [], neighboursAnalysis.whenEmpty]);
});

test.each([
  ['model=lift', '/model'],
  ['alpha=3', '/alpha'],
  ['beta=-1', '/beta'],
  ['most=0', '/most'],
  ['heaviest=1', '/heaviest'],
  ['asOf=2030-01-01', '?asOf'],
])('%s is refused', async (query, pointer) => {
  const { status, problem } = await world.get(`/v1/products/a/neighbours?${query}`);
  expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([
    400,
    'request.invalid',
    expect.stringContaining(pointer.slice(1)),
  ]);
});

test.each([
  ['no relationships', [], 0],
  ['one customer with one product', [bought('1', 'a')], 0],
  ['one product', [bought('1', 'a'), bought('2', 'a')], 0],
  ['one customer', [bought('1', 'abc')], 6],
  ['everybody owns everything', ['1', '2', '3'].map((customer) => bought(customer, 'abc')), 6],
])('%s: an answer or a reason', async (_, rows, length) => {
  await world.refill(worldOf(rows));
  const { status, json } = await all();
  expect([status, json.data.length]).toEqual([200, length]);
  if (length === 0) expect(json.meta.warnings.at(-1)).toBe(allNeighboursAnalysis.whenEmpty);
  for (const row of json.data) expect(row['weight']).toBeGreaterThan(0);
});
