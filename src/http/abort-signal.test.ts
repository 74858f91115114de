import { once } from 'node:events';
import { expect, test } from 'vitest';
import { listeningServer, openSocket } from '../../test/listening-server.ts';
import type { AppError } from '../lib/app-error.ts';
import { abortSignalOf } from './abort-signal.ts';

const head = (method: string, rest = '') => `${method} / HTTP/1.1\r\nHost: a\r\n${rest}\r\n`;
const withBody = (method: string) => `${head(method, 'Content-Type: application/json\r\nContent-Length: 2\r\n')}{}`;

test.each([
  ['GET', head('GET')],
  ['POST', withBody('POST')],
  ['PUT', withBody('PUT')],
])('%s: aborts with statement.cancelled when the client leaves, not before', async (method, text) => {
  const signals = Promise.withResolvers<AbortSignal>();
  const { port } = await listeningServer((app) => {
    app.route({
      method,
      url: '/',
      handler: async (request, reply) => {
        const signal = abortSignalOf(request, reply);
        signals.resolve(signal);
        await once(signal, 'abort');
        throw signal.reason;
      },
    });
  });
  const socket = await openSocket(port, text);
  const signal = await signals.promise;
  expect(signal.aborted).toBe(false);
  socket.destroy();
  await once(signal, 'abort');
  expect((signal.reason as AppError).code).toBe('statement.cancelled');
});

test.each(['GET', 'POST'])('%s: an answer that was taken aborts nothing', async (method) => {
  const signals: AbortSignal[] = [];
  const { url, app, line } = await listeningServer((it) => {
    it.route({
      method,
      url: '/',
      handler: (request, reply) => {
        signals.push(abortSignalOf(request, reply));
        return 'ok';
      },
    });
  });
  const body = method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' };
  await (await fetch(url, { method, ...body })).text();
  await line(({ route }) => route === '/');
  await app.inject({ method: method as 'GET', url: '/' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test('a client that has left already aborts at once', async () => {
  const signals = Promise.withResolvers<AbortSignal>();
  const started = Promise.withResolvers<void>();
  const { port } = await listeningServer((app) => {
    app.get('/', async (request, reply) => {
      started.resolve();
      await once(reply.raw, 'close');
      signals.resolve(abortSignalOf(request, reply));
      return '';
    });
  });
  const socket = await openSocket(port, head('GET'));
  await started.promise;
  socket.destroy();
  expect((await signals.promise).aborted).toBe(true);
});
