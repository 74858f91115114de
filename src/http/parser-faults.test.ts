import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { listeningServer, openSocket, problemInRaw, rawAnswer, received } from '../../test/listening-server.ts';
import { settingsWith } from '../config/settings.ts';
import { parserFaultHandler } from './parser-faults.ts';
import type { App } from './app-type.ts';

const routes = (app: App): void => {
  app.get('/', () => 'ok');
  app.post('/', (request) => request.body);
};

const refused: [string, string, number, RegExp][] = [
  ['an unknown method', 'BLAH / HTTP/1.1\r\n\r\n', 400, /^This is not HTTP\/1.1: .*method/],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01', 400, /^This is not HTTP\/1.1/],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
    /Content-Length/,
  ],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
    /Transfer-Encoding|Content-Length/,
  ],
  ['long headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(30_000)}\r\n\r\n`, 431, /larger than 16384 bytes/],
  ['a long address', `GET /${'a'.repeat(30_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, /longer than 8192 bytes/],
  [
    'an odd Expect',
    'GET / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n',
    417,
    /^Expect: a-miracle is not supported/,
  ],
  ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n', 405, /no proxy/],
  [
    'long chunk extensions',
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(30_000)}`,
    413,
    /chunk extensions/,
  ],
];

describe('what the parser refuses', () => {
  test.each(refused)('%s', async (_what, text, status, detail) => {
    const { port, line } = await listeningServer(routes);
    const problem = problemInRaw(await rawAnswer(port, text));
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(detail);
    expect(await line(({ requestId }) => requestId === problem.requestId)).toMatchObject({ status });
  });

  test('a fault in the body is one log line, with the request id of the client', async () => {
    const { port, lines, line } = await listeningServer(routes);
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(problemInRaw(await rawAnswer(port, `${head}zz\r\n`)).requestId).toBe('mine');
    expect(await line(({ status }) => status === 400)).toMatchObject({ requestId: 'mine', route: '/', method: 'POST' });
    expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(1);
  });

  test('garbage after a request that was answered closes the connection with a problem', async () => {
    const { port } = await listeningServer(routes);
    const socket = await openSocket(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const rest = received(socket);
    await once(socket, 'data');
    socket.write('garbage\r\n\r\n');
    expect(await rest).toMatch(/^HTTP\/1.1 200 OK[\s\S]*okHTTP\/1.1 400 Bad Request/);
  });

  test('garbage while an answer is on its way cuts it off instead of landing in it', async () => {
    const body = new PassThrough();
    const { port } = await listeningServer((app) => void app.get('/', (_request, reply) => reply.send(body)));
    const socket = await openSocket(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    body.write('first');
    const rest = received(socket);
    await once(socket, 'data');
    socket.write('garbage\r\n\r\n');
    const answer = await rest;
    expect(answer).toContain('first');
    expect(answer).not.toContain('problem');
  });
});

test('no bytes bring the server down', async () => {
  const { port, url } = await listeningServer(routes);
  const piece = fc.oneof(
    fc.constantFrom(
      'GET ',
      'POST ',
      '/',
      ' HTTP/1.1\r\n',
      'Host: a\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '\0',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const socket = await openSocket(port);
      const answer = received(socket);
      socket.end(pieces.join(''));
      expect(await answer).toMatch(/^$|^HTTP\/1.1 [1-4]\d\d /);
    }),
    { numRuns: 200 },
  );
  expect((await fetch(url)).status).toBe(200);
});

test('a connection that was reset, or that cannot be written to, is only closed', () => {
  const handle = parserFaultHandler(settingsWith(), new WeakMap(), () => expect.unreachable());
  for (const [code, isWritable] of [
    ['ECONNRESET', true],
    ['HPE_INVALID_METHOD', false],
  ] as const) {
    const socket = new PassThrough();
    if (!isWritable) socket.end();
    handle(Object.assign(new Error('x'), { code }), socket as unknown as Socket);
    expect(socket.destroyed).toBe(true);
  }
});

test('a fault that comes without its packet or reason is answered as well', async () => {
  const handle = parserFaultHandler(settingsWith(), new WeakMap(), () => {});
  const answers = ['HPE_HEADER_OVERFLOW', 'HPE_OTHER'].map(async (code) => {
    const socket = new PassThrough();
    handle(Object.assign(new Error('words'), { code }), socket as unknown as Socket);
    return problemInRaw((await socket.toArray()).join(''));
  });
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([431, 400]);
});
