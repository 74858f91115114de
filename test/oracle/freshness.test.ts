import { array, assert, asyncProperty, constantFrom, option, record, integer } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../src/analysis/session.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { openWorld, type World } from '../world.ts';
import { productsOf, summaryOf } from './naive-ownership.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const CUSTOMERS = ['C0', 'C1', 'C2'];
const PRODUCTS = ['P0', 'P1'];
const AS_OF = '2024-06-15';
const day = option(constantFrom('2023-12-31', '2024-06-15', '2024-06-16'), { nil: null });
const step = record({
  verb: constantFrom('create', 'create many', 'patch', 'replace', 'delete', 'snapshot', 'read'),
  id: integer({ min: 0, max: 7 }).map((n) => `R${n}`),
  customerId: constantFrom(...CUSTOMERS),
  productId: constantFrom(...PRODUCTS),
  startDate: day,
  endDate: day,
  value: option(constantFrom(0, 1.5, -7.25, 1000), { nil: null }),
});
type Step = typeof step extends { generate: (...args: never[]) => { value: infer S } } ? S : never;
type Stored = Record<string, string | number | null>;

/** What the step does to the model, and to the service; true when it was to be accepted. */
async function take(one: Step, model: Map<string, Stored>): Promise<void> {
  const path = `/v1/relationships/${one.id}`;
  const { customerId, productId, startDate, endDate, value } = one;
  const body = { customerId, productId, relationshipType: 'purchase', startDate, endDate, value };
  const row: Stored = {
    relationship_id: one.id,
    customer_id: customerId,
    product_id: productId,
    relationship_type: 'purchase',
    start_date: startDate,
    end_date: endDate,
    value,
  };
  const has = model.has(one.id);
  const any = { 'if-match': '*' };
  switch (one.verb) {
    case 'create':
      expect((await world.post('/v1/relationships', { relationshipId: one.id, ...body })).status).toBe(has ? 409 : 201);
      if (!has) model.set(one.id, row);
      return;
    case 'create many': {
      // In flight at once; of those with one id the first wins, and all are the same row.
      const ids = [one.id, 'R0', one.id, 'R1', 'R2'];
      const answers = await Promise.all(
        ids.map((relationshipId) => world.post('/v1/relationships', { relationshipId, ...body })),
      );
      const expected = ids.map((id) => (model.has(id) ? 409 : (model.set(id, { ...row, relationship_id: id }), 201)));
      expect(answers.map(({ status }) => status)).toEqual(expected);
      return;
    }
    case 'replace':
      expect((await world.write('PUT', path, body, any)).status).toBe(has ? 200 : 404);
      if (has) model.set(one.id, row);
      return;
    case 'patch':
      expect((await world.write('PATCH', path, { value, customerId }, any)).status).toBe(has ? 200 : 404);
      if (has) model.set(one.id, { ...model.get(one.id)!, value, customer_id: customerId });
      return;
    case 'delete':
      expect((await world.write('DELETE', path, undefined, any)).status).toBe(has ? 200 : 404);
      model.delete(one.id);
      return;
    case 'snapshot': {
      const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
      await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
      return;
    }
    case 'read':
  }
}

test('after an acknowledged write the next read of anything sees it', { timeout: 120_000 }, async () => {
  await assert(
    asyncProperty(array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await world.refill({
        customers: CUSTOMERS.map((customer_id) => ({ customer_id })),
        products: PRODUCTS.map((product_id) => ({ product_id })),
        customer_products: [],
      });
      const model = new Map<string, Stored>();
      for (const one of steps) {
        await take(one, model);
        const rows = {
          customers: CUSTOMERS.map((customer_id) => ({ customer_id })),
          products: PRODUCTS.map((product_id) => ({ product_id })),
          customer_products: [...model.values()],
        };
        const asked = { asOf: AS_OF, ownership: 'active', grain: 'product' } as const;
        const owned = await world.get(`/v1/customers/${one.customerId}/products?asOf=${AS_OF}`);
        const expected = productsOf(one.customerId, rows, asked);
        const sums = (list: readonly Readonly<Record<string, unknown>>[]) =>
          new Map(list.map((row) => [row['productId'], row['valueOnce']]));
        expect(sums(owned.json.data)).toEqual(sums(expected));
        const summary = await world.get(`/v1/analyses/ownership.summary?asOf=${AS_OF}`);
        expect(summary.json.data).toEqual([summaryOf(rows, AS_OF)]);
        const list = await world.get('/v1/relationships?fields=relationshipId,value&total=true');
        expect(list.json.data).toEqual(
          [...model.values()]
            .map((row) => ({ relationshipId: row['relationship_id'], value: row['value'] }))
            .sort((a, b) => (String(a.relationshipId) < String(b.relationshipId) ? -1 : 1)),
        );
        expect(list.json.page!.total).toBe(model.size);
      }
    }),
    { numRuns: 25 },
  );
});
