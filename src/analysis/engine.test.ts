import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { overviewOf } from './overview.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a table of the catalog is a value by its name; an unknown one is dataset.not_found, with the near one', () => {
  expect(world.engine.tables.dataset('products')).toEqual({ kind: 'table', table: 'products' });
  expect(() => world.engine.tables.dataset('prodcts')).toThrow(
    'there is no dataset "prodcts" (did you mean "products"?)',
  );
  expect(() => world.engine.tables.dataset('x'.repeat(1000))).toThrow(
    expect.objectContaining({ code: 'dataset.not_found', status: 404 }),
  );
});

test('fields of an analysis are read from the catalog once', () => {
  const list = world.engine.registry.get('customers.list');
  expect(world.engine.fieldsOf(list)).toBe(world.engine.fieldsOf(list));
});

test('an overview: how much there is, and ids of a customer and a product that are related and exist', async () => {
  const overview = await overviewOf(world.engine, world.owner);
  expect(overview).toMatchObject({ customers: 5, products: 5, relationships: 12, asOf: '2024-06-15' });
  expect([
    ['C1', 'P1'],
    ['C2', 'P1'],
    ['C3', 'P1'],
  ]).toContainEqual([overview.customerId, overview.productId]);
  world.ran.length = 0;
  await overviewOf(world.engine, world.owner);
  expect(world.ran).toEqual([]);
  await world.refill({ customers: [], products: [], customer_products: [] });
  expect(await overviewOf(world.engine, world.owner)).toEqual({
    customers: 0,
    products: 0,
    relationships: 0,
    asOf: '2024-06-15',
    customerId: undefined,
    productId: undefined,
  });
});
