import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { PassThrough, Readable } from 'node:stream';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { listeningServer, openSocket } from '../../test/listening-server.ts';
import { AppError } from '../lib/app-error.ts';
import type { RequestEnd } from './app-type.ts';

const isOf = (route: string) => (line: Readonly<Record<string, unknown>>) => line['route'] === route;

test('one line says what was asked, how it ended and what handlers know', async () => {
  const { url, lines, line } = await listeningServer((app) => {
    app.get('/v1/customers/:id', (request) => {
      Object.assign(request.facts, {
        rows: 3,
        cache: 'miss',
        statementMs: 1.23456,
        waitMs: 0.5,
        tenant: 'default',
        analysis: 'a.b',
      });
      return 'four';
    });
  });
  await (await fetch(`${url}/v1/customers/C-17`, { headers: { 'x-request-id': 'r-1' } })).text();
  const found = await line(isOf('/v1/customers/:id'));
  expect(found).toMatchObject({
    level: 30,
    msg: 'request',
    requestId: 'r-1',
    method: 'GET',
    status: 200,
    rows: 3,
    cache: 'miss',
    statementMs: 1.23,
    waitMs: 0.5,
    tenant: 'default',
    analysis: 'a.b',
  });
  expect(found['ms']).toBeGreaterThan(0);
  expect(found['bytes']).toBeGreaterThan(100);
  expect(lines.filter(({ msg }) => typeof msg === 'string' && msg.startsWith('request'))).toHaveLength(1);
});

test('ids, values and bodies are in no line', async () => {
  const { url, lines, line } = await listeningServer((app) => {
    app.post(
      '/v1/:id',
      { schema: { querystring: Type.Object({ q: Type.Integer() }), body: Type.Object({ a: Type.Integer() }) } },
      () => 'x',
    );
  });
  for (const path of ['/v1/secret-1?q=secret-2', '/v1/secret-1?q=1', '/secret-3', '/v1/%zzsecret-4']) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":"secret-5"}' };
    expect((await fetch(url + path, init)).status).toBeLessThan(500);
  }
  await line(({ status }) => status === 404);
  await line(({ code }) => code === 'request.malformed');
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('a client that leaves before the answer is a 499', async () => {
  const started = Promise.withResolvers<void>();
  const { port, line } = await listeningServer((app) => {
    app.get('/slow', async (_request, reply) => {
      started.resolve();
      await once(reply.raw, 'close');
      return 'late';
    });
  });
  const socket = await openSocket(port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await started.promise;
  socket.destroy();
  expect(await line(isOf('/slow'))).toMatchObject({ level: 30, status: 499 });
});

test('so is one that leaves in the middle of a stream; the bytes that went out are counted', async () => {
  const body = new PassThrough();
  const { port, line } = await listeningServer((app) => void app.get('/stream', (_request, reply) => reply.send(body)));
  const socket = await openSocket(port, 'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
  body.write('x'.repeat(1_000));
  await once(socket, 'data');
  socket.destroy();
  const found = await line(isOf('/stream'));
  expect(found['status']).toBe(499);
  expect(found['bytes']).toBeGreaterThan(1_000);
});

test('a stream that fails after its start is cut off, and the line has the reason', async () => {
  const { url, line } = await listeningServer((app) => {
    app.get('/stream', (_request, reply) =>
      reply.send(
        Readable.from(
          (async function* () {
            yield 'x';
            await delay(1);
            throw new Error('the disk broke');
          })(),
        ),
      ),
    );
  });
  await expect(fetch(`${url}/stream`).then((response) => response.text())).rejects.toThrow();
  expect(await line(isOf('/stream'))).toMatchObject({ level: 50, status: 500, err: { message: 'the disk broke' } });
});

test('our errors are errors with their stack, refusals on purpose are warnings, bad requests neither', async () => {
  const { url, line } = await listeningServer((app) => {
    app.get('/bug', () => Promise.reject(new Error('the cause')));
    app.get('/failed', () =>
      Promise.reject(new AppError('warehouse.failed', 'words', { cause: new Error('engine words') })),
    );
    app.get('/down', () =>
      Promise.reject(new AppError('warehouse.unavailable', 'words', { cause: new Error('network words') })),
    );
    app.get('/busy', () => Promise.reject(new AppError('warehouse.busy', 'words')));
    app.get('/bad', () => Promise.reject(new AppError('cursor.invalid', 'words')));
  });
  for (const path of ['bug', 'failed', 'down', 'busy', 'bad']) await fetch(`${url}/${path}`);
  const bug = await line(isOf('/bug'));
  expect(bug).toMatchObject({ level: 50, code: 'internal.error', err: { message: 'the cause' } });
  expect((bug['err'] as { stack: string }).stack).toContain('request-log.test.ts');
  expect(await line(isOf('/failed'))).toMatchObject({ level: 50, code: 'warehouse.failed' });
  expect(JSON.stringify(await line(isOf('/failed')))).toContain('engine words');
  expect(await line(isOf('/down'))).toMatchObject({ level: 50, status: 503 });
  expect(await line(isOf('/busy'))).toMatchObject({ level: 40, status: 503 });
  expect(await line(isOf('/busy'))).not.toHaveProperty('err');
  expect(await line(isOf('/bad'))).toMatchObject({ level: 30, status: 400, code: 'cursor.invalid' });
});

test('observers hear of every end; injected requests count as answered', async () => {
  const ends: RequestEnd[] = [];
  const { app } = await listeningServer((it) => {
    it.get('/', () => 'x');
    it.onRequestEnd((end) => void ends.push(end));
  });
  expect((await app.inject('/')).statusCode).toBe(200);
  expect(ends).toMatchObject([{ route: '/', status: 200, bytes: 0 }]);
});
