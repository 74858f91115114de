import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import { customerIds } from '../../analysis/core-ids.ts';
import { openSession } from '../../analysis/session.ts';
import { ownershipSnapshot } from '../../analysis/snapshot/snapshot.ts';
import { requireOneList, sayUnknown, sumsOrZero } from './service.ts';

// The rows, and what holds on the day, are in test/world-rows.ts.
let world: World;
beforeAll(async () => {
  world = await openWorld({ settings: { OWNERSHIP_IDS: 3 } });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const rows = async (path: string) => {
  const { status, text, json } = await world.get(path);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return json.data;
};
const ids = async (path: string) => (await rows(path)).map((row) => row['productId'] ?? row['customerId']);

describe('products of a customer', () => {
  test('one row each, with what the product is and what stands behind it', async () => {
    expect(await rows('/v1/customers/C1/products')).toEqual([
      {
        productId: 'P1',
        productName: 'Alpha',
        productCategory: 'tools',
        productType: 'hand',
        productStatus: 'active',
        relationships: 2,
        relationshipId: null,
        relationshipType: 'purchase',
        firstStart: '2023-01-01',
        lastStart: '2024-01-01',
        endDate: null,
        isActive: true,
        valueOnce: 10,
        valueMonthly: 5,
      },
      {
        productId: 'P2',
        productName: 'Beta',
        productCategory: 'tools',
        productType: 'power',
        productStatus: 'active',
        relationships: 1,
        relationshipId: null,
        relationshipType: 'purchase',
        firstStart: '2024-06-01',
        lastStart: '2024-06-01',
        endDate: '2024-06-16',
        isActive: true,
        valueOnce: 7.25,
        valueMonthly: 0,
      },
    ]);
  });

  test('ever: also what has ended; a monthly value that has ended is worth nothing now', async () => {
    const [, , third, ...more] = await rows('/v1/customers/C1/products?ownership=ever');
    expect(third).toMatchObject({
      productId: 'P3',
      isActive: false,
      endDate: '2023-01-01',
      valueOnce: 0,
      valueMonthly: 0,
    });
    expect(more).toEqual([]);
  });

  test('on another day other things hold: starts count from their day, ends from theirs', async () => {
    expect(await ids('/v1/customers/C1/products?asOf=2022-06-15')).toEqual(['P3']);
    expect(await ids('/v1/customers/C1/products?asOf=2022-12-31')).toEqual(['P3']);
    expect(await ids('/v1/customers/C1/products?asOf=2023-01-01')).toEqual(['P1']);
    expect(await ids('/v1/customers/C1/products?asOf=2021-12-31')).toEqual([]);
    expect(await ids('/v1/customers/C2/products?asOf=2024-06-14')).toEqual(['P2']);
    expect(await ids('/v1/customers/C2/products')).toEqual(['P1']);
  });

  test('the future, no start, an end before or on the start: held on no day, but what started did start', async () => {
    expect(await ids('/v1/customers/C3/products')).toEqual([]);
    expect(await ids('/v1/customers/C3/products?ownership=ever')).toEqual(['P3', 'P4']);
    expect(await ids('/v1/customers/C3/products?asOf=2024-07-01')).toEqual(['P1']);
    expect(await ids('/v1/customers/C3/products?asOf=2024-05-05')).toEqual([]);
  });

  test('by relationship', async () => {
    const found = await rows('/v1/customers/C1/products?grain=relationship');
    expect(
      found.map(({ relationshipId, valueOnce, valueMonthly }) => [relationshipId, valueOnce, valueMonthly]),
    ).toEqual([
      ['R01', 10, 0],
      ['R02', 0, 5],
      ['R03', 7.25, 0],
    ]);
  });

  test('a product that does not exist has no name; a customer that does not exist is a 404, unless it has something', async () => {
    expect(await rows('/v1/customers/C4/products')).toMatchObject([
      { productId: 'PX', productName: null, valueOnce: 0 },
    ]);
    expect(await ids('/v1/customers/CX/products')).toEqual(['P1']);
    expect(await ids('/v1/customers/C5/products')).toEqual([]);
    const { status, problem } = await world.get('/v1/customers/nobody/products');
    expect([status, problem.code, problem.detail]).toEqual([
      404,
      'customer.not_found',
      'there is no customer "nobody"',
    ]);
  });

  test('one without products is known to exist without a statement, also after writes', async () => {
    const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
    const standing = () => session.standing(customerIds) && session.standing(ownershipSnapshot);
    await vi.waitUntil(standing, { interval: 1, timeout: 30_000 });
    await ids('/v1/customers/C5/products');
    world.ran.length = 0;
    expect(await ids('/v1/customers/C5/products')).toEqual([]);
    expect(world.ran).toEqual([]);
    expect((await world.get('/v1/customers/C6/products')).status).toBe(404);
    expect((await world.post('/v1/customers', { customerId: 'C6' })).status).toBe(201);
    expect((await world.get('/v1/customers/C6/products')).status).toBe(200);
    await vi.waitUntil(standing, { interval: 1, timeout: 30_000 });
    expect((await world.write('DELETE', '/v1/customers/C6', undefined, { 'if-match': '*' })).status).toBe(200);
    expect((await world.get('/v1/customers/C6/products')).status).toBe(404);
  });

  test('filtered to nothing it is an empty list, not a 404', async () => {
    expect(await ids('/v1/customers/C1/products?productCategory=toys')).toEqual([]);
    expect(await ids('/v1/customers/C1/products?productCategory=tools&valueOnce[gt]=8')).toEqual(['P1']);
  });

  test.each([
    ['asOf=2024-02-30', '?asOf'],
    ['asOf=today', '?asOf'],
    ['ownership=owned', '?ownership'],
    ['grain=customer', '?grain'],
    ['isActive=yes', '?isActive'],
  ])('%s is refused', async (query, pointer) => {
    const { status, problem } = await world.get(`/v1/customers/C1/products?${query}`);
    expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([400, 'request.invalid', pointer]);
  });
});

describe('customers of a product', () => {
  test('one row each, with who it is; also one that no customer row names', async () => {
    const found = await rows('/v1/products/P1/customers');
    expect(
      found.map(({ customerId, customerName, region, relationships }) => [
        customerId,
        customerName,
        region,
        relationships,
      ]),
    ).toEqual([
      ['C1', 'Ann Able', 'north', 2],
      ['C2', 'Bo "B" Baker', 'north', 1],
      ['CX', null, null, 1],
    ]);
  });

  test('ever, and by relationship', async () => {
    expect(await ids('/v1/products/P2/customers')).toEqual(['C1']);
    expect(await ids('/v1/products/P2/customers?ownership=ever')).toEqual(['C1', 'C2']);
    expect(await ids('/v1/products/P1/customers?grain=relationship&sort=-customerId')).toEqual([
      'CX',
      'C2',
      'C1',
      'C1',
    ]);
  });

  test('nobody, and nothing', async () => {
    expect(await ids('/v1/products/P5/customers')).toEqual([]);
    expect((await world.get('/v1/products/P9/customers')).problem.code).toBe('product.not_found');
    expect((await world.get('/v1/products/P9/customers?format=csv')).problem.code).toBe('product.not_found');
  });
});

describe('many at once', () => {
  const pairs = async (body: object) => {
    const { json } = await world.post('/v1/ownership', body);
    return {
      pairs: json.data.map(({ customerId, productId }) => `${String(customerId)} ${String(productId)}`).sort(),
      meta: json.meta,
    };
  };

  test('by customers or by products, one row a pair; repeats count once', async () => {
    expect((await pairs({ customerIds: ['C1', 'C2', 'C1'] })).pairs).toEqual(['C1 P1', 'C1 P2', 'C2 P1']);
    expect((await pairs({ productIds: ['P1'] })).pairs).toEqual(['C1 P1', 'C2 P1', 'CX P1']);
    expect((await pairs({ customerIds: ['C3'], ownership: 'ever' })).pairs).toEqual(['C3 P3', 'C3 P4']);
    expect((await pairs({ customerIds: ['C3'], asOf: '2024-07-01' })).pairs).toEqual(['C3 P1']);
  });

  test('ids that do not exist are named', async () => {
    const { pairs: none, meta } = await pairs({ customerIds: ['nobody', 'C5', 'no "one"'] });
    expect(none).toEqual([]);
    expect(meta.warnings).toContain('2 of the ids do not exist: "no \\"one\\"", "nobody"');
    expect((await pairs({ productIds: ['P1'] })).meta.warnings.join()).not.toContain('do not exist');
    const csv = await world.post('/v1/ownership', { productIds: ['PX', 'é'] }, { accept: 'text/csv' });
    expect(csv.headers['x-warnings']).toContain('2 of the ids do not exist: \\"PX\\", \\"?\\"');
    expect(csv.text).toContain('C4,PX,1,purchase,');
  });

  test('the warning of a thousand names twenty of them', () => {
    const rowsOf = (count: number) => Array.from({ length: 20 }, (_, i) => ({ id: `x${i}`, unknown: count }));
    expect(sayUnknown(rowsOf(1000))[0]).toMatch(/^1000 of the ids do not exist: "x0", .*"x19", …$/);
    expect(sayUnknown(rowsOf(20))[0]).toMatch(/"x19"$/);
    expect(sayUnknown([])).toEqual([]);
  });

  test.each([
    [{}, ''],
    [{ customerIds: ['C1'], productIds: ['P1'] }, ''],
    [{ customerIds: [] }, '/customerIds'],
    [{ customerIds: ['a', 'b', 'c', 'd'] }, '/customerIds'],
    [{ customerIds: 'C1' }, '/customerIds'],
    [{ customerIds: [1] }, '/customerIds/0'],
    [{ customerIds: [null] }, '/customerIds/0'],
    [{ customerIds: ['x'.repeat(51)] }, '/customerIds/0'],
    [{ customerIds: ['C1'], asOf: null }, '/asOf'],
    [{ customerIds: ['C1'], ownership: 'none' }, '/ownership'],
    [{ customerIds: ['C1'], custmoerIds: [] }, '/custmoerIds'],
  ])('%j is refused', async (body, pointer) => {
    const { status, problem } = await world.post('/v1/ownership', body);
    expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([400, 'request.invalid', pointer]);
  });

  test('exactly one list is asked for', () => {
    expect(requireOneList({ customerIds: ['a'] })).toEqual({ customerIds: ['a'] });
    expect(() => requireOneList({})).toThrow('send either customerIds or productIds');
  });
});

describe('in sum', () => {
  test('now: what is known of whom, and what is wrong with the rows', async () => {
    expect(await rows('/v1/analyses/ownership.summary')).toEqual([
      {
        customers: 5,
        products: 5,
        relationships: 12,
        activeRelationships: 6,
        owners: 3,
        everOwners: 4,
        ownedProducts: 2,
        relationshipsPerOwner: 5 / 3,
        withoutStart: 1,
        endsBeforeStart: 1,
        unknownCustomers: 1,
        unknownProducts: 1,
      },
    ]);
  });

  test('before anything started', async () => {
    expect((await rows('/v1/analyses/ownership.summary?asOf=2000-01-01'))[0]).toMatchObject({
      relationships: 12,
      activeRelationships: 0,
      owners: 0,
      everOwners: 0,
      relationshipsPerOwner: null,
    });
  });

  test('of nothing: zeros', () => {
    expect(sumsOrZero([{ relationships: null, relationshipsPerOwner: null, owners: 0 }])).toEqual([
      { relationships: 0, relationshipsPerOwner: null, owners: 0 },
    ]);
  });
});
