import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { clustersAnalysis } from './routes.ts';
import { segmentAnalyses } from '../routes.ts';

/** Twelve who bought once for little, long ago; eight who bought five times for much, lately; one who has nothing. */
const few = Array.from({ length: 12 }, (_, i) => `F${i}`);
const many = Array.from({ length: 8 }, (_, i) => `M${i}`);
const bought = (customer_id: string, n: number, start_date: string, value: number) => ({
  relationship_id: `${customer_id}-${n}`,
  customer_id,
  product_id: `P${n}`,
  start_date,
  value,
});
const ROWS = {
  customers: [...few, ...many, 'N'].map((customer_id) => ({ customer_id })),
  products: [0, 1, 2, 3, 4].map((n) => ({ product_id: `P${n}`, product_category: n === 0 ? 'first' : 'more' })),
  customer_products: [
    ...few.map((customer, i) => bought(customer, 0, `2023-01-${10 + i}`, 10 + i)),
    ...many.flatMap((customer, i) =>
      [0, 1, 2, 3, 4].map((n) => bought(customer, n, `2024-05-${10 + n * 3}`, 1000 + 10 * i)),
    ),
  ],
};

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: segmentAnalyses, rows: ROWS })));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});
const ask = (params: object) => world.post('/v1/analyses/segments.clusters', { asOf: '2024-06-01', ...params });

test('customers who are alike come together, told by means, traits and a rule', async () => {
  const { status, json } = await ask({ k: 2 });
  expect(status).toBe(200);
  expect(json.data).toMatchObject([
    { cluster: 1, customers: 12, share: 0.6, means: { frequency: 1, products: 1, monetary: 15.5 }, fidelity: 1 },
    { cluster: 2, customers: 8, share: 0.4, means: { frequency: 5, products: 5, monetary: 5175 }, stability: 1 },
  ]);
  const traits = json.data[1]!['traits'] as readonly { measure: string; deviation: number }[];
  expect(traits).toHaveLength(3);
  const distances = traits.map(({ deviation }) => Math.abs(deviation));
  expect(distances).toEqual(distances.toSorted((a, b) => b - a));
});

test('the rule of a cluster has its customers, and is a rule segment', async () => {
  for (const measures of [undefined, ['value', 'products'], ['frequency']]) {
    const { json } = await ask({ k: 2, ...(measures && { measures }) });
    for (const { rule, customers } of json.data) {
      const preview = await world.post('/v1/analyses/segments.preview', { asOf: '2024-06-01', rule });
      const expected = measures === undefined || customers === 8 ? customers : 13;
      expect([preview.status, preview.json.data[0]!['customers']]).toEqual([200, expected]);
    }
  }
});

test('shares of categories are measures too, alone or with others, also in the rules', async () => {
  for (const measures of [[], ['value']]) {
    const { status, json } = await ask({ k: 2, measures, categories: ['first', 'more'] });
    expect(status).toBe(200);
    expect(json.data).toMatchObject([
      { customers: 12, means: { 'categoryShare.first': 1, 'categoryShare.more': 0 }, fidelity: 1 },
      {
        customers: 8,
        means: { 'categoryShare.first': expect.closeTo(0.2, 12), 'categoryShare.more': expect.closeTo(0.8, 12) },
      },
    ]);
    for (const { rule, customers } of json.data) {
      const preview = await world.post('/v1/analyses/segments.preview', { asOf: '2024-06-01', rule });
      expect([preview.status, preview.json.data[0]!['customers']]).toEqual([200, customers]);
    }
  }
  const url = '/v1/analyses/segments.clusters?asOf=2024-06-01&k=2&categories=first,more';
  expect((await world.get(url)).json.data).toHaveLength(2);
});

test('the same seed gives the same clusters; without k the gap statistic chooses', async () => {
  const first = await ask({ seed: 5 });
  expect((await ask({ seed: 5 })).json.data).toEqual(first.json.data);
  expect(first.json.data.reduce((sum, { customers }) => sum + Number(customers), 0)).toBe(20);
});

test('one cluster is everybody who has the measures', async () => {
  const { json } = await ask({ k: 1 });
  expect(json.data).toMatchObject([{ customers: 20, share: 1, stability: 1 }]);
  const preview = await world.post('/v1/analyses/segments.preview', {
    asOf: '2024-06-01',
    rule: json.data[0]!['rule'],
  });
  expect(preview.json.data[0]).toMatchObject({ customers: 20 });
});

test.each([
  [{ k: 21 }, '?k'],
  [{ k: 0 }, '/k'],
  [{ measures: ['monetry'] }, '/measures/0'],
  [{ measures: [] }, '/measures'],
  [{ categories: [''] }, '/categories/0'],
  [{ churnedDays: 1, dormantDays: 2 }, '?churnedDays'],
  [{ seed: -1 }, '/seed'],
])('%j is refused at %s', async (params, pointer) => {
  const { status, problem } = await ask(params);
  expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test('one customer is one cluster, all the same are one, and nobody is an empty answer with a reason', async () => {
  const rest = { customer: { customerId: 'F0' } };
  expect((await ask(rest)).json.data).toMatchObject([{ customers: 1, share: 1 }]);
  expect((await ask({ measures: ['relationships'], segment: 'lifecycle:churned' })).json.data).toMatchObject([
    { customers: 12, means: { relationships: 1 } },
  ]);
  const nobody = (await ask({ customer: { customerId: 'X' } })).json;
  expect([nobody.data, nobody.meta.warnings]).toEqual([[], [clustersAnalysis.whenEmpty]]);
});
