import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderWith, managedData } from './data-folder.ts';
import { jsonOf, linesOf, service } from './service-process.ts';

const RELATIONSHIPS = 300_000;

test('two copies with another PORT and DATA_DIR serve side by side, each its own', async () => {
  const copies = [2, 3].map((customers) => ({ customers, folder: folderWith() }));
  for (const { customers, folder } of copies) await managedData(folder, customers, 1);
  const running = copies.map(({ folder }) => service(folder));
  const addresses = await Promise.all(running.map((one) => one.serves()));
  expect(new Set(addresses).size).toBe(2);
  for (const [i, { customers }] of copies.entries())
    expect((await jsonOf(`${addresses[i]}/v1/customers`)).data).toHaveLength(customers);
});

test('a second process on one DATA_DIR says who is in its way; the first goes on', async () => {
  const folder = folderWith();
  await managedData(folder, 2, 1);
  const first = service(folder);
  const address = await first.serves();
  const second = await service(folder).ended;
  expect(second).toMatchObject({
    code: 1,
    said: `the service cannot start: Another process has ${join(folder, 'main.duckdb')} open.\n`,
  });
  expect((await jsonOf(`${address}/v1/customers`)).data).toHaveLength(2);
});

test('a port that is taken is told at once, before any data is made', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const PORT = String((other.address() as AddressInfo).port);
  const dataDir = join(folderWith(), 'data');
  expect(await service(dataDir, { PORT }).ended).toMatchObject({
    code: 1,
    said: `port ${PORT} is taken: stop what listens there, or start with another one: PORT=8001 npm start\n`,
  });
  expect(existsSync(dataDir)).toBe(false);
});

/** A download that has begun, and is not read until its rows are asked for. */
async function download(address: string) {
  const [response] = (await once(get(address), 'response')) as [IncomingMessage];
  return {
    response,
    async rows(): Promise<number> {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString().trimEnd().split('\r\n').length - 1;
    },
  };
}

test('SIGTERM: a download that runs is finished, nothing new is taken, and it exits with 0', async () => {
  const folder = folderWith();
  await managedData(folder, 3, RELATIONSHIPS);
  const running = service(folder);
  const address = await running.serves();
  const { response, rows } = await download(`${address}/v1/relationships?format=csv`);
  expect(response.statusCode).toBe(200);
  running.kill('SIGTERM');
  await running.line(({ signal }) => signal === 'SIGTERM');
  await expect(fetch(`${address}/v1/customers`)).rejects.toThrow('fetch failed');
  expect(await rows()).toBe(RELATIONSHIPS);
  const { code, out } = await running.ended;
  expect(code).toBe(0);
  const lines = linesOf(out);
  const at = (fits: (line: (typeof lines)[number]) => boolean) => lines.findIndex(fits);
  const answered = at(
    ({ route, status, rows }) => route === '/v1/relationships' && status === 200 && rows === RELATIONSHIPS,
  );
  expect(answered).toBeGreaterThan(at(({ signal }) => signal === 'SIGTERM'));
  expect(lines.at(-1)).toMatchObject({ isComplete: true, msg: 'shut down' });
});

test('SHUTDOWN_SECONDS: a download that nobody reads is cut, and it exits with 1', async () => {
  const folder = folderWith();
  await managedData(folder, 3, RELATIONSHIPS);
  const running = service(folder, { SHUTDOWN_SECONDS: '1' });
  const { response } = await download(`${await running.serves()}/v1/relationships?format=csv`);
  response.on('error', () => undefined);
  expect(await running.stop()).toMatchObject({ code: 1 });
  response.destroy();
});

test('kill -9: what was acknowledged is there after the next start', async () => {
  const folder = folderWith();
  await managedData(folder, 2, 1);
  const killed = service(folder);
  const address = await killed.serves();
  const body = JSON.stringify({ customerId: 'new', customerName: 'New' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${address}/v1/customers`, { method: 'POST', headers, body })).status).toBe(201);
  expect(await killed.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
  const again = await service(folder).serves();
  const { data } = await jsonOf(`${again}/v1/customers`);
  expect(data.map(({ customerId }) => customerId)).toEqual(['C0', 'C1', 'new']);
});

test('a database that is deleted while it is served: health says so, and requests should go elsewhere', async () => {
  const folder = folderWith();
  await managedData(folder, 2, 1);
  const address = await service(folder).serves();
  expect((await fetch(`${address}/health`)).status).toBe(200);
  rmSync(join(folder, 'main.duckdb'));
  const health = await fetch(`${address}/health`);
  expect([health.status, await health.json()]).toMatchObject([
    503,
    { status: 'down', dependencies: [{ name: 'warehouse', status: 'down', detail: 'warehouse.unavailable' }, {}] },
  ]);
  expect((await fetch(`${address}/readyz`)).status).toBe(503);
  expect((await fetch(`${address}/livez`)).status).toBe(200);
  expect((await jsonOf(`${address}/v1/customers`)).data).toHaveLength(2);
});
