import { array, assert, asyncProperty, boolean, constantFrom, oneof, record, uniqueArray } from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { snakeCase } from '../../src/lib/names.ts';
import { openWorld, type World } from '../world.ts';
import { withQuery } from '../world-client.ts';
import { WORLD_DAY, type WorldRows } from '../world-rows.ts';
import { allPages, ask, flatRow, parametersOf, projected, RUNS, shapeOf } from './list-questions.ts';
import { naiveList, type Flat } from './naive-list.ts';
import { customersOf, pairsOf, productsOf, summaryOf, type NaiveQuestion } from './naive-ownership.ts';
import { randomRequest, randomWorld } from './random-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const sessionOf = ({ engine, owner }: World) => openSession(engine, owner, 'heavy', new AbortController().signal);

/** Every customer and product that relationships speak of exists here, so that nothing is a 404. */
const completeWorld = randomWorld.map((rows): WorldRows => ({
  customers: [...new Set(['C0', ...rows.customer_products.map((row) => String(row['customer_id']))])].map((id, i) => ({
    ...rows.customers[i],
    customer_id: id,
  })),
  products: [{ product_id: 'P0' }, ...rows.products.filter((row) => row['product_id'] !== 'P0')],
  customer_products: rows.customer_products,
}));
/** Some of its customers are missing. */
const incompleteWorld = completeWorld.map((rows) => ({ ...rows, customers: rows.customers.slice(0, 2) }));
const question = record({
  asOf: constantFrom('2023-12-30', '2023-12-31', '2024-01-01', '2024-06-15', '2024-06-16', '2030-01-01'),
  ownership: constantFrom('active', 'ever'),
  grain: constantFrom('product', 'relationship'),
});

const keyOf = (row: Flat) => `${String(row['customerId'])} ${String(row['productId'])}`;

const SIDES = [
  {
    name: 'ownership.products-of-customer',
    path: (id: string) => `/v1/customers/${id}/products`,
    rowsOf: productsOf,
    ids: ['C0', 'C1', 'C2', 'C3'],
  },
  {
    name: 'ownership.customers-of-product',
    path: (id: string) => `/v1/products/${id}/customers`,
    rowsOf: customersOf,
    ids: ['P0', 'P1', 'P2', 'P3'],
  },
] as const;
/** By place, because a counterexample prints functions in full. */
const subject = constantFrom(0 as const, 1 as const).chain((place) =>
  record({ place: constantFrom(place), id: constantFrom(...SIDES[place].ids) }),
);

describe('who has what equals a loop over the relationships', { timeout: 120_000 }, () => {
  test('of one customer or product: active or ever, by either grain, on any day, filtered, sorted and paged', async () => {
    const asked = array(
      subject.chain((one) =>
        record({ one: constantFrom(one), question, request: randomRequest(shapeOf(world, SIDES[one.place]).fields) }),
      ),
      { minLength: 6, maxLength: 6 },
    );
    await assert(
      asyncProperty(completeWorld, asked, boolean(), async (rows, list, isInMemory) => {
        await world.refill(rows);
        // Otherwise the first answers come from SQL, while the snapshot is built.
        if (isInMemory)
          await vi.waitUntil(() => sessionOf(world).standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
        for (const { one, question: asks, request } of list) {
          const side = SIDES[one.place];
          const shape = shapeOf(world, side);
          const known = one.place === 0 ? rows.customers : rows.products;
          if (!known.some((row) => Object.values(row).includes(one.id))) continue;
          const expected = naiveList(side.rowsOf(one.id, rows, asks as NaiveQuestion), request, shape);
          const pages = await allPages(world, side.path(one.id), { ...asks, ...parametersOf(request) });
          expect(pages.flat().map(flatRow)).toEqual(projected(expected, request.fields));
        }
      }),
      RUNS,
    );
  });

  test('of many at once, ids that exist and ids that do not', async () => {
    const ids = (letter: string) =>
      uniqueArray(constantFrom(...[0, 1, 2, 3, 4, 99].map((n) => `${letter}${n}`)), { minLength: 1 });
    await assert(
      asyncProperty(completeWorld, question, ids('C'), ids('P'), async (rows, asks, customerIds, productIds) => {
        await world.refill(rows);
        const { grain: _, ...params } = asks;
        const byPair = (list: readonly Flat[]) =>
          [...list].sort((a, b) =>
            `${String(a['customerId'])} ${String(a['productId'])}`.localeCompare(
              `${String(b['customerId'])} ${String(b['productId'])}`,
            ),
          );
        for (const [column, list] of [
          ['customer_id', { customerIds }],
          ['product_id', { productIds }],
        ] as const) {
          const { json } = await world.post('/v1/ownership', { ...params, ...list });
          const expected = pairsOf(column, Object.values(list)[0]!, rows, asks as NaiveQuestion);
          expect(byPair(json.data.map(flatRow))).toEqual(byPair(expected));
        }
      }),
      RUNS,
    );
  });

  test('by all three addresses after random writes, from a snapshot that was built before them', async () => {
    const id = (letter: string) => constantFrom(...[0, 1, 2, 3].map((n) => `${letter}${n}`));
    const day = constantFrom(null, '2023-12-31', '2024-06-15', '2024-06-16', '2030-01-01');
    const written = record({
      verb: constantFrom('create', 'patch', 'delete'),
      relationshipId: constantFrom('r', 's', '1', 'new1', 'new2'),
      customerId: id('C'),
      productId: id('P'),
      relationshipType: constantFrom(null, 'purchase', 'subscription'),
      startDate: day,
      endDate: day,
      value: constantFrom(null, 0, 12.25, -0.5),
    });
    const asked = record({
      question,
      customers: uniqueArray(id('C')),
      products: uniqueArray(id('P')),
      limit: constantFrom(1, 2, 100),
    });
    const everybody = completeWorld.map((rows) => ({
      ...rows,
      customers: ['C0', 'C1', 'C2', 'C3'].map((customer_id, i) => ({ ...rows.customers[i], customer_id })),
      products: ['P0', 'P1', 'P2', 'P3'].map((product_id, i) => ({ ...rows.products[i], product_id })),
      customer_products: rows.customer_products.filter((row) => /^C[0-3]$/.test(String(row['customer_id']))),
    }));
    const rounds = array(record({ writes: array(written, { maxLength: 3 }), asked }), { minLength: 1, maxLength: 4 });
    await assert(
      asyncProperty(everybody, rounds, async (start, list) => {
        await world.refill(start);
        await vi.waitUntil(() => sessionOf(world).standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
        const stored = new Map(start.customer_products.map((row) => [String(row['relationship_id']), row]));
        for (const round of list) {
          for (const { verb, relationshipId, ...body } of round.writes) {
            const path = `/v1/relationships/${relationshipId}`;
            const { status } =
              verb === 'create'
                ? await world.post('/v1/relationships', { relationshipId, ...body })
                : await world.write(verb === 'patch' ? 'PATCH' : 'DELETE', path, verb === 'patch' ? body : undefined, {
                    'if-match': '*',
                  });
            if (status >= 300) continue;
            const row = Object.fromEntries(Object.entries(body).map(([name, value]) => [snakeCase(name), value]));
            if (verb === 'delete') stored.delete(relationshipId);
            else stored.set(relationshipId, { ...stored.get(relationshipId), relationship_id: relationshipId, ...row });
          }
          const rows = { ...start, customer_products: [...stored.values()] };
          const asks = { ...round.asked.question, grain: 'product' } as const;
          const byKey = (flat: readonly Flat[]) => [...flat].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
          for (const [place, ids] of [
            [0, round.asked.customers],
            [1, round.asked.products],
          ] as const) {
            const side = SIDES[place];
            for (const one of ids) {
              const pages = await allPages(world, side.path(one), { ...asks, limit: round.asked.limit });
              expect(pages.flat().map(flatRow)).toEqual(byKey(side.rowsOf(one, rows, asks)));
            }
            if (ids.length === 0) continue;
            const { grain: _, ...params } = asks;
            const { json } = await world.post('/v1/ownership', {
              ...params,
              [place === 0 ? 'customerIds' : 'productIds']: ids,
            });
            const expected = pairsOf(place === 0 ? 'customer_id' : 'product_id', ids, rows, asks);
            expect(byKey(json.data.map(flatRow))).toEqual(byKey(expected));
          }
        }
      }),
      RUNS,
    );
  });

  test('in sum', async () => {
    await assert(
      asyncProperty(oneof(completeWorld, incompleteWorld), question, async (rows, { asOf }) => {
        await world.refill(rows);
        expect((await ask(world, '/v1/analyses/ownership.summary', { asOf })).data).toEqual([summaryOf(rows, asOf)]);
      }),
      RUNS,
    );
  });

  test('without a day it is the newest start that is not in the future', async () => {
    await assert(
      asyncProperty(completeWorld, async (rows) => {
        await world.refill(rows);
        const starts = rows.customer_products.map((row) => row['start_date']).filter((day) => typeof day === 'string');
        const newest =
          starts
            .filter((day) => day <= WORLD_DAY)
            .sort()
            .at(-1) ?? WORLD_DAY;
        const { meta, data } = await ask(world, '/v1/analyses/ownership.summary', {});
        expect(meta.asOf).toBe(newest);
        expect(data).toEqual([summaryOf(rows, newest)]);
        const later = starts.filter((day) => day > WORLD_DAY).length;
        expect(meta.warnings).toHaveLength(later === 0 ? 0 : 1);
        expect(later === 0 || meta.warnings[0]!.startsWith(`${later} `)).toBe(true);
      }),
      RUNS,
    );
  });

  test('both sides tell the same story: the pairs of all customers are those of all products', async () => {
    await assert(
      asyncProperty(completeWorld, question, async (rows, { asOf, ownership }) => {
        await world.refill(rows);
        const owns = async (paths: readonly string[], pair: (row: Flat, id: string) => string) => {
          const lists = await Promise.all(
            paths.map((path) => world.get(withQuery(path, { asOf, ownership, limit: 1000 }))),
          );
          return lists.flatMap(({ json }, i) => json.data.map((row) => pair(row, paths[i]!.split('/')[3]!))).sort();
        };
        const customers = rows.customers.map((row) => `/v1/customers/${String(row['customer_id'])}/products`);
        const products = rows.products.map((row) => `/v1/products/${String(row['product_id'])}/customers`);
        const known = new Set(rows.products.map((row) => row['product_id']));
        const byCustomer = await owns(customers, (row, id) =>
          known.has(row['productId'] as string) ? `${id} ${String(row['productId'])}` : '',
        );
        const byProduct = await owns(products, (row, id) => `${String(row['customerId'])} ${id}`);
        expect(byCustomer.filter(Boolean)).toEqual(byProduct);
      }),
      RUNS,
    );
  });
});
