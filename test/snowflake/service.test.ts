import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createService, type Service } from '../../src/app.ts';
import { settingsWith } from '../../src/config/settings.ts';
import { testStandIn } from './driver.ts';
import type { StandIn } from './stand-in.ts';
import { accountSettings } from './account-settings.ts';

/** The whole service with WAREHOUSE=snowflake, by the real driver in its thread. */
async function serve(standIn: StandIn, folder: string): Promise<Service> {
  const settings = settingsWith({
    ...accountSettings(standIn),
    DATA_DIR: folder,
    SNAPSHOT_MAX_ROWS: 0,
  });
  const logger = pino({ level: 'silent' });
  const service = await createService({
    settings,
    logger,
    version: '0',
    clock: () => new Date('2026-03-01T10:00:00Z'),
    progress: () => {},
  });
  onTestFinished(() => service.close());
  return service;
}

type Asked = { readonly headers?: Record<string, string>; readonly body?: object | string };

function clientOf(service: Service) {
  return async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    { headers = {}, body }: Asked = {},
  ) => {
    const payload = body === undefined ? {} : { payload: body };
    const reply = await service
      .current()
      .app.inject({ method, url, headers: { host: 'test', ...headers }, ...payload });
    return { status: reply.statusCode, etag: String(reply.headers['etag']), text: reply.body };
  };
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'account-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('an account without tables gets them; where they are, a start is one statement', async () => {
  const standIn = await testStandIn();
  await serve(standIn, emptyFolder());
  const tables = await standIn.admin(`select table_name from information_schema.tables where table_schema = 'PUBLIC'`);
  expect(JSON.stringify(tables)).toContain('CUSTOMER_PRODUCTS');
  standIn.log.clear();
  const ask = clientOf(await serve(standIn, emptyFolder()));
  expect(standIn.log.statements).toHaveLength(1);
  // Nobody asks, nothing runs; whoever looks after the service is no user.
  expect((await ask('GET', '/health')).status).toBe(200);
  expect((await ask('GET', '/readyz')).status).toBe(200);
  expect(standIn.log.statements).toHaveLength(1);
});

test('records are made, replaced, patched, related, listed, written in bulk and deleted', async () => {
  const ask = clientOf(await serve(await testStandIn(), emptyFolder()));
  const ann = { customerId: 'C1', customerName: "Ann O'Hara 😀", region: 'north', registrationDate: '2024-02-29' };
  const made = await ask('POST', '/v1/customers', { body: ann });
  expect([made.status, JSON.parse(made.text).data]).toEqual([201, { ...ann, customerType: null, status: null }]);
  expect((await ask('POST', '/v1/customers', { body: ann })).status).toBe(409);
  expect((await ask('POST', '/v1/products', { body: { productId: 'P1', productName: 'Box' } })).status).toBe(201);
  const related = { customerId: 'C1', productId: 'P1', startDate: '2024-01-01', value: 1234567890123.45 };
  const relationship = await ask('POST', '/v1/relationships', { body: { relationshipId: 'R1', ...related } });
  expect([relationship.status, JSON.parse(relationship.text).data.value]).toEqual([201, 1234567890123.45]);
  expect((await ask('POST', '/v1/relationships', { body: { ...related, productId: 'P9' } })).status).toBe(422);

  expect((await ask('PATCH', '/v1/customers/C1', { body: { region: 'south' } })).status).toBe(428);
  const patch = { headers: { 'if-match': made.etag }, body: { region: 'south' } };
  const patched = await ask('PATCH', '/v1/customers/C1', patch);
  expect([patched.status, JSON.parse(patched.text).data.region]).toEqual([200, 'south']);
  expect((await ask('PATCH', '/v1/customers/C1', patch)).status).toBe(412);
  const replaced = await ask('PUT', '/v1/customers/C1', {
    headers: { 'if-match': '*' },
    body: { customerName: 'Ann' },
  });
  expect([replaced.status, JSON.parse(replaced.text).data.region]).toEqual([200, null]);

  const lines = ['C2', 'C3', 'C1'].map((id) => JSON.stringify({ customerId: id, customerName: id })).join('\n');
  const bulk = await ask('POST', '/v1/customers/bulk?mode=create', {
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${lines}\n`,
  });
  const statuses = bulk.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).status);
  expect(statuses.slice(0, 3)).toEqual([201, 201, 409]);

  const list = await ask('GET', '/v1/customers?sort=customerId&limit=2');
  expect(JSON.parse(list.text).data.map(({ customerId }: { customerId: string }) => customerId)).toEqual(['C1', 'C2']);
  const owned = await ask('GET', '/v1/customers/C1/products');
  expect(JSON.parse(owned.text).data).toMatchObject([{ productId: 'P1', valueOnce: 1234567890123.45 }]);
  expect((await ask('DELETE', '/v1/customers/C1', { headers: { 'if-match': '*' } })).status).toBe(409);
  expect((await ask('DELETE', '/v1/customers/C1?cascade=true', { headers: { 'if-match': '*' } })).status).toBeLessThan(
    300,
  );
  expect((await ask('GET', '/v1/customers/C1')).status).toBe(404);
  expect((await ask('GET', '/v1/relationships/R1')).status).toBe(404);
  expect((await ask('POST', '/v1/admin/backups')).status).toBe(501);
});
