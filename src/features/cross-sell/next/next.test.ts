import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { WORLD_DAY } from '../../../../test/world-rows.ts';
import { addDays } from '../../../analysis/period.ts';
import { relationshipList } from '../../relationships/routes.ts';
import { nextAnalyses } from './routes.ts';

/*
 * Who has the router takes the cable within some weeks; who has the tent takes the stove. Everybody has the map.
 * The lamp is retired. NEW has nothing, OLD had the router once.
 */
const CUSTOMERS = 300;
const start = (daysAgo: number) => addDays(WORLD_DAY, -daysAgo);
const products = ['cable', 'lamp', 'map', 'router', 'stove', 'tent'];
const relation = (customer: string, product: string, daysAgo: number, more = {}) => ({
  relationship_id: `${customer}-${product}`,
  customer_id: customer,
  product_id: product,
  relationship_type: 'purchase',
  start_date: start(daysAgo),
  value: product === 'cable' ? 20 : 100,
  ...more,
});
const world3 = () => {
  const ids = Array.from({ length: CUSTOMERS }, (_, i) => `C${String(i).padStart(3, '0')}`);
  const held = ids.flatMap((id, i) => {
    const [first, second] = i % 2 === 0 ? ['router', 'cable'] : ['tent', 'stove'];
    // A third has both already, a third completes the pair in each of the last two quarters, some never.
    const later = i % 9 === 8 ? [] : [relation(id, second!, [300, 120, 30][i % 3]!)];
    return [relation(id, 'map', 400), relation(id, first!, 400), ...later];
  });
  const extra = [
    relation('OLD', 'router', 700, { end_date: start(500) }),
    relation('OLD', 'map', 400),
    relation('C000', 'lamp', 400),
  ];
  return {
    customers: [...ids, 'NEW', 'OLD'].map((customer_id) => ({ customer_id, customer_name: customer_id })),
    products: products.map((product_id) => ({
      product_id,
      product_name: `the ${product_id}`,
      product_category: product_id === 'map' ? 'paper' : 'things',
      status: product_id === 'lamp' ? 'retired' : 'active',
    })),
    customer_products: [...held, ...extra],
  };
};

let world: World;
beforeAll(async () => (world = await openWorld({ rows: world3(), analyses: [...nextAnalyses, relationshipList] })));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const next = (id: string, query = '') => world.get(`/v1/customers/${id}/next-products?asOf=${WORLD_DAY}${query}`);
const ids = ({ json }: Awaited<ReturnType<typeof next>>) => json.data.map(({ productId }) => productId);

test('what goes with what the customer has comes first, with the reason and what it is worth', async () => {
  // C008 and C026 have the router and the map, and no cable.
  const { status, json } = await next('C008');
  expect(status).toBe(200);
  const [first] = json.data;
  expect(first).toMatchObject({ rank: 1, productId: 'cable', productName: 'the cable', productCategory: 'things' });
  expect(first!['because']).toMatchObject([{ productId: 'router', productName: 'the router' }, { productId: 'map' }]);
  expect(first!['reason']).toMatch(/^owned by \d\d % of the \d+ customers who have the router and the map$/);
  expect(first!['value']).toBe(20);
  expect(first!['expectedValue']).toBeCloseTo(20 * Number(first!['probability']), 12);
  expect(first!['probability']).toBeGreaterThan(0.2);
  const shares = (first!['because'] as { share: number }[]).map(({ share }) => share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(json.meta.warnings.join()).toMatch(
    /served by (cosine|rp3beta).*NDCG@10 .* against .* of popularity.*95 % interval/,
  );
});

test('nobody is offered what they have or had, nor what is retired', async () => {
  const lists = await Promise.all(['C000', 'C001', 'C008', 'OLD', 'NEW'].map(async (id) => [id, ids(await next(id))]));
  for (const [id, list] of lists) {
    expect(list).not.toContain('lamp');
    if (id !== 'NEW') expect(list).not.toContain('map');
  }
  expect(Object.fromEntries(lists)['OLD']).not.toContain('router');
  expect(ids(await next('OLD', '&repeat=true'))).toContain('router');
  expect(ids(await next('C008', '&status=any'))).toContain('lamp');
});

test('who has nothing is offered what most have', async () => {
  const { json } = await next('NEW');
  expect(json.data[0]).toMatchObject({ productId: 'map', score: null, method: 'popularity', because: [] });
  expect(json.data[0]!['reason']).toBe('owned by 100 % of the 301 customers who have anything');
});

test('filters and exclusions choose what may be offered', async () => {
  expect(ids(await next('NEW', '&product[productCategory]=paper'))).toEqual(['map']);
  expect(ids(await next('C008', '&exclude=cable,stove&limit=1'))).toEqual(['tent']);
  const none = await next('NEW', '&product[productCategory]=air');
  expect([none.json.data, none.json.meta.warnings.join()]).toEqual([
    [],
    expect.stringContaining('no product may be offered'),
  ]);
});

test('a list of customers, and a basket', async () => {
  const many = await world.post('/v1/customers/next-products', { customerIds: ['NEW', 'C008', 'NEW'], limit: 2 });
  expect(many.json.data.map(({ customerId, rank }) => [customerId, rank])).toEqual([
    ['NEW', 1],
    ['NEW', 2],
    ['C008', 1],
    ['C008', 2],
  ]);
  expect(many.json.data[2]!['productId']).toBe('cable');
  const basket = await world.post('/v1/next-products', { productIds: ['tent'], limit: 1 });
  expect(basket.json.data).toMatchObject([{ productId: 'stove', because: [{ productId: 'tent', share: 1 }] }]);
  expect((await world.post('/v1/next-products', { productIds: [] })).json.data[0]!['productId']).toBe('map');
});

test('all customers, as a stream', async () => {
  const { status, json } = await world.get('/v1/analyses/cross-sell.recommendations?limit=2');
  const rows = json.data;
  expect(status).toBe(200);
  expect(new Set(rows.map(({ customerId }) => customerId)).size).toBe(CUSTOMERS + 2);
  const one = (await next('C008', '&limit=2')).json.data;
  expect(rows.filter(({ customerId }) => customerId === 'C008')).toEqual(
    one.map(({ rank, productId, productName, score, method, because, probability, expectedValue }) => ({
      customerId: 'C008',
      rank,
      productId,
      productName,
      score,
      method,
      probability,
      expectedValue,
      becauseProductId: (because as { productId: string }[])[0]?.productId ?? null,
      becauseProductName: (because as { productName: string }[])[0]?.productName ?? null,
    })),
  );
  const some = await world.get('/v1/analyses/cross-sell.recommendations?limit=1&customer[customerName]=NEW');
  expect(some.json.data.map(({ customerId, productId }) => [customerId, productId])).toEqual([['NEW', 'map']]);
});

test('a write changes what a customer is offered at once', async () => {
  const body = { relationshipId: 'W1', customerId: 'C026', productId: 'cable', startDate: start(1) };
  expect(ids(await next('C026'))[0]).toBe('cable');
  expect((await world.post('/v1/relationships', body)).status).toBe(201);
  expect(ids(await next('C026'))).not.toContain('cable');
});

test('of a day before nothing later is known', async () => {
  const before = await world.get(`/v1/customers/C008/next-products?asOf=${start(600)}`);
  expect(before.json.data.every(({ method }) => method === 'popularity')).toBe(true);
});

test('ids that do not exist are named', async () => {
  const nobody = await next('nobody');
  expect([nobody.status, nobody.problem.code]).toEqual([404, 'customer.not_found']);
  const some = await world.post('/v1/customers/next-products', { customerIds: ['C000', 'nobody', 'C001', 'none'] });
  expect([some.status, some.problem.code, some.problem.errors!.map(({ pointer }) => pointer)]).toEqual([
    422,
    'ids.unknown',
    ['/customerIds/1', '/customerIds/3'],
  ]);
  const basket = await world.post('/v1/next-products', { productIds: ['map', 'nothing'] });
  expect([basket.status, basket.problem.detail]).toEqual([422, 'there is no product "nothing"']);
  expect((await next('NEW', '&exclude=nothing')).status).toBe(422);
});

test.each([
  [{ customer_products: [] }, 'popularity: there is nobody to evaluate on'],
  [{ customers: [{ customer_id: 'C1' }], customer_products: [relation('C1', 'map', 400)] }, 'popularity'],
])('answers with little data: %#', async (rows, said) => {
  const small = await openWorld({ rows: { ...world3(), ...rows }, analyses: nextAnalyses });
  const { status, json } = await small.post('/v1/next-products', { productIds: ['map'] });
  expect([status, JSON.stringify(json.data).includes('NaN')]).toEqual([200, false]);
  expect(json.meta.warnings.join()).toContain(said);
  await small.close();
});

test('where no relationships are kept in memory they are read to learn from, and what a customer has is asked', async () => {
  const small = await openWorld({ rows: world3(), analyses: nextAnalyses, settings: { SNAPSHOT_MAX_ROWS: 0 } });
  const list = async (from: World) => (await from.get('/v1/customers/C017/next-products')).json.data;
  expect(await list(small)).toEqual(await list(world));
  await small.close();
});

test('what does not fit into the budget cannot be served', async () => {
  const small = await openWorld({ rows: world3(), analyses: nextAnalyses, settings: { DERIVATION_BYTES: 100 } });
  const { status, problem } = await small.post('/v1/next-products', { productIds: ['map'] });
  expect([status, problem.code]).toEqual([501, 'unsupported.feature']);
  await small.close();
});
