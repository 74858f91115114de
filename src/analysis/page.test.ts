import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { TINY } from '../../test/world-rows.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ settings: { HEAVY_QUEUE: 0, HEAVY_CONNECTIONS: 1, FACET_VALUES: 2, PAGE_ROWS: 3 } });
});
afterAll(() => world.close());

describe('a page of a list', () => {
  test('holds PAGE_ROWS rows at most, and says where the next one starts', async () => {
    const first = (await world.get('/v1/customers')).json;
    expect(first.data.map(({ customerId }) => customerId)).toEqual(['C1', 'C2', 'C3']);
    const next = (await world.get(`/v1/customers?cursor=${first.page!.nextCursor!}`)).json;
    expect(next.data.map(({ customerId }) => customerId)).toEqual(['C4', 'C5']);
    expect(next.page).toEqual({ nextCursor: null });
    expect((await world.get('/v1/customers?limit=4')).problem.errors).toEqual([
      { pointer: '?limit', detail: 'must be at most 3 for a JSON page; csv and ndjson take any' },
    ]);
  });

  test('a full last page has no next one', async () => {
    expect((await world.get('/v1/customers?limit=3&region[ne]=south')).json.page).toEqual({ nextCursor: null });
  });

  test('total and every facet can be asked at once, whatever the queue; values beyond FACET_VALUES are counted', async () => {
    const fields =
      'customerType,region,status,customerName,attributes.tier,attributes.score,attributes.is_vip,attributes.seen';
    const { status, json } = await world.get(`/v1/customers?limit=1&total=true&facets=${fields}`);
    expect([status, json.page!.total]).toEqual([200, 5]);
    expect(json.page!.facets!.map(({ field }) => field)).toEqual(fields.split(','));
    expect(json.page!.facets!.slice(0, 3)).toEqual([
      {
        field: 'customerType',
        values: [
          { value: 'business', rows: 2 },
          { value: 'consumer', rows: 2 },
        ],
        others: 1,
      },
      {
        field: 'region',
        values: [
          { value: 'north', rows: 2 },
          { value: 'south', rows: 2 },
        ],
        others: 1,
      },
      {
        field: 'status',
        values: [
          { value: 'active', rows: 4 },
          { value: 'left', rows: 1 },
        ],
        others: 0,
      },
    ]);
    expect((await world.get('/v1/customers?region=nowhere&facets=status&total=true')).json.page).toEqual({
      nextCursor: null,
      total: 0,
      facets: [{ field: 'status', values: [], others: 0 }],
    });
  });

  test('what is no number sorts as the null that it is shown as', async () => {
    const scores = [NaN, 2, Infinity, 1, -Infinity, null];
    const customers = scores.map((attribute_score, i) => ({ customer_id: `C${i}`, attribute_score }));
    await world.refill({ ...TINY, customers });
    const pages: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const asked: string = `/v1/customers?sort=-attributes.score&limit=1${cursor && `&cursor=${cursor}`}`;
      const { data, page } = (await world.get(asked)).json;
      pages.push(data[0]!['customerId']);
      cursor = page!.nextCursor;
    }
    expect(pages).toEqual(['C1', 'C3', 'C0', 'C2', 'C4', 'C5']);
    expect((await world.get('/v1/customers?attributes.score[isNull]=true&total=true')).json.page!.total).toBe(4);
  });
});
