import { afterAll, beforeAll, expect, test } from 'vitest';
import { withQuery } from '../world-client.ts';
import { openWorld, type World } from '../world.ts';

const LONG = 'x'.repeat(100_000);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

test.each([
  `/v1/customers/${LONG}`,
  `/v1/customers/${LONG}/products`,
  `/v1/analyses/${LONG}`,
  ...['customerName', 'q', 'sort', 'fields', 'facets', 'cursor', 'asOf', LONG].map((name) =>
    withQuery('/v1/customers', { [name]: LONG }),
  ),
])('an address of 100,000 characters is too long (%#)', async (path) => {
  const { status, problem } = await world.get(path);
  expect([status, problem.code]).toEqual([414, 'request.uri_too_long']);
});

test.each<[string, Record<string, unknown>, string]>([
  ['customers.list', { customerName: LONG }, 'request.invalid'],
  ['customers.list', { 'customerName[like]': '%'.repeat(100_000) }, 'request.invalid'],
  ['customers.list', { 'customerId[in]': [LONG] }, 'request.invalid'],
  ['customers.list', { q: LONG }, 'request.invalid'],
  ['customers.list', { sort: LONG }, 'request.invalid'],
  ['customers.list', { sort: 'region,'.repeat(14_000) }, 'request.invalid'],
  ['customers.list', { fields: LONG }, 'request.invalid'],
  ['customers.list', { facets: LONG }, 'request.invalid'],
  ['customers.list', { cursor: LONG }, 'cursor.invalid'],
  ['customers.list', { cursor: `${LONG}x` }, 'request.invalid'],
  ['customers.list', { [LONG]: 'x' }, 'request.invalid'],
  ['customers.list', { registrationDate: '9'.repeat(100_000) }, 'request.invalid'],
  ['relationships.list', { value: '9'.repeat(1000) }, 'request.invalid'],
  ['ownership.summary', { asOf: LONG }, 'request.invalid'],
  ['ownership.lookup', { customerIds: [LONG] }, 'request.invalid'],
  ['ownership.products-of-customer', { customerId: LONG }, 'request.invalid'],
])('in a body it is refused: %s (%#)', async (name, body, code) => {
  const { status, problem, text } = await world.post(`/v1/analyses/${name}`, body);
  expect([status, problem.code]).toEqual([400, code]);
  expect(text.length).toBeLessThan(6_000);
});

test('ten thousand ids are taken, more are refused', async () => {
  const ids = Array.from({ length: 10_001 }, (_, i) => `C${i}`);
  const { status, json } = await world.post('/v1/ownership', { customerIds: ids.slice(1) });
  expect([status, json.meta.warnings.some((warning) => warning.startsWith('9995 of the ids do not exist'))]).toEqual([
    200,
    true,
  ]);
  expect((await world.post('/v1/ownership', { customerIds: ids })).problem.code).toBe('request.invalid');
});
