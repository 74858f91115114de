import { expect, test, vi } from 'vitest';
import { openWorld } from '../../test/world.ts';
import { standingKeysOf } from './build.ts';
import { customerIds } from './core-ids.ts';

const tables = (region: string) => `version: 1
tables:
  customers: { table: clients, columns: { region: ${region}, customer_type: kind, registration_date: since } }
`;
const CLIENTS = `create table clients (customer_id varchar, customer_name varchar default 'nobody', status varchar,
  kind varchar, since date, area varchar default 'here')`;

test.each([
  ['plain columns, the insert hands the row back', 'area', 'here'],
  ['an expression, the row is read', '{ expression: upper(status) }', 'NEW'],
])('what is answered is what is stored, defaults included: %s', async (_, column, region) => {
  const world = await openWorld({ catalog: tables(column), statements: [CLIENTS] });
  const created = await world.post('/v1/customers', { customerId: 'a', status: 'new' });
  expect(created).toMatchObject({ status: 201, json: { data: { customerName: 'nobody', region, status: 'new' } } });
  const read = await world.get('/v1/customers/a');
  expect(read.json.data).toEqual(created.json.data);
  expect(read.headers['etag']).toBe(created.headers['etag']);
  await vi.waitUntil(() => standingKeysOf(world.engine, world.owner, customerIds), { interval: 1, timeout: 30_000 });
  const both = [{ customerId: 'b' }, { customerId: 'a' }, { customerId: 'b' }, { customerId: 'c', customerName: null }];
  const answers = await Promise.all(both.map((body) => world.post('/v1/customers', body)));
  expect(answers.map(({ status }) => status)).toEqual([201, 409, 409, 201]);
  expect((await world.get('/v1/customers/c')).json.data).toMatchObject({ customerName: null });
  expect(world.faults).toEqual([]);
  await world.close();
});
