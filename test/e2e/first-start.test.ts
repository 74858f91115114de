import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemIn } from '../listening-server.ts';
import { folderWith } from './data-folder.ts';
import { freePort, jsonOf, service } from './service-process.ts';

test('the first start makes demo data, is not ready meanwhile, and says what to try', async () => {
  const folder = folderWith();
  const port = await freePort();
  const running = service(join(folder, 'data'), { PORT: String(port) });
  const address = `http://127.0.0.1:${port}`;
  await running.until(({ said }) => /making demo data: 10,000 customers, 500 products/.exec(said));
  const [early, question, alive] = await Promise.all(
    ['/readyz', '/v1/customers', '/livez'].map((path) => fetch(`${address}${path}`)),
  );
  for (const response of [early!, question!]) {
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await problemIn(response)).code).toBe('service.starting');
  }
  expect(alive!.status).toBe(200);

  expect(await running.serves()).toBe(address);
  expect(running.said()).toContain('100 % done\n');
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  const said = await running.until((texts) => (/curl .*\n/.test(texts.said) ? texts.said : undefined));
  const addresses = [...said.matchAll(/^ {2}(page|docs|health) +(\S+)$/gm)].map(([, name, at]) => [name, at]);
  expect(addresses).toEqual([
    ['page', `${address}/`],
    ['docs', `${address}/docs`],
    ['health', `${address}/health`],
  ]);
  for (const [, at] of addresses) expect((await fetch(at!)).status, at).toBe(200);
  const [, quoted] = /^ {2}curl '(\S+)'$/m.exec(said)!;
  const { data, meta } = await jsonOf(quoted!);
  expect(quoted).toMatch(/\/v1\/customers\/\w+\/products$/);
  expect(data.length).toBeGreaterThan(0);
  expect(meta['demo']).toBe(true);
  expect(existsSync(join(folder, 'data', 'main.duckdb'))).toBe(false);
  expect(await running.stop()).toMatchObject({ code: 0 });
});

test('SIGTERM while the demo data is made ends it at once, in good order', async () => {
  const folder = folderWith();
  const running = service(folder);
  await running.until(({ said }) => /making demo data/.exec(said));
  const { code, out } = await running.stop();
  expect([code, out]).toEqual([0, expect.stringContaining('"msg":"shut down"')]);
  expect(existsSync(join(folder, 'demo.duckdb'))).toBe(false);
});

test('DEMO=off serves empty tables, and its line to try works', async () => {
  const folder = folderWith();
  const running = service(folder, { DEMO: 'off' });
  const address = await running.serves();
  for (const list of ['customers', 'products', 'relationships']) {
    const { data, meta } = await jsonOf(`${address}/v1/${list}`);
    expect([data, meta['demo']]).toEqual([[], undefined]);
  }
  const { data } = await jsonOf(`${address}/v1/analyses/ownership.summary`);
  expect(data[0]).toMatchObject({ customers: 0, relationships: 0, owners: 0 });
  const [, quoted] = await running.until(({ said }) => /^ {2}curl '(\S+)'$/m.exec(said));
  expect((await fetch(quoted!)).status).toBe(200);
  expect(running.said()).not.toContain('demo');
  expect(existsSync(join(folder, 'demo.duckdb'))).toBe(false);
});
