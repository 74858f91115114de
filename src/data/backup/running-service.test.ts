import { createServer } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { processStartedAt } from '../../lib/process-started.ts';
import { announceService, findService } from './running-service.ts';
import { newFolder } from './test-data.ts';

/** Something that answers every address with this text. */
async function answering(text: string): Promise<string> {
  const server = createServer((_, answer) => answer.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('is found while it runs, and no more when it has withdrawn', async () => {
  const service = join(newFolder(), 'service.json');
  const address = await answering(JSON.stringify({ startedAt: processStartedAt() }));
  const withdraw = announceService({ service }, address);
  expect(JSON.parse(readFileSync(service, 'utf8'))).toMatchObject({ pid: process.pid, address });
  expect(await findService({ service })).toBe(address);
  withdraw();
  expect(existsSync(service)).toBe(false);
  expect(await findService({ service })).toBeUndefined();
});

test('another process at the address is not believed, nor is one that is no service, nor nobody', async () => {
  const service = join(newFolder(), 'service.json');
  for (const text of [JSON.stringify({ startedAt: '2020-01-01T00:00:00.000Z' }), 'no JSON', 'null']) {
    announceService({ service }, await answering(text));
    expect(await findService({ service })).toBeUndefined();
  }
  announceService({ service }, 'http://127.0.0.1:1');
  expect(await findService({ service })).toBeUndefined();
});

test('what another process said stays, and broken files name nobody', async () => {
  const service = join(newFolder(), 'service.json');
  const withdraw = announceService({ service }, 'http://127.0.0.1:1');
  writeFileSync(service, JSON.stringify({ pid: process.pid + 1, startedAt: processStartedAt(), address: 'x' }));
  withdraw();
  expect(existsSync(service)).toBe(true);
  for (const text of ['', '{', '[]', '{"address":"file:///etc"}']) {
    writeFileSync(service, text);
    expect(await findService({ service })).toBeUndefined();
  }
});
