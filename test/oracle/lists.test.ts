import { array, assert, asyncProperty, constant, constantFrom, shuffledSubarray, tuple } from '../fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { withQuery, type Row } from '../world-client.ts';
import type { WorldRows } from '../world-rows.ts';
import { allPages, ask, flatRow, LISTS, parametersOf, projected, RUNS, shapeOf, type List } from './list-questions.ts';
import { flatten, naiveFacet, naiveList } from './naive-list.ts';
import { randomRequest, randomWorld, type RandomRequest } from './random-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const expectedOf = (list: List, rows: WorldRows, request: RandomRequest) =>
  naiveList(flatten(rows[list.table], shapeOf(world, list).fields), request, shapeOf(world, list));
const question = constantFrom(...LISTS).chain((list) =>
  constant(null).chain(() => randomRequest(shapeOf(world, list).fields).map((request) => ({ list, request }))),
);
const questions = (count: number) => array(question, { minLength: count, maxLength: count });
const rowsOf = (text: string): Row[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

describe('a list equals a loop over its rows', { timeout: 120_000 }, () => {
  test('page by page, every row once, in order; total and facets count the same rows', async () => {
    await assert(
      asyncProperty(randomWorld, questions(6), async (rows, asked) => {
        await world.refill(rows);
        for (const { list, request } of asked) {
          const expected = expectedOf(list, rows, request);
          const parameters = parametersOf(request);
          const pages = await allPages(world, list.path, parameters);
          expect(pages.flat().map(flatRow)).toEqual(projected(expected, request.fields));
          expect(pages.slice(0, -1).every((page) => page.length === request.limit)).toBe(true);
          expect(pages.at(-1)!.length).toBeLessThanOrEqual(request.limit);
          const { page } = await ask(world, list.path, { ...parameters, total: true, facets: request.facet });
          expect(page!.total).toBe(expected.length);
          expect(page!.facets).toEqual([
            { field: request.facet, values: naiveFacet(expected, request.facet), others: 0 },
          ]);
        }
      }),
      RUNS,
    );
  });

  test('as a stream: in the order that was asked, from a cursor on, or complete in any order', async () => {
    await assert(
      asyncProperty(randomWorld, questions(4), async (rows, asked) => {
        await world.refill(rows);
        for (const { list, request } of asked) {
          const expected = projected(expectedOf(list, rows, request), request.fields);
          const { limit, ...parameters } = parametersOf(request);
          const stream = async (more: object) =>
            rowsOf((await world.get(withQuery(list.path, { ...parameters, ...more, format: 'ndjson' }))).text).map(
              flatRow,
            );
          const all = await stream({});
          expect(request.sort.length === 0 ? new Set(all) : all).toEqual(
            request.sort.length === 0 ? new Set(expected) : expected,
          );
          const { page } = await ask(world, list.path, parametersOf(request));
          if (page!.nextCursor === null) continue;
          expect(await stream({ cursor: page!.nextCursor })).toEqual(expected.slice(Number(limit)));
        }
      }),
      RUNS,
    );
  });

  test('in whatever order the rows are stored', async () => {
    const shuffled = randomWorld.chain((rows) =>
      tuple(
        constant(rows),
        ...LISTS.map(({ table }) => shuffledSubarray([...rows[table]], { minLength: rows[table].length })),
      ),
    );
    await assert(
      asyncProperty(shuffled, questions(4), async ([rows, customers, products, customer_products], asked) => {
        const answers = async (stored: WorldRows) => {
          await world.refill(stored);
          return Promise.all(
            asked.map(async ({ list, request }) => {
              const { data, page } = await ask(world, list.path, { ...parametersOf(request), facets: request.facet });
              return { data, facets: page!.facets };
            }),
          );
        };
        const moved = { customers: customers!, products: products!, customer_products: customer_products! };
        expect(await answers(moved)).toEqual(await answers(rows));
      }),
      RUNS,
    );
  });

  test('a filter only shrinks it', async () => {
    await assert(
      asyncProperty(randomWorld, question, async (rows, { list, request }) => {
        await world.refill(rows);
        const { limit: _, ...parameters } = parametersOf(request);
        const totalOf = async (more: object) => (await ask(world, list.path, { ...more, total: true })).page!.total!;
        expect(await totalOf(parameters)).toBeLessThanOrEqual(await totalOf({}));
      }),
      RUNS,
    );
  });
});

describe('paging while rows come and go', { timeout: 120_000 }, () => {
  test('a row that was there at the first page and did not change is seen exactly once, in order', async () => {
    await assert(
      asyncProperty(randomWorld, randomWorld, question, async (before, added, { list, request }) => {
        await world.refill(before);
        const { key } = shapeOf(world, list);
        const column = { customers: 'customer_id', products: 'product_id', customer_products: 'relationship_id' }[
          list.table
        ];
        const known = new Set(before[list.table].map((row) => row[column]));
        const extra = added[list.table].filter((row) => !known.has(row[column]!));
        const first = before[list.table][0];
        let turn = 0;
        const parameters = { ...parametersOf({ ...request, fields: [...new Set([...request.fields, ...key])] }) };
        const pages = await allPages(world, list.path, { ...parameters, limit: 2 }, async () => {
          turn += 1;
          // One page finds new rows, the next one has lost them and the first row too.
          const stored =
            turn % 2 === 1 ? [...extra, ...before[list.table]] : before[list.table].filter((row) => row !== first);
          await world.refill({ ...before, [list.table]: stored });
        });
        const stayed = new Set(before[list.table].filter((row) => row !== first).map((row) => row[column]));
        const seen = pages
          .flat()
          .map((row) => row[key[0]!] as string)
          .filter((id) => stayed.has(id));
        const expected = expectedOf(list, before, request)
          .map((row) => row[key[0]!] as string)
          .filter((id) => stayed.has(id));
        expect(seen).toEqual(expected);
      }),
      RUNS,
    );
  });
});
