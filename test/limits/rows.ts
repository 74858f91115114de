import { expect } from 'vitest';
import { driven, refused } from './served-world.ts';

const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line !== '');

/** One row more is refused where rows are collected; what streams, and the service's own reading, is not bound by it. */
export async function resultRows(): Promise<void> {
  await driven({ RESULT_ROWS: 1 }, async ({ ask }) => {
    await refused(ask('/v1/customers'), 422, 'limit.rows');
  });
  await driven({ RESULT_ROWS: 6 }, async ({ ask, answer, post }) => {
    expect((await answer('/v1/analyses/slow.rows?n=6')).data).toHaveLength(6);
    const tooMany = await refused(ask('/v1/analyses/slow.rows?n=7'), 422, 'limit.rows');
    expect(tooMany.detail).toBe('The answer has more than 6 rows.');
    const csv = await ask('/v1/analyses/slow.rows?n=700&format=csv');
    expect(linesOf(await csv.text())).toHaveLength(701);
    await refused(ask('/v1/relationships'), 422, 'limit.rows');
    const whole = await ask('/v1/relationships?format=ndjson');
    expect(linesOf(await whole.text())).toHaveLength(12);
    const pairs = await post('/v1/ownership', { customerIds: ['C1', 'C2', 'C3', 'C4', 'CX'], ownership: 'ever' });
    expect(((await pairs.json()) as { data: unknown[] }).data.length).toBeGreaterThan(6);
  });
}

/** A larger page is refused by name; without a limit a page is no larger, and csv takes any. */
export function pageRows(): Promise<void> {
  return driven({ PAGE_ROWS: 2 }, async ({ ask, answer, post }) => {
    expect((await answer('/v1/customers?limit=2')).data).toHaveLength(2);
    for (const response of [
      await ask('/v1/customers?limit=3'),
      await post('/v1/analyses/customers.list', { limit: 3 }),
    ]) {
      const { errors, detail } = await refused(response, 400, 'request.invalid');
      expect(errors?.[0]?.pointer).toBe('?limit');
      expect(detail).toContain('2 for a JSON page; csv and ndjson take any');
    }
    const page = await answer('/v1/customers');
    expect([page.data.length, page.page?.nextCursor]).toEqual([2, expect.any(String)]);
    const csv = await ask('/v1/customers?limit=3&format=csv');
    expect(linesOf(await csv.text())).toHaveLength(1 + 3);
  });
}

export function ownershipIds(): Promise<void> {
  return driven({ OWNERSHIP_IDS: 2 }, async ({ ask, post }) => {
    for (const list of ['customerIds', 'productIds']) {
      expect((await post('/v1/ownership', { [list]: ['X1', 'X2'] })).status).toBe(200);
      const { errors } = await refused(post('/v1/ownership', { [list]: ['X1', 'X2', 'X3'] }), 400, 'request.invalid');
      expect(errors).toEqual([{ pointer: `/${list}`, detail: expect.stringContaining('2') }]);
      const query = `/v1/analyses/ownership.lookup?${list}=X1&${list}=X2&${list}=X3`;
      expect((await refused(ask(query), 400, 'request.invalid')).errors?.[0]?.pointer).toContain(list);
    }
  });
}

/** Values beyond it are counted, not forgotten: two types of customer and those without one. */
export function facetValues(): Promise<void> {
  return driven({ FACET_VALUES: 1 }, async ({ answer }) => {
    const { page } = await answer('/v1/customers?facets=customerType,region&limit=1');
    expect(page?.facets).toEqual([
      { field: 'customerType', values: [{ value: 'business', rows: 2 }], others: 2 },
      { field: 'region', values: [{ value: 'north', rows: 2 }], others: 2 },
    ]);
    const { page: few } = await answer('/v1/customers?facets=region&region=north');
    expect(few?.facets).toEqual([{ field: 'region', values: [{ value: 'north', rows: 2 }], others: 0 }]);
  });
}
