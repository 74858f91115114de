import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { folderWith, openListening } from '../imports-client.ts';

type Listening = Awaited<ReturnType<typeof openListening>>;

function begin({ address }: Listening, path: string, type: string) {
  const { hostname, port } = new URL(address);
  const headers = { 'content-type': type, 'transfer-encoding': 'chunked' };
  const sent = request({ hostname, port, method: 'POST', path, headers });
  sent.on('error', () => undefined);
  return sent;
}
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `{"customerId":"G${from + i}"}\n`).join('');
const stored = async ({ ask }: Listening) => {
  const { text } = await ask('/v1/customers?limit=1&total=true');
  return (JSON.parse(text) as { page: { total: number } }).page.total;
};
/** States of the imports, newest first. */
const states = async ({ ask }: Listening) => {
  const { text } = await ask('/v1/imports');
  return (JSON.parse(text) as { data: { state: string }[] }).data.map(({ state }) => state);
};
/** Nobody is being answered, no statement runs, and nothing but the question itself is under way. */
const isIdle = ({ service }: Listening) => {
  const { app, data } = service.current();
  const { fast, heavy } = data.warehouse.state();
  return app.lifecycle.running === 0 && fast.busy + heavy.busy + fast.waiting + heavy.waiting === 0;
};

test(
  'gone in the middle of a bulk body: whole transactions are stored, and everything is free again',
  { timeout: 300_000 },
  async () => {
    const world = await openListening(folderWith(), { DEMO: 'off' });
    for (const count of [0, 1, 999, 1_000, 1_001, 2_500]) {
      const before = await stored(world);
      const sent = begin(world, '/v1/customers/bulk', 'application/x-ndjson');
      sent.write(`${lines(count * 10_000, count)}{"customerId":"half`);
      await vi.waitUntil(() => world.service.current().app.lifecycle.running > 0, { interval: 1, timeout: 30_000 });
      if (count >= 1_000) {
        const [reply] = (await once(sent, 'response')) as [IncomingMessage];
        reply.on('error', () => undefined);
        await once(reply, 'data');
      }
      sent.destroy();
      await vi.waitUntil(() => isIdle(world), { interval: 1, timeout: 60_000 });
      const added = (await stored(world)) - before;
      expect([count, added % 1_000, added <= count]).toEqual([count, 0, true]);
      if (count >= 1_000) expect(added).toBeGreaterThanOrEqual(1_000);
    }
    expect(world.logged).toEqual([]);
  },
);

test('gone while the answers of a bulk are read, and when they are never read', { timeout: 300_000 }, async () => {
  const world = await openListening(folderWith(), { DEMO: 'off' });
  for (const isRead of [true, false]) {
    const before = await stored(world);
    const sent = begin(world, '/v1/customers/bulk', 'application/x-ndjson');
    sent.end(lines(isRead ? 100_000 : 200_000, 6_000));
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    reply.on('error', () => undefined);
    if (isRead) await once(reply, 'data');
    reply.destroy();
    await vi.waitUntil(() => isIdle(world), { interval: 1, timeout: 60_000 });
    const added = (await stored(world)) - before;
    expect([isRead, added % 1_000]).toEqual([isRead, 0]);
  }
  // The writer is free.
  expect((await world.post('/v1/customers', { customerId: 'after' })).status).toBe(201);
  expect(world.logged).toEqual([]);
});

test(
  'gone in the middle of an upload, again and again: nothing is stored, and the slot is free each time',
  { timeout: 300_000 },
  async () => {
    const folder = folderWith();
    const world = await openListening(folder, { DEMO: 'off' });
    const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="c.csv"\r\n\r\ncustomer_id\n';
    for (const sentBefore of ['--x\r\n', part, `${part}${'A\n'.repeat(50_000)}`]) {
      const sent = begin(world, '/v1/imports?table=customers', 'multipart/form-data; boundary=x');
      sent.write(sentBefore);
      await vi.waitUntil(async () => (await states(world)).includes('receiving'), { interval: 5, timeout: 30_000 });
      sent.destroy();
      await vi.waitUntil(() => isIdle(world), { interval: 1, timeout: 60_000 });
      await vi.waitUntil(async () => !(await states(world)).includes('receiving'), { interval: 5, timeout: 60_000 });
      expect(new Set(await states(world))).toEqual(new Set(['failed']));
      expect(existsSync(join(folder, 'raw')) ? readdirSync(join(folder, 'raw')) : []).toEqual([]);
    }
    expect(await stored(world)).toBe(0);
    expect(await world.imported('?table=customers', { 'c.csv': 'customer_id\nA\n' })).toMatchObject({
      state: 'imported',
    });
    expect(world.logged).toEqual([]);
  },
);
