import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { listeningServer } from '../../test/listening-server.ts';

test('HEAD of a stream has its headers, runs none of it and cleans it up', async () => {
  let rows = 0;
  let isClosed = false;
  const { url } = await listeningServer((app) => {
    app.get('/rows', (_request, reply) => {
      const stream = new Readable({
        read() {
          this.push(`${(rows += 1)}\n`.repeat(100));
          if (rows > 10_000) this.push(null);
        },
        destroy(_error, done) {
          isClosed = true;
          done(null);
        },
      });
      return reply.type('text/csv').send(stream);
    });
  });
  const response = await fetch(`${url}/rows`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type'), response.headers.get('content-length')]).toEqual([
    200,
    'text/csv',
    null,
  ]);
  expect([isClosed, rows]).toEqual([true, 0]);
});

test('HEAD without a payload says nothing about the length, with one it does', async () => {
  const { url } = await listeningServer((app) => {
    app.get('/open', (request, reply) => (request.method === 'HEAD' ? reply.send() : reply.send('body')));
    app.get(
      '/text',
      { onSend: (_request, reply, payload, done) => done(null, `${String(payload)}${reply.statusCode}`) },
      () => 'body',
    );
  });
  expect((await fetch(`${url}/open`, { method: 'HEAD' })).headers.get('content-length')).toBeNull();
  expect((await fetch(`${url}/text`, { method: 'HEAD' })).headers.get('content-length')).toBe('7');
});
