import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import type { Row } from '../../../../test/world-client.ts';
import { TINY, WORLD_DAY } from '../../../../test/world-rows.ts';
import type { RfmTable } from '../../../analysis/facts/rfm-table.ts';
import { rfmTables } from '../../../data/state/rfm-tables.ts';
import { segmentAnalyses } from '../routes.ts';

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: segmentAnalyses })));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

async function ask(name: string, params: object = {}) {
  const { status, json } = await world.post(`/v1/analyses/segments.${name}`, { asOf: WORLD_DAY, ...params });
  expect(status).toBe(200);
  return json;
}
const sum = (rows: readonly Row[], name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);

test('each customer is in one RFM segment, stage and tier; shares sum to 1', async () => {
  for (const name of ['rfm', 'lifecycle', 'value-tiers']) {
    const { data } = await ask(name);
    expect([name, sum(data, 'customers')]).toEqual([name, 5]);
    expect(sum(data, 'share')).toBeCloseTo(1, 12);
    expect(sum(data, 'valueShare')).toBeCloseTo(1, 12);
  }
});

test('the groups are those of the customers, one by one', async () => {
  const { data: customers } = await ask('customers');
  expect(customers.map(({ customerId }) => customerId)).toEqual(['C1', 'C2', 'C3', 'C4', 'C5']);
  for (const [name, fact, group] of [
    ['rfm', 'rfmSegment', 'segment'],
    ['lifecycle', 'lifecycle', 'stage'],
    ['value-tiers', 'tier', 'tier'],
  ] as const) {
    const { data } = await ask(name);
    const byName = Map.groupBy(customers, (row) => row[fact]);
    expect(new Map(data.map((row) => [row[group], row['customers']]))).toEqual(
      new Map([...byName].map(([key, rows]) => [key, rows.length])),
    );
    for (const row of data) expect(row['value']).toBeCloseTo(sum(byName.get(row[group])!, 'value'), 9);
  }
});

test('who has nothing is in none, and in tier C', async () => {
  const { data } = await ask('customers', {});
  expect(data.find(({ customerId }) => customerId === 'C5')).toMatchObject({
    customerName: 'dora',
    value: 0,
    recencyDays: null,
    rfmSegment: 'none',
    lifecycle: 'none',
    tier: 'C',
  });
});

test('filters choose who is shown, and leave scores as they are', async () => {
  const north = await ask('value-tiers', { customer: { region: 'north' } });
  expect(sum(north.data, 'customers')).toBe(2);
  const none = await ask('rfm', { segment: 'lifecycle:none' });
  expect(none.data).toMatchObject([{ segment: 'none', customers: 1, share: 1, value: 0, valueShare: null }]);
  const nobody = await ask('rfm', { customer: { region: 'west' } });
  expect([nobody.data, nobody.meta.warnings.at(-1)]).toEqual([[], 'there is no customer of whom the filters hold']);
});

test('gaps of the lifecycle are as asked', async () => {
  const stages = async (params: object) =>
    new Map((await ask('lifecycle', params)).data.map(({ stage, customers }) => [stage, customers]));
  expect((await stages({ newDays: 36_500 })).get('new')).toBe(4);
  expect((await stages({ newDays: 1, dormantDays: 1, churnedDays: 1 })).get('new')).toBeUndefined();
});

test.each([
  ['lifecycle', { dormantDays: 90, churnedDays: 30 }, '?churnedDays'],
  ['value-tiers', { tierA: 0.9, tierB: 0.8 }, '?tierB'],
  ['rfm', { asOf: '2999-01-01' }, '?asOf'],
])('%s refuses %j', async (name, params, pointer) => {
  const { status, problem } = await world.post(`/v1/analyses/segments.${name}`, params);
  expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test.each([
  ['no relationship at all', { ...TINY, customer_products: [] }],
  ['no customer', { customers: [], products: [], customer_products: [] }],
  [
    'one customer of a negative value',
    {
      customers: [{ customer_id: 'C1' }],
      products: [{ product_id: 'P1' }],
      customer_products: [
        { relationship_id: 'R1', customer_id: 'C1', product_id: 'P1', start_date: '2024-01-01', value: -5 },
      ],
    },
  ],
  [
    'all values the same',
    {
      customers: ['C1', 'C2', 'C3'].map((customer_id) => ({ customer_id })),
      products: [{ product_id: 'P1' }],
      customer_products: ['C1', 'C2', 'C3'].map((customer_id) => ({
        relationship_id: `R${customer_id}`,
        customer_id,
        product_id: 'P1',
        start_date: '2024-01-01',
        value: 5,
      })),
    },
  ],
])('answers with %s', async (_, rows) => {
  const small = await openWorld({ analyses: segmentAnalyses, rows });
  try {
    for (const name of ['rfm', 'lifecycle', 'value-tiers', 'customers']) {
      const { status, json } = await small.get(`/v1/analyses/segments.${name}`);
      expect([name, status]).toEqual([name, 200]);
      expect(JSON.stringify(json.data)).not.toContain('NaN');
      if (name !== 'customers') expect(sum(json.data, 'customers')).toBe(rows.customers.length);
    }
  } finally {
    await small.close();
  }
});

test('another RFM table gives other names, at once', async () => {
  const own = await openWorld({ analyses: segmentAnalyses });
  const names = async () => (await own.get('/v1/analyses/segments.rfm')).json.data.map(({ segment }) => segment);
  expect(await names()).not.toContain('everybody');
  const all = { min: 1, max: 5 };
  await rfmTables<RfmTable>(own.state).replace(own.owner, [
    { name: 'everybody', recency: all, frequency: all, monetary: all },
  ]);
  expect(new Set(await names())).toEqual(new Set(['everybody', 'none']));
  await own.close();
});
