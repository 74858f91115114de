import { expect, test } from 'vitest';
import { listeningServer, problemIn, problemInRaw, rawAnswer } from '../../test/listening-server.ts';
import type { App } from './app-type.ts';

function routes(app: App): void {
  app.get('/things/:id', () => 'thing');
  app.post('/things', () => 'made');
  app.delete('/things/:id', () => 'gone');
}

test.each([
  ['PUT', '/things/7?a=1', 'GET, HEAD, DELETE, OPTIONS'],
  ['GET', '/things', 'POST, OPTIONS'],
  ['PATCH', '/things', 'POST, OPTIONS'],
])('%s %s is 405 and says what is allowed', async (method, path, allow) => {
  const { url } = await listeningServer(routes);
  const response = await fetch(url + path, { method });
  expect(response.headers.get('allow')).toBe(allow);
  expect(await problemIn(response)).toMatchObject({
    code: 'route.method_not_allowed',
    detail: `${method} is not among the methods of this address: ${allow}.`,
  });
});

test('methods that the framework does not know are 405 too', async () => {
  const { port } = await listeningServer(routes);
  const problem = problemInRaw(
    await rawAnswer(port, 'PROPFIND /things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
  );
  expect(problem.status).toBe(405);
});

test('the body of a refused request is not read', async () => {
  const { url } = await listeningServer(routes);
  const init = { method: 'PUT', body: 'not JSON', headers: { 'content-type': 'application/json' } };
  expect((await fetch(`${url}/things`, init)).status).toBe(405);
  expect((await fetch(`${url}/nothing`, init)).status).toBe(404);
});

test('OPTIONS answers with the methods, on an unknown address with 404', async () => {
  const { url } = await listeningServer(routes);
  const response = await fetch(`${url}/things/7`, { method: 'OPTIONS' });
  expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([
    204,
    'GET, HEAD, DELETE, OPTIONS',
    '',
  ]);
  expect((await fetch(`${url}/nothing`, { method: 'OPTIONS' })).status).toBe(404);
});

test('an unknown address is 404, its text shortened and without the parameters', async () => {
  const { url } = await listeningServer(routes);
  expect((await problemIn(await fetch(`${url}/nothing?secret=1`))).detail).toBe('There is nothing at /nothing.');
  expect((await problemIn(await fetch(`${url}/${'n'.repeat(1_000)}`))).detail).toHaveLength(222);
  expect((await fetch(`${url}//things/7`)).status).toBe(404);
});

test('HEAD of a known address has the headers of GET and no body', async () => {
  const { url } = await listeningServer(routes);
  const response = await fetch(`${url}/things/7`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '5', '']);
});
