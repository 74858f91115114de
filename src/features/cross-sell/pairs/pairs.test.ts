import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import type { Stored, WorldRows } from '../../../../test/world-rows.ts';
import { openSession } from '../../../analysis/session.ts';
import { ownershipSnapshot } from '../../../analysis/snapshot/snapshot.ts';

// That every figure is that of a loop over random worlds is tested in test/oracle/.
const DAY = '2024-06-15';

/** One active relationship for each letter, of a customer with these products. */
function worldOf(productsOf: readonly string[], more: Stored = {}): WorldRows {
  return {
    customers: productsOf.map((_, i) => ({ customer_id: `C${i}`, region: i % 2 === 0 ? 'north' : 'south' })),
    products: 'ABCD'.split('').map((product_id) => ({
      product_id,
      product_name: `Name of ${product_id}`,
      product_category: product_id === 'D' ? null : product_id < 'C' ? 'early' : 'late',
    })),
    customer_products: productsOf.flatMap((letters, i) =>
      letters.split('').map((product_id, j) => ({
        relationship_id: `R${i}-${j}`,
        customer_id: `C${i}`,
        product_id,
        start_date: '2024-01-01',
        ...more,
      })),
    ),
  };
}

let inMemory: World;
let bySql: World;
beforeAll(async () => {
  inMemory = await openWorld();
  bySql = await openWorld({ settings: { SNAPSHOT_MAX_ROWS: 0 } });
});
afterAll(async () => {
  for (const world of [inMemory, bySql]) {
    expect(world.faults).toEqual([]);
    await world.close();
  }
});

async function ask(name: string, rows: WorldRows, params: object) {
  const answers = [];
  for (const world of [inMemory, bySql]) {
    await world.refill(rows);
    const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
    if (world === inMemory)
      await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
    const asked = { asOf: DAY, minCustomers: 1, ...params };
    answers.push(await world.post(`/v1/analyses/cross-sell.${name}`, asked));
  }
  expect(answers[0]!.status).toBe(answers[1]!.status);
  expect(answers[0]!.json.data).toEqual(answers[1]!.json.data);
  return answers[0]!;
}

const FIVE = worldOf(['AB', 'AB', 'ABC', 'BC', 'B', 'D']);

describe('pairs', () => {
  test('have every measure, worked out by hand', async () => {
    const { json } = await ask('pairs', FIVE, { limit: 1 });
    expect(json.data).toEqual([
      {
        itemA: 'A',
        itemAName: 'Name of A',
        itemB: 'B',
        itemBName: 'Name of B',
        customers: 3,
        ownersA: 3,
        ownersB: 5,
        base: 6,
        support: 0.5,
        confidence: 1,
        reverseConfidence: 0.6,
        lift: 1.2,
        leverage: expect.closeTo(0.5 - (0.5 * 5) / 6, 12),
        conviction: null,
        reverseConviction: 1.25,
        cosine: expect.closeTo(3 / Math.sqrt(15), 12),
        jaccard: 0.6,
        kulczynski: 0.8,
        imbalance: 0.4,
        phi: expect.closeTo(3 / Math.sqrt(9 * 5), 12),
        oddsRatio: null,
        chiSquare: expect.closeTo(1.2, 12),
        test: 'fisher',
        probability: expect.closeTo(1, 12),
        adjustedProbability: expect.closeTo(1, 12),
        tested: 3,
      },
    ]);
  });

  test('of categories count who has one of their products; what is in no category makes the base only', async () => {
    const { json } = await ask('pairs', FIVE, { grain: 'category' });
    expect(json.data).toMatchObject([
      { itemA: 'late', itemAName: 'late', itemB: 'early', customers: 2, ownersA: 2, ownersB: 5, base: 6 },
    ]);
  });

  test('of one product begin with it, whatever the filter of products says; the filter of customers changes the base', async () => {
    const { json } = await ask('pairs-of', FIVE, { productId: 'B', sort: 'confidence' });
    expect(json.data.map((row) => [row['itemA'], row['itemB'], row['confidence']])).toEqual([
      ['B', 'A', 0.6],
      ['B', 'C', 0.4],
    ]);
    const filter = { product: { productId: 'C' }, customer: { region: 'north' } };
    const filtered = await ask('pairs-of', FIVE, { productId: 'B', ...filter });
    expect(filtered.json.data).toMatchObject([
      { itemA: 'B', itemB: 'C', customers: 1, ownersA: 3, ownersB: 1, base: 3 },
    ]);
    const late = await ask('pairs-of', FIVE, { grain: 'category', category: 'late' });
    expect(late.json.data).toMatchObject([{ itemA: 'late', itemB: 'early', customers: 2 }]);
  });

  test('come in pages, each once', async () => {
    const pages = [];
    for (const offset of [0, 1, 2, 3]) pages.push(...(await ask('pairs', FIVE, { limit: 1, offset })).json.data);
    expect(pages).toEqual((await ask('pairs', FIVE, {})).json.data);
    expect(pages.map((row) => `${String(row['itemA'])}${String(row['itemB'])}`)).toHaveLength(3);
  });

  test.each([
    ['no relationships', worldOf([])],
    ['one customer with one product', worldOf(['A'])],
    ['one product', worldOf(['A', 'A', 'A'])],
    ['nothing together', worldOf(['A', 'B', 'C'])],
    ['relationships that end before they start', worldOf(['ABC'], { end_date: '2023-01-01' })],
  ])('%s: none, and the reason', async (_, rows) => {
    for (const [name, params] of [
      ['pairs', {}],
      ['pairs', { grain: 'category', ownership: 'ever' }],
      ['pairs-of', { productId: 'A', sort: 'probability' }],
      ['pairs-of', { grain: 'category', category: 'nothing' }],
    ] as const) {
      const { status, json } = await ask(name, rows, params);
      expect(status).toBe(200);
      expect([json.data, json.meta.warnings.at(-1)]).toEqual([[], expect.stringMatching(/minCustomers/)]);
    }
  });

  test('everybody has everything: no relation can be seen', async () => {
    const { json } = await ask('pairs', worldOf(['AB', 'AB', 'AB']), {});
    expect(json.data).toMatchObject([
      {
        lift: 1,
        leverage: 0,
        phi: null,
        oddsRatio: null,
        chiSquare: null,
        conviction: null,
        probability: 1,
        adjustedProbability: 1,
      },
    ]);
  });

  test.each([
    ['pairs-of', {}, 400, '?productId is needed at grain=product'],
    [
      'pairs-of',
      { grain: 'category', productId: 'A', category: 'early' },
      400,
      '?productId is of no use at grain=category',
    ],
    ['pairs-of', { grain: 'category' }, 400, '?category is needed at grain=category'],
    ['pairs-of', { productId: 'nothing' }, 404, 'there is no product "nothing"'],
    ['pairs', { minCustomers: 0 }, 400, 'minCustomers'],
    ['pairs', { sort: 'lif' }, 400, 'sort'],
    ['pairs', { segment: 'nothing' }, 404, 'nothing'],
    ['pairs', { asOf: '2999-01-01' }, 400, 'asOf'],
  ])('%s %j is refused', async (name, params, status, words) => {
    const { status: found, text } = await inMemory.post(`/v1/analyses/cross-sell.${name}`, params);
    expect([found, text.replaceAll('\\"', '"')]).toEqual([status, expect.stringContaining(words)]);
  });
});
