import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from './commands.ts';
import { startService } from './start.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process with these settings: what it says, what it logs, and signals for it. */
function hostWith(env: Readonly<Record<string, string>>) {
  const signals = new EventEmitter();
  const left = Promise.withResolvers<number>();
  const heard = { said: '', log: '' };
  return {
    heard,
    env: { PORT: '0', THREADS: '1', MEMORY_LIMIT: '500MB', ...env },
    log: { write: (line: string) => void (heard.log += line) },
    stderr: { write: (text: string) => void (heard.said += text) },
    on: (signal: string, listener: () => void) => signals.on(signal, listener),
    exit: left.resolve,
    /** Sends SIGTERM and gives the exit code. */
    terminate: () => (signals.emit('SIGTERM'), left.promise),
  };
}
type TestHost = ReturnType<typeof hostWith>;

const now = { clock: () => new Date('2026-10-01T12:00:00Z') };

async function started(env: Readonly<Record<string, string>>): Promise<TestHost> {
  const host = hostWith(env);
  expect(await startService(host, now), host.heard.said).toBeUndefined();
  onTestFinished(async () => void (await host.terminate()));
  return host;
}

async function refused(env: Readonly<Record<string, string>>): Promise<TestHost['heard']> {
  const host = hostWith(env);
  expect(await startService(host, now)).toBe(1);
  return host.heard;
}

const tried = (host: TestHost) => fetch(/curl '(\S+)'/.exec(host.heard.said)![1]!);

test('it says what it serves and where, with a line that works, and exits with 0 on SIGTERM', async () => {
  const DATA_DIR = newFolder();
  const io = { env: { DATA_DIR, THREADS: '1' }, cwd: DATA_DIR, stdout: () => undefined, stderr: () => undefined };
  expect(await runCommand(['demo', '--size', 'XS'], io)).toBe(0);
  const host = await started({ DATA_DIR });
  expect(host.heard.said).toMatch(
    /serves generated demo data\n\n {2}page +(http:\/\/127\.0\.0\.1:\d+)\/\n {2}docs +\1\/docs\n {2}health +\1\/health\n/,
  );
  expect(host.heard.said).toContain('which products does this customer have?');
  const answer = await tried(host);
  expect([answer.status, ((await answer.json()) as { data: unknown[] }).data.length > 0]).toEqual([200, true]);
  expect(await host.terminate()).toBe(0);
  expect(host.heard.log).toContain('"msg":"shut down"');
  expect(host.heard.log).not.toContain('nobody is authenticated');
});

test('an id that a shell or an address would misread is quoted in the line to try', async () => {
  const folder = newFolder();
  writeFileSync(
    join(folder, 'catalog.yaml'),
    `version: 1
tables:
  customers:
    sql: select 'O''Neil & co/?' as customer_id
  products:
    sql: select 'P' as product_id
  customer_products:
    sql: select '1' as relationship_id, 'O''Neil & co/?' as customer_id, 'P' as product_id, date '2024-01-01' as start_date
`,
  );
  const host = await started({ DATA_DIR: join(folder, 'data'), CATALOG: join(folder, 'catalog.yaml') });
  expect(host.heard.said).toContain("/v1/customers/O%27Neil%20%26%20co%2F%3F/products'\n");
  const answer = await tried(host);
  expect(await answer.json()).toMatchObject({ data: [{ productId: 'P' }] });
});

test('misspelt settings are said first; an open address is warned about', async () => {
  const host = await started({ DATA_DIR: newFolder(), DEMO: 'off', DATA_DIRR: 'x', HOST: '0.0.0.0' });
  expect(host.heard.said).toMatch(/^DATA_DIRR is not a setting \(did you mean "DATA_DIR"\?\)\n/);
  expect(host.heard.said).toContain('nothing is stored yet: npm run import brings data in');
  expect((await tried(host)).status).toBe(200);
  expect(host.heard.log).toContain('nobody is authenticated: everyone who reaches this address can read all data');
});

test('a warehouse that does not answer keeps nobody from reading where the service is', async () => {
  const folder = newFolder();
  writeFileSync(
    join(folder, 'catalog.yaml'),
    `version: 1
tables:
  customers:
    sql: select cast(error('broken') as varchar) as customer_id
  products:
    sql: select 'P' as product_id
  customer_products:
    sql: select cast(error('broken') as varchar) as relationship_id, 'C' as customer_id, 'P' as product_id, date '2024-01-01' as start_date
`,
  );
  const host = await started({ DATA_DIR: join(folder, 'data'), CATALOG: join(folder, 'catalog.yaml') });
  expect(host.heard.said).toMatch(/ {2}page +http:/);
});

test('what nobody foresaw is said as it is', async () => {
  const host = hostWith({ DATA_DIR: newFolder(), DEMO: 'off' });
  const clock = () => {
    throw new Error('no clock');
  };
  expect(await startService(host, { clock })).toBe(1);
  expect(host.heard.said).toBe('the service cannot start: no clock\n');
});

test('settings that are not allowed', async () => {
  const { said } = await refused({ DATA_DIR: newFolder(), PORT: '-1', THREADS: 'all' });
  expect(said).toMatch(/^the service cannot start: PORT="-1": .*\nTHREADS="all": .*\n$/);
});

test('a port that is taken: said before anything is made', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const PORT = String((other.address() as AddressInfo).port);
  const DATA_DIR = join(newFolder(), 'data');
  const { said } = await refused({ DATA_DIR, PORT });
  expect(said).toBe(`port ${PORT} is taken: stop what listens there, or start with another one: PORT=8001 npm start\n`);
  expect(existsSync(DATA_DIR)).toBe(false);
});

test.each([
  ['192.0.2.1', 'HOST=192.0.2.1 is not an address of this machine; HOST=127.0.0.1 is\n'],
  ['nobody.invalid', 'HOST=nobody.invalid is not known; HOST=127.0.0.1 is this machine\n'],
])('a HOST that cannot be listened on: %s', async (HOST, words) => {
  expect((await refused({ DATA_DIR: newFolder(), HOST })).said).toBe(words);
});

test('data that cannot be served: said in words, and the port is free again', async () => {
  const DATA_DIR = newFolder();
  writeFileSync(join(DATA_DIR, 'main.duckdb'), 'no database');
  const host = hostWith({ DATA_DIR });
  expect(await startService(host, now)).toBe(1);
  expect(host.heard.said).toBe(
    `the service cannot start: ${join(DATA_DIR, 'main.duckdb')} is not a database that this version can read.\n`,
  );
  const [, address] = /listening at (http:[^"]+)/.exec(host.heard.log)!;
  await expect(fetch(`${address!}/livez`)).rejects.toThrow('fetch failed');
});
