import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { WORLD_DAY, type Stored } from '../../../../test/world-rows.ts';
import { addDays } from '../../../analysis/period.ts';
import { relationshipList } from '../../relationships/routes.ts';
import { nextAnalyses } from '../next/routes.ts';
import { campaignAnalyses, campaignAnalysis } from './routes.ts';

/*
 * Who has the router takes the cable within some weeks; who has the tent takes the stove. Everybody has the map, and by
 * turns the lamp. ONCE had router and cable and gave the cable back. NEW has nothing. Nobody has the kite.
 */
const start = (daysAgo: number) => addDays(WORLD_DAY, -daysAgo);
const relation = (customer: string, product: string, daysAgo: number, more: Stored = {}): Stored => ({
  relationship_id: `${customer}-${product}`,
  customer_id: customer,
  product_id: product,
  relationship_type: 'purchase',
  start_date: start(daysAgo),
  value: product === 'cable' ? 20 : 100,
  ...more,
});
const CUSTOMERS = Array.from({ length: 300 }, (_, i) => `C${String(i).padStart(3, '0')}`);
/** Of these the first have the router and no cable. */
const WITHOUT = CUSTOMERS.filter((_, i) => i % 9 === 8);
const ROUTER_ONLY = WITHOUT.filter((_, i) => CUSTOMERS.indexOf(WITHOUT[i]!) % 2 === 0);
const held = CUSTOMERS.flatMap((id, i) => {
  const [first, second] = i % 2 === 0 ? ['router', 'cable'] : ['tent', 'stove'];
  const later = i % 9 === 8 ? [] : [relation(id, second!, [300, 120, 30][i % 3]!)];
  return [
    relation(id, 'map', 400),
    relation(id, first!, 400),
    ...later,
    ...(i % 5 === 0 ? [relation(id, 'lamp', 350)] : []),
  ];
});
const ROWS = {
  customers: [...CUSTOMERS, 'NEW', 'ONCE'].map((customer_id, i) => ({
    customer_id,
    customer_name: `name of ${customer_id}`,
    region: [null, 'north', 'south'][i % 3]!,
    customer_type: i % 4 < 2 ? 'business' : 'consumer',
  })),
  products: ['cable', 'kite', 'lamp', 'map', 'router', 'stove', 'tent'].map((product_id) => ({
    product_id,
    product_name: `the ${product_id}`,
    status: product_id === 'lamp' ? 'retired' : 'active',
  })),
  customer_products: [
    ...held,
    relation('ONCE', 'router', 700),
    relation('ONCE', 'cable', 700, { end_date: start(500) }),
    relation('GHOST', 'router', 700),
  ],
};
/** Everything is independent of everything else, so that no model is better than popularity. */
const NOISE = CUSTOMERS.flatMap((id, i) =>
  ['map', 'router', 'tent'].flatMap((product, p) =>
    (i * 7 + p * 3) % (p + 2) === 0 ? [relation(id, product, [400, 120, 30][(i + p) % 3]!)] : [],
  ),
);

const ANALYSES = [...campaignAnalyses, ...nextAnalyses, relationshipList];
let world: World;
beforeAll(async () => (world = await openWorld({ rows: ROWS, analyses: ANALYSES })));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

type Row = Readonly<Record<string, unknown>>;
const ask = (product: string, params: object = {}, asked = world) =>
  asked.post('/v1/analyses/cross-sell.campaign', { productId: product, asOf: WORLD_DAY, ...params });
const ids = ({ json }: Awaited<ReturnType<typeof ask>>) => json.data.map(({ customerId }) => customerId);
const said = ({ json }: Awaited<ReturnType<typeof ask>>) => json.meta.warnings.join('\n');

/** What is learned stays in use for a while when all rows are replaced: other rows are another world. */
async function otherWorld(customer_products: readonly Stored[]): Promise<World> {
  const other = await openWorld({ rows: { ...ROWS, customer_products }, analyses: ANALYSES });
  onTestFinished(async () => {
    expect(other.faults).toEqual([]);
    await other.close();
  });
  return other;
}

test('who has the router is asked first, with reasons and what it is worth', async () => {
  const answer = await ask('cable', { capacity: 1000 });
  expect(answer.status).toBe(200);
  const { data } = answer.json;
  expect(new Set(ids(answer).slice(0, ROUTER_ONLY.length))).toEqual(new Set(ROUTER_ONLY));
  const first = data[0]!;
  expect(first).toMatchObject({
    rank: 1,
    rankInGroup: 1,
    group: null,
    customerName: `name of ${first['customerId'] as string}`,
    rankOfProduct: 1,
    value: 20,
  });
  expect(first['because']).toMatchObject([{ productId: 'router', productName: 'the router' }, {}, {}]);
  expect(first['reason']).toMatch(/^owned by \d\d % of the \d+ customers who have the router and the \w+$/);
  expect(first['probability']).toBeGreaterThan(0.2);
  expect(first['expectedValue']).toBeCloseTo(20 * Number(first['probability']), 12);
  const shares = (first['because'] as { share: number }[]).map(({ share }) => share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(said(answer)).toMatch(/served by (cosine|rp3beta)/);
  expect(said(answer)).toMatch(
    /of the 302 customers who are asked about 134 have or had it; of the others \d+ have something/,
  );
  expect(data.map(({ rank }) => rank)).toEqual(data.map((_, i) => i + 1));
  const sorted = data.toSorted(
    (a, b) => Number(b['score']) - Number(a['score']) || (a['customerId']! < b['customerId']! ? -1 : 1),
  );
  expect(data).toEqual(sorted);
});

test('scores, places and chances are those of the lists of the customers', async () => {
  const { data } = (await ask('cable', { capacity: 50 })).json;
  const lists = (
    await world.post('/v1/customers/next-products', { customerIds: data.map(({ customerId }) => customerId) })
  ).json.data;
  const own = new Map(lists.filter(({ productId }) => productId === 'cable').map((row) => [row['customerId'], row]));
  for (const row of data) {
    const { rank, score, because, reason, probability, expectedValue } = own.get(row['customerId'])!;
    expect(row).toMatchObject({ rankOfProduct: rank, score, because, reason, probability, expectedValue });
  }
});

test('capacity cuts all, and groups; nothing is listed beyond', async () => {
  const all = (await ask('cable', { capacity: 1000, per: 'region' })).json.data;
  const few = (await ask('cable', { capacity: 1000, per: 'region', capacityPer: 3 })).json.data;
  const places = (group: string | null) => few.filter((row) => row['group'] === group);
  for (const group of [null, 'north', 'south']) {
    const first = all.filter((row) => row['group'] === group).slice(0, 3);
    expect(places(group).map(({ customerId }) => customerId)).toEqual(first.map(({ customerId }) => customerId));
    expect(places(group).map(({ rankInGroup }) => rankInGroup)).toEqual([1, 2, 3]);
  }
  const five = (await ask('cable', { capacity: 5, per: 'region', capacityPer: 3 })).json.data;
  expect(five).toEqual(few.slice(0, 5));
  expect((await world.get('/v1/products/cable/campaign?capacity=2')).json.data).toHaveLength(2);
  const byStage = (await ask('cable', { per: 'lifecycle', capacityPer: 1 })).json.data;
  expect(byStage.length).toBe(new Set(byStage.map(({ group }) => group)).size);
});

test('who had it is asked again with repeat alone', async () => {
  expect(ids(await ask('cable', { capacity: 1000 }))).not.toContain('ONCE');
  const again = await ask('cable', { capacity: 1000, repeat: true });
  expect(ids(again)).toContain('ONCE');
  expect(said(again)).toContain('133 have it;');
});

test('filters and segments choose who is asked; a score may be asked for', async () => {
  const all = (await ask('cable', { capacity: 1000 })).json.data;
  const business = await ask('cable', { capacity: 1000, customer: { customerType: 'business' } });
  const isBusiness = ({ customerId }: Row) =>
    ROWS.customers.find((row) => row.customer_id === customerId)!.customer_type === 'business';
  expect(ids(business)).toEqual(all.filter(isBusiness).map(({ customerId }) => customerId));
  const least = Number(all[3]!['score']);
  const above = await ask('cable', { capacity: 1000, minScore: least });
  expect(above.json.data).toEqual(all.filter(({ score }) => Number(score) >= least));
  expect(said(above)).toContain(`have a score of ${least} or more`);
  expect(ids(await ask('cable', { segment: 'lifecycle:none' }))).toEqual([]);
});

test('a write counts at once, of who takes it and of who comes', async () => {
  const [taker] = ROUTER_ONLY;
  const other = await otherWorld(ROWS.customer_products);
  await ask('cable', {}, other);
  const write = (relationshipId: string, customerId: string, productId: string) =>
    other.post('/v1/relationships', { relationshipId, customerId, productId, startDate: start(1) });
  expect((await write('W1', taker!, 'cable')).status).toBe(201);
  expect((await write('W2', 'NEW', 'router')).status).toBe(201);
  expect((await write('W3', 'NEW', 'kite')).status).toBe(201);
  const after = ids(await ask('cable', { capacity: 1000 }, other));
  expect([after.includes(taker!), after.includes('NEW')]).toEqual([false, true]);
});

test('of a day before nothing later is known', async () => {
  const { status, json } = await world.post('/v1/analyses/cross-sell.campaign', {
    productId: 'cable',
    asOf: start(600),
  });
  expect(status).toBe(200);
  expect(json.meta.warnings.join()).toContain(
    'of the 302 customers who are asked about 1 have or had it; of the others 0',
  );
});

test('where popularity is served, the best other model ranks, and it is said', async () => {
  const answer = await ask('router', { capacity: 5 }, await otherWorld(NOISE));
  expect(said(answer)).toMatch(/ranked by (cosine|rp3beta).*not surely better.*served by: popularity/);
  expect(answer.json.data).toHaveLength(5);
});

test.each([
  ['nobody has it', 'kite', {}, 'nothing is known of who takes the product'],
  [
    'everybody has it',
    'map',
    { customer: { customerId: ['C001', 'C002'] } },
    'all of the 2 customers who are asked about have or had it',
  ],
  ['nobody is asked', 'cable', { customer: { customerId: 'nobody' } }, 'no customer is asked about'],
])('%s: empty, with a reason', async (_, product, params, reason) => {
  const answer = await ask(product, params);
  expect([answer.status, answer.json.data]).toEqual([200, []]);
  expect(said(answer)).toContain(reason);
  expect(answer.json.meta.warnings).toContain(campaignAnalysis.whenEmpty);
});

test('no product of that name is a 404', async () => {
  const { status, problem } = await ask('nothing');
  expect([status, problem.code]).toEqual([404, 'product.not_found']);
  expect((await world.get('/v1/products/GHOST/campaign')).status).toBe(404);
});

test.each([
  [{ capacity: 0 }, '/capacity'],
  [{ capacity: 100_001 }, '/capacity'],
  [{ per: 'colour' }, '/per'],
  [{ per: 'region', capacityPer: 0 }, '/capacityPer'],
  [{ capacityPer: 3 }, '?capacityPer'],
  [{ minScore: -1 }, '/minScore'],
  [{ asOf: '2999-01-01' }, '?asOf'],
  [{ customer: { colour: 'red' } }, '?customer[colour]'],
  [{ per: 'tier', tierA: 0.9, tierB: 0.8 }, '?tierB'],
])('%j is refused at %s', async (params, pointer) => {
  const { status, problem } = await ask('cable', params);
  expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test('a product without a row of its own is a reason by its id; customers without one are not listed', async () => {
  const unlisted = held.filter((row) => row['product_id'] === 'router').map(({ customer_id }) => String(customer_id));
  const more = unlisted.map((id) => relation(id, 'unlisted', 380, { value: null }));
  const answer = await ask('cable', { capacity: 1 }, await otherWorld([...ROWS.customer_products, ...more]));
  const [row] = answer.json.data;
  expect(row!['because']).toContainEqual(expect.objectContaining({ productId: 'unlisted', productName: null }));
  expect(row!['reason']).toContain('customers who have the router and unlisted');
  expect(ids(await ask('cable', { capacity: 1000 }))).not.toContain('GHOST');
});

test.each([
  ['no relationships', []],
  ['one customer', [relation('C001', 'map', 400), relation('C001', 'cable', 10)]],
  ['one product', CUSTOMERS.map((id) => relation(id, 'map', 400))],
  ['no values', held.map((row) => ({ ...row, value: null }))],
  ['negative values', held.map((row) => ({ ...row, value: -5 }))],
  ['ends before starts', held.map((row) => ({ ...row, end_date: '2000-01-01' }))],
])('%s: an answer, and no figure missing', async (_, customer_products) => {
  const other = await otherWorld(customer_products);
  for (const repeat of [false, true]) {
    const { status, json } = await ask('cable', { repeat, per: 'rfm' }, other);
    expect([status, JSON.stringify(json.data).includes('NaN')]).toEqual([200, false]);
    for (const row of json.data) expect(row['score']).toBeGreaterThan(0);
  }
});

test('without relationships in memory they are read, and the answer is the same', async () => {
  const few = await openWorld({ rows: ROWS, analyses: campaignAnalyses, settings: { SNAPSHOT_MAX_ROWS: 10 } });
  for (const repeat of [false, true]) {
    const params = { repeat, per: 'region', capacityPer: 4 };
    expect((await ask('cable', params, few)).json.data).toEqual((await ask('cable', params)).json.data);
  }
  expect(few.faults).toEqual([]);
  await few.close();
});

test('what does not fit into the budget cannot be served', async () => {
  const small = await openWorld({ rows: ROWS, analyses: campaignAnalyses, settings: { DERIVATION_BYTES: 100 } });
  const { status, problem } = await small.get('/v1/products/cable/campaign');
  expect([status, problem.code]).toEqual([501, 'unsupported.feature']);
  await small.close();
});
