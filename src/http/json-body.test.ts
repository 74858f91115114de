import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { listeningServer, problemIn } from '../../test/listening-server.ts';

const bodies = [
  ['{"a":', 'request.malformed', /^The body is not JSON: .*end of JSON input.*\.$/],
  [`{"a":${'x'.repeat(1_000)}`, 'request.malformed', /^The body is not JSON: .{10,220}$/],
  ['', 'request.malformed', /^The body is empty; JSON is expected\.$/],
  [' \n', 'request.malformed', /^The body is empty/],
  ['{"__proto__":{"isAdmin":true}}', 'request.malformed', /a member named "__proto__"/],
  ['{"constructor":{"prototype":{}}}', 'request.malformed', /or "constructor"/],
  ['null', 'request.invalid', /^The body must be an object, not null\.$/],
  ['['.repeat(500_000), 'request.malformed', /^The body is not JSON/],
  [new Uint8Array([0x7b, 0xff, 0x7d]), 'request.malformed', /^The body is not UTF-8\.$/],
] as const;

async function server() {
  return listeningServer((app) => {
    app.post('/', { schema: { body: Type.Object({}, { additionalProperties: true }) } }, (request) => request.body);
  });
}

test.each(bodies)('refuses the body %.20s', async (body, code, detail) => {
  const { url } = await server();
  const problem = await problemIn(
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
  );
  expect(problem.code).toBe(code);
  expect(problem.detail).toMatch(detail);
});

test('survives a document that is nested as deep as a body may be', async () => {
  const { url } = await server();
  const body = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await response.text();
  expect(
    (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"b":1}' })).status,
  ).toBe(200);
});

test('takes UTF-8 with and without a byte order mark', async () => {
  const { url } = await server();
  for (const body of ['{"a":"Ä€😀"}', '\uFEFF{"a":"Ä€😀"}']) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
    });
    expect(await response.json()).toEqual({ a: 'Ä€😀' });
  }
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
  'a body of type %s is 415',
  async (type) => {
    const { url } = await server();
    const problem = await problemIn(
      await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: '{}' }),
    );
    expect([problem.status, problem.detail]).toEqual([415, 'The body must have the content-type application/json.']);
  },
);

test('a body without a type is 415, no body at all is a request that is not valid', async () => {
  const { url } = await server();
  const untyped = await fetch(url, { method: 'POST', body: new Uint8Array([0x7b, 0x7d]) });
  expect((await problemIn(untyped)).status).toBe(415);
  const problem = await problemIn(await fetch(url, { method: 'POST' }));
  expect([problem.code, problem.detail]).toEqual(['request.invalid', 'The request needs a JSON body; it has none.']);
});
