import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { alikeProbe } from '../../../test/alike-probe.ts';
import { openWorld, type World } from '../../../test/world.ts';
import type { Stored } from '../../../test/world-rows.ts';
import { ANALYSES } from '../../features/index.ts';
import { openSession } from '../session.ts';
import { ownershipSnapshot } from './snapshot.ts';

// That it equals a loop on random worlds, after random writes too, is tested in test/oracle/.
const DAY = '2024-06-15';

/** One relationship for each letter, active unless it is told otherwise: `ABc` has products A and B, and had C. */
const PRODUCTS_OF: Readonly<Record<string, string>> = {
  C1: 'ABCDd',
  C2: 'ABCD', // 4 of 4
  C3: 'AABBC', // 3 of 4
  C4: 'BCD', // 3 of 4 too
  C5: 'ABEFGH', // 2 of 8
  C6: 'Aabcd', // 1: not enough
  C7: 'ABCDEFGH', // 4 of 8
  C8: 'EF', // none
};

const relationships = Object.entries(PRODUCTS_OF).flatMap(([customer_id, letters]) =>
  letters.split('').map((letter, i): Stored => ({
    relationship_id: `${customer_id}-${i}`,
    customer_id,
    product_id: letter.toUpperCase(),
    start_date: i % 2 === 0 ? DAY : '2023-01-01',
    end_date: letter === letter.toUpperCase() ? null : DAY,
  })),
);
const rows = {
  customers: [...Object.keys(PRODUCTS_OF), 'C9'].map((customer_id) => ({ customer_id })),
  products: 'ABCDEFGHI'.split('').map((product_id) => ({ product_id })),
  customer_products: relationships,
};

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: [...ANALYSES, alikeProbe] });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

async function refill(): Promise<void> {
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

async function ask(customerId: string, more: object = {}) {
  const params = { customerId, asOf: DAY, isBySql: false, count: 10, minCommon: 2, ...more };
  const before = world.ran.length;
  const { json } = await world.post('/v1/analyses/test.most-alike', params);
  const found = json.data.map((row) => [row['customerId'], row['common'], row['unionSize'], row['jaccard']]);
  return { found, statements: world.ran.length - before };
}

const LIKE_C1 = [
  ['C2', 4, 4, 1],
  ['C3', 3, 4, 0.75],
  ['C4', 3, 4, 0.75],
  ['C7', 4, 8, 0.5],
  ['C5', 2, 8, 0.25],
];

describe('customers most alike', () => {
  test('are the nearest by distinct products of the day; ties by id, without the customer', async () => {
    await refill();
    expect(await ask('C1')).toEqual({ found: LIKE_C1, statements: 0 });
    expect((await ask('C1', { isBySql: true })).found).toEqual(LIKE_C1);
  });

  test.each([false, true])('are so many at most, and have so much in common at least (by SQL: %s)', async (isBySql) => {
    expect((await ask('C1', { isBySql, count: 2 })).found).toEqual(LIKE_C1.slice(0, 2));
    // The nearest comes last, and takes the place of the second of two that are alike.
    expect((await ask('C7', { isBySql, count: 2 })).found).toEqual([
      ['C5', 6, 8, 0.75],
      ['C1', 4, 8, 0.5],
    ]);
    expect((await ask('C1', { isBySql, minCommon: 4 })).found).toEqual([LIKE_C1[0], LIKE_C1[3]]);
    expect((await ask('C8', { isBySql, minCommon: 1 })).found).toEqual([
      ['C5', 2, 6, 2 / 6],
      ['C7', 2, 8, 0.25],
    ]);
    expect((await ask('C1', { isBySql, asOf: '2022-12-31' })).found).toEqual([]);
  });

  test.each(['C6', 'C9', 'nobody'])('there are none for %s, who has one product or none', async (customerId) => {
    expect(await ask(customerId)).toEqual({ found: [], statements: 0 });
    expect((await ask(customerId, { isBySql: true })).found).toEqual([]);
  });

  test('are right after writes: of others, of the customer, and of products that nobody had', async () => {
    await refill();
    await world.write('DELETE', '/v1/relationships/C2-0', undefined, { 'if-match': '*' });
    expect(await ask('C1')).toEqual({
      found: [['C2', 3, 4, 0.75], ...LIKE_C1.slice(1)],
      statements: 1,
    });
    await world.post('/v1/relationships', { customerId: 'C1', productId: 'I', startDate: DAY });
    await world.post('/v1/relationships', { customerId: 'C9', productId: 'I', startDate: DAY });
    await world.post('/v1/relationships', { customerId: 'C9', productId: 'A', startDate: DAY });
    expect(await ask('C1')).toEqual({
      found: [
        ['C2', 3, 5, 0.6],
        ['C3', 3, 5, 0.6],
        ['C4', 3, 5, 0.6],
        ['C7', 4, 9, 4 / 9],
        ['C9', 2, 5, 0.4],
        ['C5', 2, 9, 2 / 9],
      ],
      statements: 1,
    });
  });

  test('come by one statement where there is no snapshot', async () => {
    const without = await openWorld({
      rows,
      analyses: [...ANALYSES, alikeProbe],
      settings: { SNAPSHOT_MAX_ROWS: 0 },
    });
    const params = { customerId: 'C1', asOf: DAY, isBySql: false, count: 10, minCommon: 2 };
    const { json } = await without.post('/v1/analyses/test.most-alike', params);
    expect(json.data.map(({ customerId }) => customerId)).toEqual(LIKE_C1.map(([id]) => id));
    expect(without.ran).toHaveLength(1);
    await without.close();
  });

  test('are those of the statement among many, who are looked at one stretch after the other', async () => {
    const many = await openWorld({
      rows: { customers: [], products: [], customer_products: [] },
      analyses: [...ANALYSES, alikeProbe],
      statements: [
        // Some alike in everything, far from each other; the first customer has more products than a byte counts.
        `insert into customer_products (relationship_id, customer_id, product_id, start_date)
        select 'R' || c || '-' || n, 'C' || c, 'P' || (c % 2999 * (n + 3) % 41 + 7 * n), date '2024-01-01'
        from range(20000) a(c), range(8) b(n) where n <= c % 7
        union all select 'RX' || n, 'C0', 'P' || n, date '2024-01-01' from range(300) b(n)`,
      ],
    });
    const session = openSession(many.engine, many.owner, 'heavy', new AbortController().signal);
    await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
    for (const customerId of ['C0', 'C3004', 'C19998']) {
      const params = { customerId, asOf: DAY, count: 10, minCommon: 2 };
      const [found, expected] = await Promise.all(
        [false, true].map((isBySql) => many.post('/v1/analyses/test.most-alike', { ...params, isBySql })),
      );
      expect(found!.json.data).toHaveLength(10);
      expect(found!.json.data).toEqual(expected!.json.data);
    }
    await many.close();
  });

  test('come by one statement when those of whom the snapshot does not speak have too much', async () => {
    const much = await openWorld({
      rows: { customers: [], products: [], customer_products: [] },
      analyses: [...ANALYSES, alikeProbe],
      statements: [
        `insert into customer_products (relationship_id, customer_id, product_id, start_date, end_date)
        select 'R' || n, case when n < 4 then 'C1' when n < 7 then 'C2' else 'C3' end, 'P' || (n % 4), date '2024-01-01', null
        from range(10) a(n)
        union all select 'S' || n, 'C4', 'P' || n, date '2024-01-01', case when n = 0 then date '12000-01-01' end
        from range(200001) b(n)`,
      ],
    });
    const session = openSession(much.engine, much.owner, 'heavy', new AbortController().signal);
    await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
    const params = { customerId: 'C1', asOf: DAY, isBySql: false, count: 10, minCommon: 2 };
    const { json } = await much.post('/v1/analyses/test.most-alike', params);
    expect(json.data.map((row) => [row['customerId'], row['common'], row['unionSize']])).toEqual([
      ['C2', 3, 4],
      ['C3', 3, 4],
      ['C4', 4, 200_001],
    ]);
    await much.close();
  });
});
