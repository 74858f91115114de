import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const ANY = { 'if-match': '*' };
const etagOf = async (path: string) => String((await world.get(path)).headers['etag']);

describe('create', () => {
  test('answers 201 with address and version, and the next read of anything sees it', async () => {
    const before = (await world.get('/v1/analyses/ownership.summary')).json.data[0]!['customers'] as number;
    const made = await world.post('/v1/customers', {
      customerId: 'N1',
      customerName: 'Néw',
      registrationDate: '2024-02-29',
    });
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe('/v1/customers/N1');
    const read = await world.get('/v1/customers/N1');
    expect(read.headers['etag']).toBe(made.headers['etag']);
    expect(read.json.data).toMatchObject({ customerName: 'Néw', registrationDate: '2024-02-29', region: null });
    expect((await world.get('/v1/analyses/ownership.summary')).json.data[0]).toMatchObject({ customers: before + 1 });
    expect((await world.get('/v1/customers?customerId=N1')).json.data).toHaveLength(1);
  });

  test('makes an id when there is none', async () => {
    const made = await world.post('/v1/products', { productName: 'Tea' });
    expect(made.status).toBe(201);
    expect((await world.get(String(made.headers['location']))).json.data).toMatchObject({ productName: 'Tea' });
  });

  test('refuses a taken id, and a reference to nothing', async () => {
    expect(await world.post('/v1/customers', { customerId: 'C1' })).toMatchObject({
      status: 409,
      problem: { code: 'record.taken' },
    });
    const dangling = await world.post('/v1/relationships', { customerId: 'nobody', productId: 'P1' });
    expect(dangling).toMatchObject({
      status: 422,
      problem: { code: 'record.dangling', errors: [{ pointer: '/customerId' }] },
    });
  });

  test('of a relationship shows among the products of its customer at once', async () => {
    await world.get('/v1/customers/C1/products');
    await world.post('/v1/products', { productId: 'NEW', productName: 'New' });
    const made = await world.post('/v1/relationships', {
      relationshipId: 'RN',
      customerId: 'C1',
      productId: 'NEW',
      relationshipType: 'purchase',
      startDate: '2024-01-01',
      value: 12.5,
    });
    expect(made.json.data).toMatchObject({ value: 12.5, valueKind: 'once' });
    const owned = (await world.get('/v1/customers/C1/products?productId=NEW')).json.data;
    expect(owned).toMatchObject([{ productName: 'New', valueOnce: 12.5 }]);
  });

  test.each([
    ['more digits than fit', { value: 12345678901234.5 }],
    ['a third decimal', { value: 1.005 }],
    ['an exponent', { value: 1e21 }],
    ['the zero day', { startDate: '0000-00-00' }],
    ['a day that is not', { startDate: '2024-02-30' }],
    ['the year 12000', { startDate: '12000-01-01' }],
    ['half a character', { relationshipType: '\ud800' }],
    ['an id of 51 characters', { relationshipId: 'x'.repeat(51) }],
  ])('refuses %s, and stores nothing', async (_, member) => {
    const body = { relationshipId: 'BAD', customerId: 'C1', productId: 'P1', ...member };
    const refused = await world.post('/v1/relationships', body);
    expect(refused).toMatchObject({
      status: 422,
      problem: { code: 'record.value', errors: [{ pointer: `/${Object.keys(member)[0]}` }] },
    });
    expect((await world.get('/v1/relationships/BAD')).status).toBe(404);
  });

  test('refuses a relationship that names no customer', async () => {
    const refused = await world.post('/v1/relationships', { productId: 'P1' });
    expect(refused).toMatchObject({
      status: 422,
      problem: { code: 'record.value', errors: [{ pointer: '/customerId', detail: 'must not be null' }] },
    });
  });

  test('refuses unknown members and wrong types', async () => {
    expect((await world.post('/v1/customers', { customerId: 'N', nmae: 'x' })).problem).toMatchObject({
      code: 'request.invalid',
    });
    expect((await world.post('/v1/customers', { customerId: 7 })).status).toBe(400);
    expect((await world.post('/v1/customers', { customerId: null })).status).toBe(400);
  });
});

describe('replace and patch', () => {
  test('need the version that was read, or *', async () => {
    const etag = await etagOf('/v1/customers/C1');
    expect(await world.write('PUT', '/v1/customers/C1', {})).toMatchObject({
      status: 428,
      problem: { code: 'precondition.required' },
    });
    expect(await world.write('PATCH', '/v1/customers/C1', {}, { 'if-match': '"old"' })).toMatchObject({
      status: 412,
      problem: { code: 'precondition.failed' },
    });
    expect((await world.write('PATCH', '/v1/customers/C1', {}, { 'if-match': `W/${etag}` })).status).toBe(412);
    const done = await world.write('PATCH', '/v1/customers/C1', { region: 'East' }, { 'if-match': `"x", ${etag}` });
    expect(done.status).toBe(200);
    expect(done.headers['etag']).toBe(await etagOf('/v1/customers/C1'));
    expect((await world.write('PATCH', '/v1/customers/C1', { region: 'West' }, { 'if-match': etag })).status).toBe(412);
  });

  test('patch changes what it names and empties with null', async () => {
    const before = (await world.get('/v1/customers/C1')).json.data;
    const done = await world.write('PATCH', '/v1/customers/C1', { customerName: "O'Brien", status: null }, ANY);
    expect(done.json.data).toEqual({ ...(before as unknown as object), customerName: "O'Brien", status: null });
  });

  test('replace empties what it leaves out, attributes too', async () => {
    const done = await world.write('PUT', '/v1/customers/C1', { customerName: 'Only' }, ANY);
    const values = Object.entries(done.json.data as unknown as Record<string, unknown>);
    for (const [name, value] of values) {
      if (name === 'attributes') expect(Object.values(value as object).every((one) => one === null)).toBe(true);
      else expect(value).toBe(name === 'customerId' ? 'C1' : name === 'customerName' ? 'Only' : null);
    }
  });

  test('the id stays, and who is not there is 404', async () => {
    expect((await world.write('PUT', '/v1/customers/C1', { customerId: 'C9' }, ANY)).status).toBe(422);
    expect((await world.write('PATCH', '/v1/products/none', { status: 'x' }, ANY)).problem).toMatchObject({
      code: 'product.not_found',
    });
    expect((await world.write('PATCH', '/v1/relationships/R01', { productId: 'none' }, ANY)).problem).toMatchObject({
      code: 'record.dangling',
    });
  });

  test('of two writers with one version, one wins', async () => {
    const etag = await etagOf('/v1/products/P1');
    const both = await Promise.all(
      ['a', 'b'].map((status) => world.write('PATCH', '/v1/products/P1', { status }, { 'if-match': etag })),
    );
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });
});

describe('delete', () => {
  test('refuses while relationships refer to it, unless it cascades', async () => {
    const refused = await world.write('DELETE', '/v1/customers/C1', undefined, ANY);
    expect(refused).toMatchObject({ status: 409, problem: { code: 'record.related' } });
    const related = Number(/^(\d+) relationships/.exec(refused.problem.detail)![1]);
    expect(related).toBeGreaterThan(0);
    const done = await world.write('DELETE', '/v1/customers/C1?cascade=true', undefined, ANY);
    expect(done.json.meta).toMatchObject({ relationships: related });
    expect((await world.get('/v1/customers/C1/products')).status).toBe(404);
    expect((await world.get('/v1/relationships?customerId=C1')).json.data).toEqual([]);
  });

  test('of a relationship needs its version and is gone for every reader', async () => {
    expect((await world.write('DELETE', '/v1/relationships/R01')).status).toBe(428);
    const etag = await etagOf('/v1/relationships/R01');
    expect((await world.write('DELETE', '/v1/relationships/R01', undefined, { 'if-match': etag })).status).toBe(200);
    expect((await world.write('DELETE', '/v1/relationships/R01', undefined, ANY)).status).toBe(404);
  });
});

test('a derived table is 405 and its writes are not in OpenAPI', async () => {
  const catalog = `version: 1
tables:
  products:
    sql: select 'P1' as product_id, 'Tea' as product_name
`;
  const derived = await openWorld({ catalog });
  expect(await derived.post('/v1/products', {})).toMatchObject({ status: 405, problem: { code: 'catalog.read_only' } });
  const document = JSON.parse((await derived.get('/openapi.json')).text) as { paths: Record<string, object> };
  expect(Object.keys(document.paths['/v1/products']!)).toEqual(['get']);
  expect(Object.keys(document.paths['/v1/customers']!).sort()).toEqual(['get', 'post']);
  await derived.close();
});
