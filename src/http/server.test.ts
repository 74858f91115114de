import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import {
  listeningServer,
  openSocket,
  problemIn,
  problemInRaw,
  rawAnswer,
  received,
} from '../../test/listening-server.ts';
import type { App } from './server.ts';

const closed = { additionalProperties: false };

function routes(app: App): void {
  app.get(
    '/echo',
    {
      schema: {
        querystring: Type.Object(
          { limit: Type.Integer({ default: 7 }), tag: Type.Optional(Type.Array(Type.String())) },
          closed,
        ),
      },
    },
    (request) => request.query,
  );
  app.post(
    '/echo',
    { schema: { body: Type.Object({ id: Type.String(), n: Type.Integer({ default: 7 }) }, closed) } },
    (request) => request.body,
  );
  app.get('/things/:id', (request) => request.params);
  app.get(
    '/broken',
    { schema: { response: { 200: Type.Object({ must: Type.String() }) } } },
    () => ({}) as { must: string },
  );
}

const json = (body: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('request ids', () => {
  test.each(['a', 'Az0._-', 'x'.repeat(64)])('takes %s from the client', async (id) => {
    const { url } = await listeningServer(routes);
    const response = await fetch(`${url}/echo`, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
  });

  test.each(['x'.repeat(65), 'a b', 'a"b', 'ä', ''])('makes a new one instead of "%s"', async (id) => {
    const { url } = await listeningServer(routes);
    const response = await fetch(`${url}/echo`, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('gives every request another one', async () => {
    const { url } = await listeningServer(routes);
    const ids = await Promise.all([1, 2, 3].map(async () => (await fetch(`${url}/echo`)).headers.get('x-request-id')));
    expect(new Set(ids).size).toBe(3);
  });
});

describe('validation', () => {
  test('turns the text of the address into numbers and lists, and fills in defaults', async () => {
    const { url } = await listeningServer(routes);
    expect(await (await fetch(`${url}/echo?limit=5&tag=a`)).json()).toEqual({ limit: 5, tag: ['a'] });
    expect(await (await fetch(`${url}/echo`)).json()).toEqual({ limit: 7 });
  });

  test.each(['{"id":1}', '{"id":null}', '{"id":["a"]}', '{"id":"a","n":"5"}', '{"id":"a","other":1}'])(
    'changes nothing in the body %s, it refuses it',
    async (body) => {
      const { url } = await listeningServer(routes);
      expect((await problemIn(await fetch(`${url}/echo`, json(body)))).code).toBe('request.invalid');
    },
  );

  test('takes a good body as it is, with defaults', async () => {
    const { url } = await listeningServer(routes);
    expect(await (await fetch(`${url}/echo`, json('{"id":"9007199254740993"}'))).json()).toEqual({
      id: '9007199254740993',
      n: 7,
    });
  });

  test('an answer that does not fit its schema is our error', async () => {
    const { url, line } = await listeningServer(routes);
    const problem = await problemIn(await fetch(`${url}/broken`));
    expect([problem.code, problem.detail]).toEqual(['internal.error', 'Something went wrong on our side.']);
    expect(await line((entry) => entry['route'] === '/broken')).toMatchObject({
      level: 50,
      err: { message: '"must" is required!' },
    });
  });
});

describe('limits', () => {
  test('an address over URL_BYTES is 414, below it is taken', async () => {
    const { url } = await listeningServer(routes, { URL_BYTES: 500 });
    expect((await fetch(`${url}/things/${'a'.repeat(400)}`)).status).toBe(200);
    const problem = await problemIn(await fetch(`${url}/things/${'a'.repeat(600)}`));
    expect([problem.status, problem.detail]).toEqual([414, 'The address is longer than 500 bytes.']);
  });

  test('so is one that the parser refuses, being longer than the whole head may be', async () => {
    const { url, lines } = await listeningServer(routes);
    expect((await problemIn(await fetch(`${url}/things/${'a'.repeat(100_000)}`))).code).toBe('request.uri_too_long');
    expect(lines.filter(({ status }) => status === 414)).toHaveLength(1);
  });

  test('a head over HEADER_BYTES is 431', async () => {
    const { url } = await listeningServer(routes, { HEADER_BYTES: 4_000, URL_BYTES: 1_000 });
    const problem = await problemIn(await fetch(`${url}/echo`, { headers: { 'x-long': 'a'.repeat(5_000) } }));
    expect([problem.status, problem.detail]).toEqual([431, 'The head of the request is larger than 4000 bytes.']);
  });

  test('a body over BODY_BYTES is 413, announced or not', async () => {
    const { url } = await listeningServer(routes, { BODY_BYTES: 1_000 });
    expect((await fetch(`${url}/echo`, json(JSON.stringify({ id: 'a'.repeat(900) })))).status).toBe(200);
    const announced = await problemIn(await fetch(`${url}/echo`, json(JSON.stringify({ id: 'a'.repeat(1_100) }))));
    expect([announced.code, announced.detail]).toEqual(['request.too_large', 'The body is larger than 1000 bytes.']);
    const body = Readable.toWeb(
      Readable.from(['"', 'a'.repeat(600), 'a'.repeat(600), '"'].map((text) => Buffer.from(text))),
    ) as ReadableStream;
    const chunked = await fetch(`${url}/echo`, { ...json(''), body, duplex: 'half' } as RequestInit);
    expect((await problemIn(chunked)).status).toBe(413);
  });

  test('a 10 MB body is answered, not cut off', async () => {
    const { url } = await listeningServer(routes);
    const answers = await Promise.all([1, 2, 3].map(() => fetch(`${url}/echo`, json(`"${'a'.repeat(10_000_000)}"`))));
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
  });

  test('also for a client that writes all of it before it reads', async () => {
    const { port } = await listeningServer(routes);
    const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    for (const body of [
      `Content-Length: 10000000\r\n\r\n${'a'.repeat(10_000_000)}`,
      `Transfer-Encoding: chunked\r\n\r\n989680\r\n${'a'.repeat(10_000_000)}\r\n0\r\n\r\n`,
    ]) {
      const socket = await openSocket(port);
      socket.pause();
      const written = Promise.withResolvers<void>();
      socket.write(head + body, () => written.resolve());
      await written.promise;
      const [answer] = (await once(socket.resume(), 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
      socket.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect(await received(socket)).toMatch(/HTTP\/1.1 200 OK/);
    }
  });

  test('a body that is announced as too large is not asked for', async () => {
    const { port } = await listeningServer(routes, { BODY_BYTES: 1_000 });
    const head =
      'POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ';
    expect(problemInRaw(await rawAnswer(port, `${head}2000\r\n\r\n`)).status).toBe(413);
    const socket = await openSocket(port, `${head}10\r\n\r\n`);
    socket.once('data', () => socket.write('{"id":"a"}'));
    expect(await received(socket)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
  });

  test.each([
    ['nothing', ''],
    ['half a head', 'GET /echo HTTP/1.1\r\nHost'],
    ['half a body', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'],
  ])('a client that sends %s within REQUEST_SECONDS gets 408', async (_what, text) => {
    const { port } = await listeningServer(routes, { REQUEST_SECONDS: 1 });
    const problem = problemInRaw(await rawAnswer(port, text));
    expect([problem.code, problem.detail]).toEqual(['request.timeout', 'The request did not arrive within 1 s.']);
  });
});

test('security headers are on every answer, also on errors and on addresses that the router cannot read', async () => {
  const { url } = await listeningServer(routes);
  for (const path of ['/echo', '/nothing', '/things/%zz']) {
    const { headers } = await fetch(url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('HTTP/1.1 without Host is 400, HTTP/1.0 needs none', async () => {
  const { port } = await listeningServer(routes);
  const problem = problemInRaw(await rawAnswer(port, 'GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n'));
  expect([problem.code, problem.detail]).toEqual(['request.malformed', 'HTTP/1.1 requires the Host header.']);
  expect(await rawAnswer(port, 'GET /echo HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK/);
});

test('an address with a broken escape is 400', async () => {
  const { url, line } = await listeningServer(routes);
  const problem = await problemIn(await fetch(`${url}/things/%zz`));
  expect(problem.detail).toBe('The address has a % that is not followed by the hex digits of a UTF-8 character.');
  expect(await line(({ code }) => code === 'request.malformed')).toMatchObject({
    status: 400,
    requestId: problem.requestId,
  });
});

test('a page of another site may read, and change nothing', async () => {
  const { port } = await listeningServer(routes);
  const ask = (method: string, site: string) =>
    rawAnswer(
      port,
      `${method} /echo HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: ${site}\r\nContent-Type: application/json\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{"id":"a"}`,
    );
  expect(problemInRaw(await ask('POST', 'cross-site')).code).toBe('request.cross_site');
  expect(problemInRaw(await ask('DELETE', 'cross-site')).status).toBe(403);
  expect(await ask('POST', 'same-origin')).toMatch(/^HTTP\/1.1 200 OK/);
  expect(await ask('POST', 'none')).toMatch(/^HTTP\/1.1 200 OK/);
  expect(await rawAnswer(port, 'GET /echo HTTP/1.0\r\nSec-Fetch-Site: cross-site\r\n\r\n')).toMatch(/200 OK/);
});
