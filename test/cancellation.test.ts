import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { answersAsUsual, busy, eventually, JSON_TYPE, type ServedWorld, servedWorld } from './limits/served-world.ts';

/** A request of a client that can leave. */
function asked({ port }: ServedWorld, path: string, body?: unknown) {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request({ port, host: '127.0.0.1', path, method, headers: body === undefined ? {} : JSON_TYPE });
  sent.on('error', () => undefined);
  onTestFinished(() => void sent.destroy());
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return { sent, answer: () => once(sent, 'response') as Promise<[IncomingMessage]> };
}

const running = ({ world }: ServedWorld, lane: 'fast' | 'heavy') =>
  eventually(() => expect(busy(world)[lane][0]).toBe(1));

async function leftBehindNothing(served: ServedWorld, analysis: string): Promise<void> {
  const line = await served.line((one) => one['status'] === 499);
  expect(line).toMatchObject({ analysis, level: 30, msg: 'request' });
  expect(line).not.toHaveProperty('err');
  await answersAsUsual(served);
}

test.each([
  ['slow.endless', 'heavy', 'GET'],
  ['slow.endless', 'heavy', 'POST'],
  ['slow.endless-look-up', 'fast', 'GET'],
] as const)('%s in the %s lane by %s: the statement stops when the client leaves', async (name, lane, method) => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1, FAST_CONNECTIONS: 1 });
  const { sent } = asked(served, `/v1/analyses/${name}`, method === 'POST' ? { n: 1 } : undefined);
  await running(served, lane);
  sent.destroy();
  await leftBehindNothing(served, name);
});

test('what two clients asked for stops when the second of them leaves', async () => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1 });
  const first = asked(served, '/v1/analyses/slow.endless');
  await running(served, 'heavy');
  const second = asked(served, '/v1/analyses/slow.endless');
  await eventually(() => expect(served.world.engine.cache.stats().shared).toBe(1));
  first.sent.destroy();
  await served.line((one) => one['status'] === 499);
  expect(busy(served.world).heavy).toEqual([1, 0]);
  second.sent.destroy();
  await eventually(() => expect(served.lines.filter((one) => one['status'] === 499)).toHaveLength(2));
  await answersAsUsual(served);
});

test('one that waits in the queue leaves it', async () => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1 });
  const first = asked(served, '/v1/analyses/slow.endless');
  await running(served, 'heavy');
  const second = asked(served, '/v1/analyses/slow.endless?n=1');
  await eventually(() => expect(busy(served.world).heavy).toEqual([1, 1]));
  second.sent.destroy();
  await eventually(() => expect(busy(served.world).heavy).toEqual([1, 0]));
  first.sent.destroy();
  await answersAsUsual(served);
});

const WEEKS_OF_ROWS = 1e12;

test.each([
  ['csv', 'slow.rows'],
  ['ndjson', 'slow.rows'],
  ['json', 'slow.row-stream'],
])('a stream of %s stops when its client leaves in the middle', async (format, name) => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1 });
  const { answer } = asked(served, `/v1/analyses/${name}?n=${WEEKS_OF_ROWS}&format=${format}`);
  const [response] = await answer();
  expect(response.statusCode).toBe(200);
  await once(response, 'data');
  expect(busy(served.world).heavy).toEqual([1, 0]);
  response.destroy();
  await leftBehindNothing(served, name);
});

test('and when its client has stopped reading before it leaves', async () => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1 });
  const { answer } = asked(served, `/v1/analyses/slow.rows?n=${WEEKS_OF_ROWS}&format=csv`);
  const [response] = await answer();
  response.pause();
  response.destroy();
  await leftBehindNothing(served, 'slow.rows');
});

/** A customer who has so many products that the answer does not fit into the buffers between server and client. */
const MANY = 300_000;
const MANY_PAIRS = `insert into customer_products (relationship_id, customer_id, product_id, start_date)
  select 'M' || i, 'C5', 'product with a long name ' || i, date '2024-01-01' from range(${MANY}) t(i)`;

test('POST /v1/ownership stops when its client leaves in the middle', async () => {
  const served = await servedWorld({ HEAVY_CONNECTIONS: 1, SNAPSHOT_MAX_ROWS: 0 }, { statements: [MANY_PAIRS] });
  const { answer } = asked(served, '/v1/ownership', { customerIds: ['C5'] });
  const [response] = await answer();
  await once(response, 'data');
  response.pause();
  expect(busy(served.world).heavy).toEqual([1, 0]);
  response.destroy();
  await leftBehindNothing(served, 'ownership.lookup');
});
