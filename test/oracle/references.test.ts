import { array, assert, asyncProperty, boolean, constantFrom, integer, record, uniqueArray } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { standingKeysOf } from '../../src/analysis/build.ts';
import { customerIds, productIds } from '../../src/analysis/core-ids.ts';
import { fillWorld } from '../world-fill.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const VERBS = ['create', 'delete', 'bulk create', 'bulk delete', 'relate', 'bulk relate', 'remember', 'fill', 'burst'];
const step = record({
  verb: constantFrom(...VERBS),
  list: constantFrom('customers', 'products'),
  numbers: uniqueArray(integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
  pairs: array(record({ customer: integer({ min: 0, max: 3 }), product: integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  isCascading: boolean(),
  isTold: boolean(),
});
type Step = typeof step extends { generate: (...args: never[]) => { value: infer S } } ? S : never;
type List = 'customers' | 'products';
/** Ids that are there; relationships as customer, product. */
type Model = Record<List, Set<string>> & { relationships: Map<string, readonly [string, string]> };

const ANY = { 'if-match': '*' };
const idOf = (list: List, number: number) => `${list === 'customers' ? 'C' : 'P'}${number}`;
const keyOf = (list: List) => (list === 'customers' ? 'customerId' : 'productId');
let made = 0;

async function bulk(path: string, lines: readonly object[]): Promise<number[]> {
  const payload = lines.map((line) => JSON.stringify(line)).join('\n');
  const headers = { host: 'test', 'content-type': 'application/x-ndjson' };
  const { body } = await world.app.inject({ method: 'POST', url: `/v1/${path}`, headers, payload });
  const answers = body.trimEnd().split('\n').slice(0, -1);
  return answers.map((line) => (JSON.parse(line) as { status: number }).status);
}

function remove(model: Model, list: List, id: string, isCascading: boolean): number {
  if (!model[list].has(id)) return 404;
  const related = [...model.relationships].filter(([, pair]) => pair.includes(id));
  if (related.length > 0 && !isCascading) return 409;
  for (const [relationship] of related) model.relationships.delete(relationship);
  model[list].delete(id);
  return 200;
}

function relationshipsOf({ pairs }: Step) {
  return pairs.map(({ customer, product }) => ({
    relationshipId: `R${made++}`,
    customerId: idOf('customers', customer),
    productId: idOf('products', product),
  }));
}

function relate(model: Model, { relationshipId, customerId, productId }: ReturnType<typeof relationshipsOf>[number]) {
  if (!model.customers.has(customerId) || !model.products.has(productId)) return 422;
  model.relationships.set(relationshipId, [customerId, productId]);
  return 201;
}

const post = async (path: string, body: object) => (await world.post(path, body)).status;
const drop = async (list: List, id: string, isCascading: boolean) =>
  (await world.write('DELETE', `/v1/${list}/${id}?cascade=${isCascading}`, undefined, ANY)).status;

async function take(one: Step, model: Model): Promise<void> {
  const list = one.list as List;
  const ids = one.numbers.map((number) => idOf(list, number));
  const rows = ids.map((id) => ({ [keyOf(list)]: id }));
  const related = relationshipsOf(one);
  const created = () => ids.map((id) => (model[list].has(id) ? 409 : (model[list].add(id), 201)));
  switch (one.verb) {
    case 'create':
      expect(await Promise.all(rows.map((row) => post(`/v1/${list}`, row)))).toEqual(created());
      return;
    case 'bulk create':
      expect(await bulk(`${list}/bulk`, rows)).toEqual(created());
      return;
    case 'delete':
      for (const id of ids)
        expect(await drop(list, id, one.isCascading)).toBe(remove(model, list, id, one.isCascading));
      return;
    case 'bulk delete':
      expect(await bulk(`${list}/bulk?mode=delete`, rows)).toEqual(ids.map((id) => remove(model, list, id, false)));
      return;
    case 'relate':
      expect(await Promise.all(related.map((row) => post('/v1/relationships', row)))).toEqual(
        related.map((row) => relate(model, row)),
      );
      return;
    case 'bulk relate':
      expect(await bulk('relationships/bulk', related)).toEqual(related.map((row) => relate(model, row)));
      return;
    case 'remember':
      for (const derivation of [customerIds, productIds])
        await vi.waitUntil(() => standingKeysOf(world.engine, world.owner, derivation), {
          interval: 1,
          timeout: 30_000,
        });
      return;
    case 'fill':
      return fill(model, list, new Set(ids), one.isTold);
    case 'burst':
      return burst(model, list, ids, related, one.isCascading);
  }
}

/** All rows are replaced past the queue of writes, as by an import, which says so after its commit. */
async function fill(model: Model, list: List, ids: Set<string>, isTold: boolean): Promise<void> {
  model[list] = ids;
  model.relationships.clear();
  const rows = {
    customers: [...model.customers].map((customer_id) => ({ customer_id })),
    products: [...model.products].map((product_id) => ({ product_id })),
    customer_products: [],
  };
  if (isTold) await world.refill(rows);
  else await fillWorld(world.warehouse, world.owner, world.engine.settings.ISOLATION, rows);
}

/** Creates and deletes in flight at once, in one transaction or several: any order is right, so what is left is looked at. */
async function burst(
  model: Model,
  list: List,
  ids: readonly string[],
  related: ReturnType<typeof relationshipsOf>,
  isCascading: boolean,
): Promise<void> {
  const relates = related.map(async (row) => ({ row, status: await post('/v1/relationships', row) }));
  const drops = ids.map(async (id) => ({ id, status: await drop(list, id, isCascading) }));
  const bulks = bulk(
    'relationships/bulk',
    related.map((row) => ({ ...row, relationshipId: `${row.relationshipId}b` })),
  );
  const [answers, dropped] = [await Promise.all(relates), await Promise.all(drops)];
  const statuses = [...answers.map(({ status }) => status), ...(await bulks)];
  for (const { id, status } of dropped) if (status === 200) model[list].delete(id);
  const touched = new Set(ids);
  statuses.forEach((status, i) => {
    const { customerId, productId } = related[i % related.length]!;
    const isThere = model.customers.has(customerId) && model.products.has(productId);
    if (isThere) expect(status).toBe(201);
    else if (!touched.has(customerId) && !touched.has(productId)) expect(status).toBe(422);
  });
  model.relationships = await storedRelationships();
}

async function storedRelationships(): Promise<Model['relationships']> {
  const { columns, rowCount } = await world.warehouse.write(world.owner, (writer) =>
    writer.query('select relationship_id, customer_id, product_id from customer_products'),
  );
  const [ids, customers, products] = columns as string[][];
  return new Map(Array.from({ length: rowCount }, (_, i) => [ids![i]!, [customers![i]!, products![i]!] as const]));
}

test(
  'no reference dangles, whatever came in between, and none that is right is refused',
  { timeout: 120_000 },
  async () => {
    await assert(
      asyncProperty(array(step, { minLength: 8, maxLength: 25 }), async (steps) => {
        const model: Model = { customers: new Set(), products: new Set(), relationships: new Map() };
        await world.refill({ customers: [], products: [], customer_products: [] });
        for (const one of steps) {
          await take(one, model);
          const stored = await storedRelationships();
          expect(stored).toEqual(model.relationships);
          for (const [customer, product] of stored.values())
            expect([model.customers.has(customer), model.products.has(product)]).toEqual([true, true]);
        }
      }),
      { numRuns: 40 },
    );
  },
);
