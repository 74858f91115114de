import { expect, test } from 'vitest';
import { listeningServer } from '../../test/listening-server.ts';
import { isNotModified, matchesEtag } from './etag.ts';

test.each([
  ['"a"', '"a"', true],
  ['W/"a"', '"a"', true],
  ['"a"', 'W/"a"', true],
  ['W/"a"', 'W/"a"', true],
  [' * ', '"a"', true],
  ['"b", W/"c" , "a"', '"a"', true],
  ['"x,y","a"', '"x,y"', true],
  ['"b"', '"a"', false],
  ['"A"', '"a"', false],
  ['a', '"a"', false],
  ['"aa"', '"a"', false],
  ['"*"', '"a"', false],
  ['', '"a"', false],
])('If-None-Match: %s against %s is %s', (header, etag, isSame) => {
  expect(matchesEtag(header, etag)).toBe(isSame);
});

test('304 has the validators and no body; without the header the answer is whole', async () => {
  const { url } = await listeningServer((app) => {
    app.get('/', (request, reply) =>
      isNotModified(request, reply, 'W/"v1"') ? reply.code(304).send() : reply.send('body'),
    );
  });
  const first = await fetch(url);
  expect([first.status, await first.text(), first.headers.get('etag')]).toEqual([200, 'body', 'W/"v1"']);
  expect([first.headers.get('cache-control'), first.headers.get('vary')]).toEqual(['private, no-cache', 'accept']);
  for (const method of ['GET', 'HEAD']) {
    const again = await fetch(url, { method, headers: { 'if-none-match': 'W/"v1"' } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', 'W/"v1"']);
  }
});
