import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Isolation } from '../../src/data/sql/compile.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { mountAnalyses } from '../../src/http/analyses.ts';
import { cursorsOf } from '../../src/http/cursor.ts';
import { createServer } from '../../src/http/server.ts';
import { clientOf } from '../world-client.ts';
import { openWorld, type World } from '../world.ts';
import { TINY, type Stored, type WorldRows } from '../world-rows.ts';
import { answersTo, probesFor } from './probes.ts';

const CANARY = 'CANARY';
const canaryTexts = (row: Stored): Stored =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isFreeText(name) ? CANARY : value]));
const isFreeText = (name: string) => /name|type|region|category|status|tier|channel/.test(name);

/** The rows of somebody else: the same ids with other contents, and ids of their own, which the first tenant also owns. */
const THEIRS: WorldRows = {
  customers: [...TINY.customers.map(canaryTexts), { customer_id: CANARY, customer_name: CANARY }],
  products: [...TINY.products.map(canaryTexts), { product_id: CANARY, product_name: CANARY }],
  customer_products: [
    ...TINY.customer_products.map((row) => ({ ...canaryTexts(row), value: 777.77 })),
    { relationship_id: CANARY, customer_id: 'C1', product_id: CANARY, start_date: '2024-01-01', value: 777.77 },
    { relationship_id: `${CANARY}2`, customer_id: CANARY, product_id: 'P1', start_date: '2024-06-15', value: 777.77 },
    { relationship_id: `${CANARY}3`, customer_id: 'C5', product_id: 'P5', start_date: '2024-06-15', value: 777.77 },
  ],
};

describe.each<Isolation>(['database', 'schema', 'column'])('ISOLATION=%s', (ISOLATION) => {
  let alone: World;
  let shared: World;
  beforeAll(async () => {
    alone = await openWorld({ settings: { ISOLATION } });
    shared = await openWorld({ settings: { ISOLATION }, others: { canary: THEIRS } });
  });
  afterAll(async () => {
    expect([...alone.faults, ...shared.faults]).toEqual([]);
    await Promise.all([alone.close(), shared.close()]);
  });

  test.each(['json', 'csv', 'ndjson'])(
    'no answer differs from that of a warehouse without the others, as %s',
    async (format) => {
      const probes = probesFor(CANARY);
      const answers = await answersTo(shared, probes, format);
      expect(answers).toEqual(await answersTo(alone, probes, format));
      expect(answers.some((answer) => answer.includes('Ann Able'))).toBe(true);
    },
  );

  test('two tenants that ask the same service in turn see their own, also from the cache', async () => {
    const app = createServer({ settings: shared.engine.settings, logger: pino({ level: 'silent' }), version: '0' });
    const tenantOf = (request: { headers: object }) =>
      tenant(String((request.headers as Record<string, string>)['x-tenant']));
    const { engine, writesOf, onceOnly } = shared;
    mountAnalyses(app, { engine, cursors: cursorsOf('s'), writesOf, onceOnly, tenantOf });
    const client = clientOf(app);
    const as = (id: string, path: string) => client.get(path, { 'x-tenant': id });
    for (let turn = 0; turn < 2; turn++) {
      expect((await as('default', '/v1/customers/C1')).json.data).toMatchObject({ customerName: 'Ann Able' });
      expect((await as('canary', '/v1/customers/C1')).json.data).toMatchObject({ customerName: CANARY });
      expect((await as('default', '/v1/analyses/ownership.summary')).json.data[0]).toMatchObject({
        customers: 5,
        relationships: 12,
      });
      expect((await as('canary', '/v1/analyses/ownership.summary')).json.data[0]).toMatchObject({
        customers: 6,
        relationships: 15,
      });
      expect((await as('default', '/v1/datasets')).json.data.map(({ rows }) => rows)).toEqual([12, 5, 5]);
      expect((await as('canary', '/v1/datasets')).json.data.map(({ rows }) => rows)).toEqual([15, 6, 6]);
    }
    const etag = String((await as('default', '/v1/customers')).headers['etag']);
    expect((await client.get('/v1/customers', { 'x-tenant': 'canary', 'if-none-match': etag })).status).toBe(200);
    const { page } = (await as('default', '/v1/customers?limit=2')).json;
    expect((await as('canary', `/v1/customers?limit=2&cursor=${page!.nextCursor!}`)).problem.code).toBe(
      'cursor.mismatch',
    );
    await app.close();
  });
});
