import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { openSession } from '../../../analysis/session.ts';
import { ownershipSnapshot } from '../../../analysis/snapshot/snapshot.ts';

const held = (customer_id: string, product_id: string, start_date: string | null, end_date: string | null = null) => ({
  customer_id,
  product_id,
  start_date,
  end_date,
});

/*
 * C1 phone and case on 1 January, charger on the 21st, phone again on the 25th
 * C2 charger in December, phone on 1 January, charger again on the 31st (30 days later)
 * C3 phone on 1 June: the window of 30 days is not complete on 15 June
 * C4 ticket, which is in no category, before the phone and the charger on one day; an end before the start
 */
const ROWS = {
  customers: ['C1', 'C2', 'C3', 'C4', 'C5'].map((customer_id) => ({
    customer_id,
    region: customer_id === 'C1' ? 'north' : 'south',
  })),
  products: [
    { product_id: 'phone', product_name: 'Phone', product_category: 'devices', launch_date: '2024-01-01' },
    { product_id: 'case', product_name: 'Case', product_category: 'extras', launch_date: '2024-02-01' },
    { product_id: 'charger', product_name: 'Charger', product_category: 'extras' },
    { product_id: 'ticket', product_name: 'Ticket' },
    { product_id: 'later', product_name: 'Later', product_category: 'devices', launch_date: '2024-06-16' },
  ],
  customer_products: [
    held('C1', 'phone', '2024-01-01'),
    held('C1', 'case', '2024-01-01'),
    held('C1', 'charger', '2024-01-21'),
    held('C1', 'phone', '2024-01-25'),
    held('C2', 'charger', '2023-12-01'),
    held('C2', 'phone', '2024-01-01', '2024-02-01'),
    held('C2', 'charger', '2024-01-31'),
    held('C3', 'phone', '2024-06-01'),
    held('C4', 'ticket', '2024-01-01'),
    held('C4', 'charger', '2024-02-01'),
    held('C4', 'phone', '2024-02-01'),
    held('C4', 'case', '2024-03-01', '2024-02-01'),
    held('C4', 'case', null),
    held('C4', 'case', '2024-06-16'),
  ].map((row, i) => ({ relationship_id: `R${i}`, ...row })),
};

let world: World;
let bySqlWorld: World;
beforeAll(async () => {
  world = await openWorld({ rows: ROWS, settings: { SNAPSHOT_MAX_ROWS: 0 } });
  bySqlWorld = world;
});
afterAll(() => closed(world));

async function closed(one: World): Promise<void> {
  expect(one.faults).toEqual([]);
  await one.close();
}

const AS_OF = '2024-06-15';
type Row = Readonly<Record<string, unknown>>;
async function ask(name: string, params: object = {}) {
  const { status, json } = await world.post(`/v1/analyses/portfolio.${name}`, { asOf: AS_OF, ...params });
  const { data, meta, detail, code } = json as unknown as {
    data: readonly Row[];
    meta: { warnings: readonly string[] };
    detail: string;
    code: string;
  };
  return { status, data, warnings: meta?.warnings, detail, code };
}
const pick = (rows: readonly Row[], ...fields: string[]) => rows.map((row) => fields.map((name) => row[name]));

describe('attach rate', () => {
  const about = (rows: readonly Row[]) =>
    pick(rows, 'itemId', 'base', 'baseIncomplete', 'attached', 'rate', 'ownedBefore');

  test('counts starts within the window, both ends included, and who owned before apart', async () => {
    const { data } = await ask('attach-rate', { productId: 'phone' });
    expect(about(data)).toEqual([
      ['charger', 3, 1, 3, 1, 1],
      ['case', 3, 1, 1, 1 / 3, 0],
      ['ticket', 3, 1, 0, 0, 1],
    ]);
    expect(data[0]!['itemName']).toBe('Charger');
    const days = async (n: number) => about((await ask('attach-rate', { productId: 'phone', days: n })).data);
    expect(await days(29)).toContainEqual(['charger', 3, 1, 2, 2 / 3, 1]);
    expect(await days(0)).toContainEqual(['charger', 4, 0, 1, 0.25, 1]);
    expect(await days(14)).toContainEqual(['case', 4, 0, 1, 0.25, 0]);
  });

  test('by category', async () => {
    const { data } = await ask('attach-rate', { grain: 'category', category: 'devices' });
    expect(about(data)).toEqual([['extras', 3, 1, 3, 1, 1]]);
  });

  test('of a period, of some customers and some products', async () => {
    const asked = { productId: 'phone', from: '2024-01-01', to: '2024-01-02' };
    expect(about((await ask('attach-rate', { ...asked, limit: 1 })).data)).toEqual([['charger', 2, 0, 2, 1, 1]]);
    const some = { ...asked, customer: { region: 'north' }, product: { productId: 'case' } };
    expect(about((await ask('attach-rate', some)).data)).toEqual([['case', 1, 0, 1, 1, 0]]);
  });

  test('an answer without rows says why; a product that is none is a 404', async () => {
    const { data, warnings } = await ask('attach-rate', { productId: 'phone', days: 3650 });
    expect([data, warnings.at(-1)]).toEqual([[], expect.stringContaining('complete window')]);
    expect((await ask('attach-rate', { productId: 'phones' })).status).toBe(404);
    expect((await ask('attach-rate', { grain: 'category', category: 'none' })).data).toEqual([]);
  });

  test.each([
    [{}, 'productId is needed at grain=product'],
    [{ grain: 'category' }, 'category is needed at grain=category'],
    [{ productId: 'phone', category: 'devices' }, 'category is of no use at grain=product'],
    [{ grain: 'category', productId: 'phone', category: 'devices' }, 'productId is of no use'],
    [{ productId: 'phone', days: 3651 }, 'days'],
    [{ productId: 'phone', from: '2024-02-01', to: '2024-01-01' }, 'must be before'],
    [{ productId: 'phone', asOf: '2024-06-16' }, 'must not be after today'],
  ])('%j is refused', async (params, words) => {
    const { status, detail } = await ask('attach-rate', params);
    expect([status, detail]).toEqual([400, expect.stringContaining(words)]);
  });
});

describe.each([['by SQL'], ['from memory']])('%s', (how) => {
  beforeAll(async () => {
    if (how === 'by SQL') return;
    world = await openWorld({ rows: ROWS });
    const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
    await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
  });

  afterAll(async () => {
    if (how === 'by SQL') return;
    await closed(world);
    world = bySqlWorld;
  });

  test('relationships are read, or not', async () => {
    world.ran.length = 0;
    await ask('adoption-paths', { grain: 'product', limit: 9 });
    await ask('entry-products', { limit: 9 });
    await ask('launch', { owners: [9] });
    const reads = world.ran.filter(({ text }) => text.includes('firsts as'));
    expect(reads).toHaveLength(how === 'by SQL' ? 3 : 0);
  });

  test('entry products: who began with it, alone or not, and came back', async () => {
    const { data } = await ask('entry-products');
    const fields = ['itemName', 'customers', 'share', 'alone', 'continued', 'continuationRate', 'medianDaysToNext'];
    expect(pick(data, ...fields)).toEqual([
      ['Phone', 2, 0.5, 1, 1, 0.5, 20],
      ['Case', 1, 0.25, 0, 1, 1, 20],
      ['Charger', 1, 0.25, 1, 1, 1, 31],
      ['Ticket', 1, 0.25, 1, 1, 1, 31],
    ]);
    const early = { grain: 'category', from: '2024-01-01', to: '2024-02-02' };
    expect(pick((await ask('entry-products', early)).data, ...fields)).toEqual([
      ['devices', 2, 1, 0, 1, 0.5, 20],
      ['extras', 2, 1, 0, 1, 0.5, 20],
    ]);
    const phones = await ask('entry-products', { product: { productId: ['phone', 'case'] }, limit: 1 });
    expect(pick(phones.data, ...fields)).toEqual([['Phone', 4, 1, 3, 1, 0.25, 24]]);
  });

  test('adoption paths: each item once, within a day by id', async () => {
    const { data } = await ask('adoption-paths', { grain: 'product', length: 2 });
    expect(pick(data, 'path', 'customers', 'share', 'continued', 'continuationRate')).toEqual([
      [['case'], 1, 0.25, 1, 1],
      [['charger'], 1, 0.25, 1, 1],
      [['phone'], 1, 0.25, 0, 0],
      [['ticket'], 1, 0.25, 1, 1],
      [['case', 'phone'], 1, 0.25, 1, 1],
      [['charger', 'phone'], 1, 0.25, 0, 0],
      [['ticket', 'charger'], 1, 0.25, 1, 1],
    ]);
    const categories = await ask('adoption-paths', { minCustomers: 2 });
    expect(pick(categories.data, 'path', 'length', 'customers', 'continued')).toEqual([
      [['devices'], 1, 3, 2],
      [['devices', 'extras'], 2, 2, 0],
    ]);
    const late = await ask('adoption-paths', { from: '2024-03-01', product: { productId: 'phone' } });
    expect(pick(late.data, 'path', 'customers')).toEqual([[['devices'], 1]]);
    expect((await ask('adoption-paths', { minCustomers: 9 })).warnings.at(-1)).toMatch(/^no path/);
  });

  test('launch: the day of the n-th owner, those before the launch too', async () => {
    const { data } = await ask('launch', { owners: [3, 1, 5, 1] });
    expect(pick(data, 'productId', 'owners', 'reachedOn', 'days', 'ownersByAsOf', 'startedBeforeLaunch')).toEqual([
      ['case', 1, '2024-01-01', -31, 1, 1],
      ['case', 3, null, null, 1, 1],
      ['case', 5, null, null, 1, 1],
      ['phone', 1, '2024-01-01', 0, 4, 0],
      ['phone', 3, '2024-02-01', 31, 4, 0],
      ['phone', 5, null, null, 4, 0],
    ]);
    const some = { customer: { region: 'north' }, product: { productCategory: 'devices' }, owners: [1] };
    expect(pick((await ask('launch', some)).data, 'productId', 'days', 'ownersByAsOf')).toEqual([['phone', 0, 1]]);
    expect((await ask('launch', { asOf: '2023-12-31' })).warnings.at(-1)).toMatch(/^no product/);
  });

  test('relationships that count in nothing are said', async () => {
    expect((await ask('launch')).warnings).toEqual([
      expect.stringContaining('without start_date'),
      expect.stringContaining('end before they start'),
      expect.stringContaining('start after 2024-06-15'),
    ]);
  });
});

test('without any relationship there is nothing, and a reason', async () => {
  await world.refill({ ...ROWS, customer_products: [] });
  for (const [name, params] of [
    ['attach-rate', { productId: 'phone' }],
    ['entry-products', {}],
    ['adoption-paths', {}],
  ] as const) {
    const { data, warnings } = await ask(name, params);
    expect([name, data, warnings.length]).toEqual([name, [], 1]);
  }
  expect(pick((await ask('launch', { owners: [1] })).data, 'productId', 'days')).toEqual([
    ['case', null],
    ['phone', null],
  ]);
});
