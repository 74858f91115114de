import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { TINY } from '../../test/world-rows.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

describe('names', () => {
  test.each([
    ['/v1/analyses/ownership.sumary', 'ownership.summary'],
    ['/v1/analyses/ownership.sumary/schema', 'ownership.summary'],
  ])('%s is not found, with the near one', async (path, near) => {
    const { status, problem } = await world.get(path);
    expect([status, problem.code]).toEqual([404, 'analysis.not_found']);
    expect(problem.detail).toContain(`(did you mean "${near}"?)`);
  });

  test('nor is it by POST', async () => {
    expect((await world.post('/v1/analyses/nothing.at-all', {})).problem.code).toBe('analysis.not_found');
  });

  test('all are listed with their addresses', async () => {
    const { json } = await world.get('/v1/analyses');
    expect(json.data.map(({ name }) => name)).toEqual(world.engine.registry.all.map(({ name }) => name));
    expect(json.data.find(({ name }) => name === 'ownership.lookup')).toMatchObject({
      address: '/v1/analyses/ownership.lookup',
      resource: 'POST /v1/ownership',
    });
    expect(json.data.find(({ name }) => name === 'ownership.summary')).toMatchObject({ resource: null });
  });
});

describe('a question', () => {
  test('as POST has its params in the body and what concerns the answer in the address', async () => {
    const asked = { customerId: 'C1', ownership: 'ever', sort: '-productId', limit: 2 };
    const { json } = await world.post('/v1/analyses/ownership.products-of-customer', asked);
    expect(json.data.map(({ productId }) => productId)).toEqual(['P3', 'P2']);
    const csv = await world.post('/v1/analyses/ownership.products-of-customer?format=csv', {
      ...asked,
      fields: 'productId',
    });
    expect(csv.text).toBe('productId\r\nP3\r\nP2\r\n');
    const inBody = await world.post('/v1/analyses/ownership.products-of-customer', { ...asked, format: 'csv' });
    expect(inBody.problem.errors?.[0]?.pointer).toBe('/format');
  });

  test.each([
    ['/v1/customers?format=xml', 400, 'request.invalid'],
    ['/v1/customers?limit=0', 400, 'request.invalid'],
    ['/v1/customers?limit=1.5', 400, 'request.invalid'],
    ['/v1/customers?total=yes', 400, 'request.invalid'],
    ['/v1/customers?q=', 400, 'request.invalid'],
    ['/v1/customers?region=a&region=b', 400, 'request.invalid'],
    ['/v1/customers?cursor=x', 400, 'cursor.invalid'],
    ['/v1/customers?limt=3', 400, 'request.unknown_parameter'],
    ['/v1/customers?region[gtee]=3', 400, 'request.unknown_parameter'],
    ['/v1/analyses/ownership.products-of-customer', 400, 'request.invalid'],
    ['/v1/analyses/ownership.lookup', 400, 'request.invalid'],
  ])('%s is refused', async (path, status, code) => {
    const reply = await world.get(path);
    expect([reply.status, reply.problem.code]).toEqual([status, code]);
  });

  test('in a format that cannot be made is a 406', async () => {
    expect((await world.get('/v1/customers', { accept: 'image/png' })).problem.code).toBe('request.not_acceptable');
  });

  test('explained is for JSON: rows alone have no place for it', async () => {
    expect((await world.get('/v1/customers?explain=true')).json.meta).toHaveProperty('explain.statements');
    expect((await world.get('/v1/customers?explain=true&format=csv')).status).toBe(200);
  });
});

describe('a cursor', () => {
  const first = async (query: string) => (await world.get(`/v1/customers/C1/products?limit=1&${query}`)).json;

  test('keeps the day of the first page, also when newer rows arrive', async () => {
    const { meta, page } = await first('ownership=ever');
    expect(meta.asOf).toBe('2024-06-15');
    const [customer] = TINY.customer_products;
    const added = { ...customer, relationship_id: 'R99', product_id: 'P5', start_date: '2024-06-14' };
    const withoutNewest = TINY.customer_products.filter(({ start_date }) => start_date !== '2024-06-15');
    await world.refill({ ...TINY, customer_products: [...withoutNewest, added] });
    const next = await world.get(`/v1/customers/C1/products?limit=5&ownership=ever&cursor=${page!.nextCursor!}`);
    expect(next.json.meta.asOf).toBe('2024-06-15');
    expect(next.json.data.map(({ productId }) => productId)).toEqual(['P2', 'P3', 'P5']);
    await world.refill(TINY);
  });

  test('may be sent with the day that it is about, and with no other', async () => {
    const { page } = await first('asOf=2024-06-15');
    const again = (asOf: string) =>
      world.get(`/v1/customers/C1/products?limit=1&asOf=${asOf}&cursor=${page!.nextCursor!}`);
    expect((await again('2024-06-15')).json.data).toMatchObject([{ productId: 'P2' }]);
    const { status, problem } = await again('2024-06-14');
    expect([status, problem.code, problem.detail]).toEqual([
      400,
      'cursor.mismatch',
      expect.stringContaining('as of 2024-06-15, not 2024-06-14'),
    ]);
  });

  test.each([
    ['/v1/customers/C2/products?limit=1'],
    ['/v1/customers/C1/products?limit=1&ownership=ever'],
    ['/v1/customers/C1/products?limit=1&sort=-productId'],
    ['/v1/customers/C1/products?limit=1&productCategory=tools'],
    ['/v1/customers/C1/products?limit=1&q=a'],
    ['/v1/customers?limit=1'],
  ])('of another list is refused by %s', async (path) => {
    const { page } = await first('');
    expect((await world.get(`${path}&cursor=${page!.nextCursor!}`)).problem.code).toBe('cursor.mismatch');
  });

  test('goes on with other fields, another size, another format and by POST', async () => {
    const { page } = await first('');
    const cursor = page!.nextCursor!;
    const csv = await world.get(`/v1/customers/C1/products?fields=productId&format=csv&cursor=${cursor}`);
    expect(csv.text).toBe('productId\r\nP2\r\n');
    const posted = await world.post('/v1/analyses/ownership.products-of-customer', {
      customerId: 'C1',
      cursor,
      limit: 7,
    });
    expect(posted.json.data).toMatchObject([{ productId: 'P2' }]);
  });
});
