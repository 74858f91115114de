import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { TINY } from '../../test/world-rows.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({
    isDemo: true,
    rows: { ...TINY, customers: [...TINY.customers, { customer_id: 'a/b ç?#%' }] },
  });
});
afterAll(() => world.close());

describe('one row by its id', () => {
  test.each([
    ['/v1/customers/C1', { customerId: 'C1', customerName: 'Ann Able' }],
    ['/v1/products/P1', { productId: 'P1', productName: 'Alpha', attributes: { weight: 1.25 } }],
    ['/v1/relationships/R02', { relationshipId: 'R02', valueKind: 'monthly' }],
    [`/v1/customers/${encodeURIComponent('a/b ç?#%')}`, { customerId: 'a/b ç?#%' }],
  ])('%s', async (path, expected) => {
    const { status, json, headers } = await world.get(path);
    expect([status, json.data]).toEqual([200, expect.objectContaining(expected)]);
    expect(json.meta).toEqual({
      demo: true,
      dataVersion: { [path.split('/')[2] === 'relationships' ? 'customer_products' : path.split('/')[2]!]: 1 },
    });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('it is the same row as in the list', async () => {
    const { data } = (await world.get('/v1/customers?customerId=C2')).json;
    expect((await world.get('/v1/customers/C2')).json.data).toEqual(data[0]);
  });

  test.each([
    ['/v1/customers/c1', 'customer.not_found', 'there is no customer "c1"'],
    ['/v1/products/C1', 'product.not_found', 'there is no product "C1"'],
    ['/v1/relationships/R%0002', 'relationship.not_found', 'there is no relationship "R\\u000002"'],
  ])('%s is not there', async (path, code, detail) => {
    const { status, problem } = await world.get(path);
    expect([status, problem.code, problem.detail]).toEqual([404, code, detail]);
  });

  test('its ETag is strong, and changes when the row does, not when others do', async () => {
    const etagOf = async (path: string) => String((await world.get(path)).headers['etag']);
    const before = await etagOf('/v1/customers/C1');
    expect(before).toMatch(/^"[\w-]{22}"$/);
    const [first, ...others] = TINY.customers;
    await world.refill({ ...TINY, customers: [first!, ...others.slice(1)] });
    expect(await etagOf('/v1/customers/C1')).toBe(before);
    expect((await world.get('/v1/customers/C1', { 'if-none-match': before })).status).toBe(304);
    await world.refill({ ...TINY, customers: [{ ...first, status: 'left' }, ...others] });
    expect(await etagOf('/v1/customers/C1')).not.toBe(before);
    expect((await world.get('/v1/customers/C1', { 'if-none-match': before })).status).toBe(200);
  });

  test('no parameters, and an id of at most a thousand characters', async () => {
    expect((await world.get('/v1/customers/C1?fields=region')).problem.code).toBe('request.unknown_parameter');
    expect((await world.get(`/v1/customers/${'x'.repeat(1001)}`)).status).toBe(400);
    expect((await world.get(`/v1/customers/${'x'.repeat(1000)}`)).status).toBe(404);
  });
});
