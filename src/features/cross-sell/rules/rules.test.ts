import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import type { Stored } from '../../../../test/world-rows.ts';
import { crossSellAnalyses } from '../routes.ts';
import { itemsetsAnalysis, rulesAnalysis } from './routes.ts';

const ASOF = '2024-06-01';
let n = 0;
const bought = (customer_id: string, products: string, start_date: string | null = '2024-01-01', more: Stored = {}) =>
  products.split('').map((product_id) => ({
    relationship_id: `R${(n += 1)}`,
    customer_id,
    product_id,
    start_date,
    value: 1,
    ...more,
  }));
const worldOf = (rows: readonly Stored[][]) => ({
  customers: [...new Set(rows.flat().map(({ customer_id }) => customer_id))].map((customer_id) => ({
    customer_id: customer_id!,
    region: customer_id === 'D' ? 'south' : 'north',
  })),
  products: [
    { product_id: 'a', product_name: 'Ape', product_category: 'x' },
    { product_id: 'b', product_name: 'Bee', product_category: 'x' },
    { product_id: 'c', product_name: null, product_category: 'y' },
  ],
  customer_products: rows.flat(),
});
/** c is no more of A; z is no product; a twice on different days of B. */
const ROWS = worldOf([
  bought('A', 'ab'),
  bought('A', 'c', '2024-01-01', { end_date: '2024-03-01' }),
  bought('B', 'abc', '2024-02-01', { attribute_channel: 'web' }),
  bought('B', 'a', '2024-03-01', { attribute_channel: 'shop' }),
  bought('C', 'ab', '2023-05-01'),
  bought('C', 'z', '2024-05-01', { attribute_channel: 'web' }),
  bought('D', 'ac', '2024-03-01', { attribute_channel: 'shop', end_date: '2024-09-01' }),
  bought('E', 'bc', null),
  bought('E', 'bc', '2024-03-01', { end_date: '2024-02-01' }),
  bought('E', 'bc', '2024-07-01'),
]);

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: crossSellAnalyses, rows: ROWS })));
beforeEach(async () => world.refill(ROWS));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

type Row = Readonly<Record<string, unknown>>;
const ask = (name: 'itemsets' | 'rules', params: object) =>
  world.post(`/v1/analyses/cross-sell.${name}`, { asOf: ASOF, ...params });
const sets = async (params: object) => {
  const { json } = await ask('itemsets', { minCount: 1, minLength: 1, ...params });
  return Object.fromEntries(json.data.map(({ items, count }) => [(items as string[]).join(''), count]));
};
const rules = async (params: object) => {
  const { json } = await ask('rules', { minCount: 1, minConfidence: 0, ...params });
  return json.data.map((row: Row) => `${(row['antecedent'] as string[]).join('')}>${String(row['consequent'])}`);
};

test('baskets of what customers have, worked out by hand', async () => {
  const { json } = await ask('itemsets', { minSupport: 0.5 });
  expect(json.data).toEqual([
    {
      items: ['a', 'b'],
      itemNames: ['Ape', 'Bee'],
      length: 2,
      count: 3,
      baskets: 4,
      support: 0.75,
      lift: 1,
      allConfidence: 0.75,
    },
    {
      items: ['a', 'c'],
      itemNames: ['Ape', null],
      length: 2,
      count: 2,
      baskets: 4,
      support: 0.5,
      lift: 1,
      allConfidence: 0.5,
    },
  ]);
  expect(await sets({})).toEqual({ a: 4, b: 3, c: 2, z: 1, ab: 3, ac: 2, bc: 1, az: 1, bz: 1, abc: 1, abz: 1 });
  expect(await sets({ ownership: 'ever', minCount: 2 })).toEqual({ a: 4, b: 3, c: 3, ab: 3, ac: 3, bc: 2, abc: 2 });
  expect(await sets({ asOf: '2024-02-15', minCount: 2 })).toEqual({ a: 3, b: 3, c: 2, ab: 3, ac: 2, bc: 2, abc: 2 });
});

test('baskets of a day, and of the values of a field, of starts in a period', async () => {
  expect(await sets({ basket: 'customer-day' })).toEqual({ a: 4, b: 2, c: 3, z: 1, ab: 2, ac: 3, bc: 2, abc: 2 });
  expect(await sets({ basket: 'customer-day', from: '2024-02-01', to: '2024-03-01' })).toEqual(
    await sets({ basket: 'customer-day', customer: { customerId: 'B' }, to: '2024-03-01' }),
  );
  expect(await sets({ basket: 'attributes.channel' })).toEqual({
    a: 2,
    b: 1,
    c: 2,
    z: 1,
    ab: 1,
    ac: 2,
    az: 1,
    bc: 1,
    bz: 1,
    cz: 1,
    abc: 1,
    abz: 1,
    acz: 1,
    bcz: 1,
    abcz: 1,
  });
  expect(await sets({ basket: 'startDate', minCount: 2 })).toEqual({ a: 3, b: 2, c: 3, ab: 2, ac: 3, bc: 2, abc: 2 });
  expect(await sets({ basket: 'relationshipId', minCount: 2 })).toEqual({ a: 4, b: 2, c: 3 });
});

test('items are categories too; filters of customers and products come before baskets are counted', async () => {
  expect(await sets({ grain: 'category' })).toEqual({ x: 4, y: 2, xy: 2 });
  expect(await sets({ product: { productId: { in: ['b', 'c'] } } })).toEqual({ b: 3, c: 2, bc: 1 });
  expect((await ask('itemsets', { product: { productId: ['b', 'c'] }, minCount: 1 })).json.data[0]).toMatchObject({
    baskets: 4,
    support: 0.25,
  });
  expect(await sets({ customer: { region: 'south' } })).toEqual({ a: 1, c: 1, ac: 1 });
  expect((await ask('itemsets', { segment: 'nobody' })).problem.code).toBe('segment.not_found');
});

test('rules say what comes with what; a more general one that is as good makes others redundant', async () => {
  const { json } = await ask('rules', { minCount: 2, minConfidence: 0.5, ownership: 'ever' });
  expect(json.data[0]).toMatchObject({
    antecedent: ['b'],
    antecedentNames: ['Bee'],
    consequent: 'a',
    consequentName: 'Ape',
    length: 2,
    count: 3,
    antecedentCount: 3,
    consequentCount: 4,
    baskets: 4,
    support: 0.75,
    confidence: 1,
    lift: 1,
    leverage: 0,
    conviction: null,
    phi: null,
    probability: 1,
    adjustedProbability: 1,
    isRedundant: true,
  });
  const asked = { minCount: 2, ownership: 'ever' };
  expect(await rules(asked)).toEqual(['b>a', 'c>a', 'bc>a', 'a>b', 'a>c', 'b>c', 'c>b', 'ab>c', 'ac>b']);
  expect(await rules({ ...asked, redundant: false })).toEqual([]);
  expect(await rules({ ...asked, minConfidence: 0.7 })).toEqual(['b>a', 'c>a', 'bc>a', 'a>b', 'a>c']);
  expect(await rules({ ...asked, minLift: 1 })).toEqual(['b>a', 'c>a', 'bc>a', 'a>b', 'a>c']);
  expect(await rules({ ...asked, minLength: 3, sort: 'lift' })).toEqual(['bc>a', 'ab>c', 'ac>b']);
  expect((await rules({ ...asked, sort: 'length' }))[0]).toBe('ab>c');
  expect((await rules({ ...asked, sort: 'count' }))[0]).toBe('a>b');
});

test.each([
  [{ minSupport: 0 }, '/minSupport'],
  [{ minSupport: 1.5 }, '/minSupport'],
  [{ minCount: 0 }, '/minCount'],
  [{ maxLength: 11 }, '/maxLength'],
  [{ minConfidence: 1.01 }, '/minConfidence'],
  [{ minLift: -1 }, '/minLift'],
  [{ sort: 'lifts' }, '/sort'],
  [{ limit: 0 }, '/limit'],
  [{ basket: 'attributes.chanel' }, '?basket'],
  [{ basket: 'value' }, '?basket'],
  [{ from: '2024-01-01' }, '?from'],
  [{ to: '2024-01-01' }, '?to'],
  [{ basket: 'customer-day', from: '2024-05-01', to: '2024-05-01' }, '?from'],
  [{ basket: 'customer-day', to: '2024-07-01' }, '?to'],
  [{ asOf: '2025-01-01' }, '?asOf'],
])('%j is refused at %s', async (params, pointer) => {
  const { status, problem } = await ask('rules', params);
  expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test('a near name is offered for a basket', async () => {
  const { problem } = await ask('itemsets', { basket: 'attributes.chanel' });
  expect(problem.detail).toContain('did you mean "attributes.channel"?');
});

test('a search that would explode ends at its bound, which is said', async () => {
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(97 + i)).join('');
  await world.refill(worldOf(['A', 'B', 'C'].map((customer) => bought(customer, letters))));
  const { json } = await ask('itemsets', { maxLength: 10, maxItemsets: 5000, limit: 10 });
  expect([json.data.length, json.meta['truncated']]).toEqual([10, true]);
  expect(json.meta.warnings).toEqual([
    expect.stringMatching(/^maxItemsets: the search ended at 5000 itemsets; what was found is exact/),
    'limit: the first 10 of 4974 rows',
  ]);
  const started = performance.now();
  const timed = (await ask('rules', { maxLength: 10, maxSeconds: 0.1, maxItemsets: 2_000_000, limit: 1 })).json;
  expect([timed.meta.warnings[0]!.slice(0, 10), timed.data.length]).toEqual(['maxSeconds', 1]);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test.each([
  ['no relationships', []],
  ['one product', [bought('A', 'a'), bought('B', 'a')]],
])('%s: an empty answer with a reason', async (_, rows) => {
  await world.refill(worldOf(rows));
  for (const analysis of [itemsetsAnalysis, rulesAnalysis]) {
    const { status, json } = await world.post(`/v1/analyses/${analysis.name}`, { asOf: ASOF });
    expect([status, json.data, json.meta.warnings.at(-1)]).toEqual([200, [], analysis.whenEmpty]);
  }
});

test.each([
  ['one customer', [bought('A', 'ab')]],
  ['everybody owns everything', ['A', 'B', 'C'].map((customer) => bought(customer, 'ab'))],
])('%s: every rule is certain and says nothing', async (_, rows) => {
  await world.refill(worldOf(rows));
  const { json } = await ask('rules', {});
  expect(json.data).toMatchObject([
    { antecedent: ['a'], consequent: 'b', confidence: 1, lift: 1, leverage: 0, isRedundant: true },
    { antecedent: ['b'], consequent: 'a', confidence: 1, lift: 1, leverage: 0, isRedundant: true },
  ]);
});
