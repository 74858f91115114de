import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import type { Stored } from '../../../../test/world-rows.ts';
import { crossSellAnalyses } from '../routes.ts';
import { evaluationAnalysis } from './routes.ts';

const ASOF = '2024-06-01';
const CUT = '2024-05-01';
let n = 0;
const bought = (customer_id: string, products: string, start_date: string, more: Stored = {}) =>
  products.split('').map((product_id) => ({
    relationship_id: `R${(n += 1)}`,
    customer_id,
    product_id,
    start_date,
    value: 1,
    ...more,
  }));
const worldOf = (rows: readonly (readonly Stored[])[]) => ({
  customers: [...new Set(rows.flat().map(({ customer_id }) => String(customer_id)))]
    .toSorted()
    .map((customer_id, i) => ({
      customer_id,
      customer_type: i % 2 === 0 ? 'business' : null,
      region: ['north', 'south', ''][i % 3]!,
    })),
  products: 'abcdefgh'.split('').map((product_id) => ({
    product_id,
    product_category: 'ab'.includes(product_id) ? 'x' : product_id === 'h' ? null : 'y',
  })),
  customer_products: rows.flat(),
});

/**
 * a and b come together, c and d; e is what most have. Of the last month: A (a) starts b; C (c) starts d; E starts
 * nothing new; F has nothing before.
 */
const ROWS = worldOf([
  ...['1', '2', '3', '4'].map((customer) => bought(customer, 'abe', '2024-01-01')),
  ...['5', '6', '7', '8'].map((customer) => bought(customer, 'cde', '2024-01-01')),
  bought('9', 'e', '2024-01-01'),
  bought('A', 'a', '2024-01-01'),
  bought('A', 'b', CUT),
  bought('C', 'c', '2024-04-30'),
  bought('C', 'cd', '2024-05-15', { end_date: '2024-05-16' }),
  bought('E', 'e', '2024-01-01'),
  bought('E', 'e', '2024-05-15'),
  bought('F', 'f', ASOF),
  // Of no customer: later, or ending before it starts.
  bought('E', 'a', '2024-06-02'),
  bought('E', 'b', '2024-05-20', { end_date: '2024-05-19' }),
]);

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: crossSellAnalyses, rows: ROWS })));
beforeEach(async () => world.refill(ROWS));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

type Row = Readonly<Record<string, unknown>>;
const ask = async (params: object = {}) =>
  world.post('/v1/analyses/cross-sell.evaluation', { asOf: ASOF, cut: CUT, k: 2, ...params });

const of = ({ data }: { readonly data: readonly Row[] }, model: string) => data.filter((row) => row['model'] === model);
const NOBODY = evaluationAnalysis.whenEmpty!;

test('worked out by hand: popularity misses both, what comes together finds both', async () => {
  const { status, json } = await ask();
  expect([status, json.data.length]).toEqual([200, 12]);
  expect(of(json, 'popularity')).toEqual([
    {
      group: null,
      model: 'popularity',
      alpha: null,
      beta: null,
      isChosen: false,
      isWinner: true,
      cases: 2,
      hitRate: 0,
      precision: 0,
      recall: 0,
      ndcg: 0,
      map: 0,
      // b is the third of A's list, d the fourth of C's.
      halfLife: expect.closeTo((2 ** (-2 / 4) + 2 ** (-3 / 4)) / 2, 12),
      // A is shown e and c, C e and a; f, which nobody had, may be offered too.
      coverage: 3 / 6,
      novelty: expect.closeTo((Math.log2(12 / 10) + Math.log2(12 / 5)) / 2, 12),
      gain: null,
      gainLow: null,
      gainHigh: null,
      validationNdcg: null,
    },
  ]);
  const usual = { alpha: 0.7, beta: 0.4, isChosen: true };
  const found = {
    hitRate: 1,
    precision: 0.5,
    recall: 1,
    ndcg: 1,
    map: 1,
    halfLife: 1,
    gain: 1,
    gainLow: 1,
    gainHigh: 1,
  };
  expect(of(json, 'rp3beta')).toContainEqual(expect.objectContaining({ ...usual, ...found, cases: 2, coverage: 0.5 }));
  expect(of(json, 'cosine')).toEqual([
    expect.objectContaining({ ...found, alpha: null, isChosen: true, isWinner: false }),
  ]);
  expect(of(json, 'lift')).toEqual([expect.objectContaining({ isChosen: false, isWinner: false })]);
  expect(json.meta.warnings.slice(2)).toEqual([
    'winner: popularity: 2 customers are too few to judge on, 30 are needed; the best, cosine, has NDCG@2 1.0000 against 0.0000 of popularity, a difference of 1.0000 (95 % interval 1.0000 to 1.0000) over 2 customers',
    'parameters are the usual ones: there is nobody to evaluate on by what started from 2024-03-30 on, before 2024-05-01',
    'customers who had fewer than 1 items before 2024-05-01, not evaluated: 1',
    'customers who started nothing new from 2024-05-01 on, not evaluated: 10',
  ]);
});

test('parameters are chosen on the split before, which is as long', async () => {
  await world.refill({ ...ROWS, customer_products: [...ROWS.customer_products, ...bought('9', 'a', '2024-03-30')] });
  const { json } = await ask();
  expect(json.meta.warnings).toContain(
    'parameters were chosen on what started from 2024-03-30 on, before 2024-05-01; customers: 1',
  );
  const validated = json.data.map((row) => row['validationNdcg']);
  expect(validated.every((ndcg) => typeof ndcg === 'number')).toBe(true);
  // 9 has e, and starts a: popularity shows a first, by its id.
  expect(validated[0]).toBe(1);
});

test('without a cut the last 90 days are looked at', async () => {
  const { json } = await world.post('/v1/analyses/cross-sell.evaluation', { asOf: ASOF });
  const given = await world.post('/v1/analyses/cross-sell.evaluation', { asOf: ASOF, cut: '2024-03-04' });
  expect(json.data).toEqual(given.json.data);
  expect(json.data[0]).toMatchObject({ cases: 1 });
});

test('groups and filters choose who is evaluated; models learn from everybody', async () => {
  const all = (await ask()).json.data;
  const byType = (await ask({ by: 'type' })).json;
  expect(byType.data.filter(({ group }) => group === null)).toEqual(all);
  expect(of(byType, 'cosine').map(({ group, cases }) => [group, cases])).toEqual([
    [null, 2],
    ['business', 1],
  ]);
  const byRegion = (await ask({ by: 'region' })).json;
  expect(of(byRegion, 'popularity').map(({ group, cases }) => [group, cases])).toEqual([
    [null, 2],
    ['north', 1],
    ['south', 1],
  ]);
  const south = await ask({ customer: { region: 'south' } });
  expect(of(south.json, 'rp3beta').map(({ ndcg, cases }) => [ndcg, cases])).toEqual(
    of(byRegion, 'rp3beta').flatMap(({ group, ndcg }) => (group === 'south' ? [[ndcg, 1]] : [])),
  );
  expect(south.json.meta.warnings).toContain('customers who started nothing new from 2024-05-01 on, not evaluated: 3');
});

test('segments are as of the day before the cut', async () => {
  // C began on that day, A four months before.
  const { json } = await ask({ by: 'lifecycle' });
  expect(of(json, 'popularity').map(({ group, cases }) => [group, cases])).toEqual([
    [null, 2],
    ['dormant', 1],
    ['new', 1],
  ]);
  expect((await ask({ segment: 'lifecycle:new' })).json.data[0]).toMatchObject({ cases: 1 });
  expect((await ask({ segment: 'nobody' })).problem.code).toBe('segment.not_found');
});

test('a filter of products chooses what may be offered; categories are items too', async () => {
  const { json } = await ask({ product: { productId: ['b', 'e'] } });
  expect(json.data[0]).toMatchObject({ cases: 1, coverage: 1, hitRate: 1 });
  const categories = await ask({ grain: 'category' });
  expect([categories.json.data, categories.json.meta.warnings]).toEqual([[], expect.arrayContaining([NOBODY])]);
  await world.refill({ ...ROWS, customer_products: [...ROWS.customer_products, ...bought('A', 'd', CUT)] });
  expect((await ask({ grain: 'category', k: 1 })).json.data[0]).toMatchObject({ cases: 1, ndcg: 1, coverage: 0.5 });
  expect((await ask({ grain: 'category', k: 1, product: { productId: 'e' } })).json.data[0]).toMatchObject({
    cases: 1,
    coverage: 1,
  });
});

test('who has too little, is not sampled, or has too much is counted', async () => {
  const few = (await ask({ leastOwned: 2 })).json;
  expect([few.data, few.meta.warnings]).toEqual([[], expect.arrayContaining([NOBODY])]);
  expect(few.meta.warnings).toContain('customers who had fewer than 2 items before 2024-05-01, not evaluated: 5');
  expect(few.meta.warnings).toContainEqual(
    expect.stringMatching(/^winner: popularity: there is nobody to evaluate on/),
  );
  const sample = (await ask({ mostCases: 1 })).json;
  expect(sample.data[0]).toMatchObject({ cases: 1 });
  expect(sample.meta.warnings).toContain('customers who are beyond a sample of 1, not evaluated: 1');
  const heavy = (await ask({ heaviest: 2 })).json;
  expect(heavy.meta.warnings).toContain('customers with more than 2 items, from whom nothing was learned: 8');
  expect(of(heavy, 'cosine')[0]).toMatchObject({ ndcg: 0, isWinner: false });
});

test.each([
  [{ cut: '2024-06-02' }, '?cut'],
  [{ cut: '0001-01-02' }, '?cut'],
  [{ cut: 'May' }, '/cut'],
  [{ asOf: '2025-01-01' }, '?asOf'],
  [{ k: 0 }, '/k'],
  [{ k: 101 }, '/k'],
  [{ by: 'colour' }, '/by'],
  [{ mostCases: 0 }, '/mostCases'],
  [{ heaviest: 1 }, '/heaviest'],
  [{ seed: -1 }, '/seed'],
  [{ customer: { colour: 'red' } }, '?customer[colour]'],
  [{ tierA: 0.9, tierB: 0.8, by: 'tier' }, '?tierB'],
])('%j is refused at %s', async (params, pointer) => {
  const { status, problem } = await ask(params);
  expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test.each([
  ['a cut before all data', { cut: '2020-01-01' }],
  ['a product filter that keeps nothing', { product: { productId: 'none' } }],
  ['a customer filter that keeps nobody', { customer: { customerId: 'none' } }],
])('%s: empty, with a reason', async (_, params) => {
  const { status, json } = await ask(params);
  expect([status, json.data, json.meta.warnings]).toEqual([200, [], expect.arrayContaining([NOBODY])]);
});

const NEW = [bought('A', 'a', '2024-01-01'), bought('A', 'b', CUT)];
test.each([
  ['no relationships', [], 0],
  ['one customer', NEW, 12],
  ['one product', [bought('A', 'a', '2024-01-01'), bought('B', 'a', CUT)], 0],
  ['everybody owns everything', ['A', 'B', 'C'].map((customer) => bought(customer, 'abc', '2024-01-01')), 0],
  ['everybody started everything on the same day', ['A', 'B'].map((customer) => bought(customer, 'abc', CUT)), 0],
])('%s: an answer or a reason, and no figure missing', async (_, rows, length) => {
  await world.refill(worldOf(rows));
  for (const params of [{}, { by: 'type' }, { grain: 'category', by: 'rfm' }]) {
    const { status, json } = await ask(params);
    expect(status).toBe(200);
    if (json.data.length === 0) expect(json.meta.warnings).toContain(NOBODY);
    for (const row of json.data) expect(row['ndcg']).toBeTypeOf('number');
  }
  expect((await ask()).json.data).toHaveLength(length);
});

test('of very many groups the largest are kept, which is said', async () => {
  const customers = Array.from({ length: 202 }, (_, i) => `C${String(i).padStart(3, '0')}`);
  const rows = worldOf(
    customers.flatMap((customer) => [bought(customer, 'a', '2024-01-01'), bought(customer, 'b', CUT)]),
  );
  // Two are of one region, so that there are 201.
  const regions = rows.customers.map((row, i) => ({ ...row, region: `region ${Math.max(1, i)}` }));
  await world.refill({ ...rows, customers: regions });
  const { json } = await ask({ by: 'region' });
  expect([json.meta['truncated'], json.meta.warnings.at(-1)]).toEqual([
    true,
    'by: the 200 groups with the most customers of 201',
  ]);
  expect(json.data).toHaveLength(12 * 201);
  expect(of(json, 'lift')[1]).toMatchObject({ group: 'region 1', cases: 2 });
});
