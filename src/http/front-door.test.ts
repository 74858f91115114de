import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { problemIn } from '../../test/listening-server.ts';
import { settingsWith } from '../config/settings.ts';
import { openFrontDoor } from './front-door.ts';
import { markReady } from './lifecycle.ts';
import { createServer } from './server.ts';

const options = { settings: settingsWith({ PORT: 0 }), logger: pino({ level: 'silent' }), version: '1' };

function opened() {
  const door = openFrontDoor(options);
  onTestFinished(() => void door.close());
  return door;
}

test.each([
  ['GET', '/v1/customers?limit=2', undefined],
  ['GET', '/', undefined],
  ['GET', '/nowhere', undefined],
  ['POST', '/v1/ownership', '{}'],
  ['POST', '/v1/ownership', 'no JSON'],
  ['DELETE', '/v1/customers/C1', undefined],
])('%s %s is told that the service starts', async (method, path, body) => {
  const address = await opened().listen();
  const response = await fetch(address + path, { method, ...(body !== undefined && { body }) });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await problemIn(response)).code).toBe('service.starting');
});

test('it is alive meanwhile, with a health, and not ready', async () => {
  const address = await opened().listen();
  const answers = await Promise.all(['/livez', '/health', '/readyz'].map((path) => fetch(address + path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
  expect(await answers[1]!.json()).toMatchObject({ phase: 'starting', dependencies: [] });
  expect((await problemIn(answers[2]!)).code).toBe('service.starting');
});

test('after the handing over the app answers, and closing the door closes it too', async () => {
  const door = opened();
  const address = await door.listen();
  const app = createServer(options);
  const closed: string[] = [];
  app.get('/', () => 'the app').addHook('onClose', () => void closed.push('app'));
  await app.ready();
  markReady(app);
  door.handOver(app);
  expect(await (await fetch(address)).text()).toBe('the app');
  expect((await fetch(`${address}/nowhere`)).status).toBe(404);
  expect(await door.close()).toBe(true);
  expect([app.lifecycle.phase, closed]).toEqual(['draining', ['app']]);
});

test('requests that come while it is held wait, and are answered by whom the door was handed to meanwhile', async () => {
  const door = opened();
  const address = await door.listen();
  const releases = [door.hold(), door.hold()];
  let isAnswered = false;
  const answer = fetch(address).finally(() => (isAnswered = true));
  const app = createServer(options);
  app.get('/', () => 'the app');
  await app.ready();
  door.handOver(app);
  releases[0]!();
  await fetch(address.replace('http', 'nothing')).catch(() => undefined);
  expect(isAnswered).toBe(false);
  releases[1]!();
  expect(await (await answer).text()).toBe('the app');
  expect((await fetch(address)).status).toBe(200);
});
