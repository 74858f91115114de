import { expect, test } from 'vitest';
import { listeningServer, rawAnswer } from '../../test/listening-server.ts';
import type { Facts } from './app-type.ts';
import { mountMetrics, serviceMetrics } from './metrics.ts';

const lane = { connections: 4, busy: 1, waiting: 2, refused: 3 };

async function server(facts: Facts[] = [{}]) {
  return listeningServer((app) => {
    const laneStates = () => ({ fast: lane, heavy: { ...lane, refused: 0 } });
    mountMetrics(app, serviceMetrics({ laneStates, derivationStats: () => ({ refreshed: 3, failed: 1 }) }));
    app.get('/v1/customers/:id', (request) => {
      Object.assign(request.facts, facts.shift());
      return 'ok';
    });
  });
}

async function metrics(url: string): Promise<string[]> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return (await response.text()).split('\n');
}

test('counts requests by route pattern, method and status; unknown addresses are one route', async () => {
  const { url, port } = await server();
  for (const path of ['/v1/customers/a', '/v1/customers/b', '/x', '/y', '/z']) await (await fetch(url + path)).text();
  await rawAnswer(port, 'PROPFIND /w HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const lines = await metrics(url);
  expect(lines.filter((line) => line.startsWith('http_requests_total'))).toEqual([
    'http_requests_total{method="GET",route="/v1/customers/:id",status="200"} 2',
    'http_requests_total{method="GET",route="none",status="404"} 3',
    'http_requests_total{method="other",route="none",status="404"} 1',
  ]);
  expect(lines).toContain('http_request_duration_seconds_count{route="/v1/customers/:id"} 2');
});

test('counts where answers came from, and times statements that ran', async () => {
  const { url } = await server([
    { cache: 'miss', statementMs: 20 },
    { cache: 'hit', statementMs: 0 },
    { cache: 'hit' },
    {},
  ]);
  for (let i = 0; i < 4; i++) await (await fetch(`${url}/v1/customers/a`)).text();
  const lines = await metrics(url);
  expect(lines).toContain('answer_cache_total{result="miss"} 1');
  expect(lines).toContain('answer_cache_total{result="hit"} 2');
  expect(lines).toContain('statement_duration_seconds_count 1');
  expect(lines).toContain('statement_duration_seconds_sum 0.02');
});

test('shows the lanes as they are now, also when asked twice', async () => {
  const { url } = await server();
  await metrics(url);
  expect(await metrics(url)).toEqual(
    expect.arrayContaining([
      'warehouse_connections{lane="fast"} 4',
      'warehouse_connections_busy{lane="fast"} 1',
      'warehouse_statements_waiting{lane="heavy"} 2',
      'warehouse_statements_refused_total{lane="fast"} 3',
      'warehouse_statements_refused_total{lane="heavy"} 0',
    ]),
  );
});

test('counts the builds of derivations, also when asked twice', async () => {
  const { url } = await server();
  await metrics(url);
  const lines = await metrics(url);
  expect(lines).toContain('derivation_builds_total 3');
  expect(lines).toContain('derivation_build_failures_total 1');
});

test('describes the process, and two servers do not share figures', async () => {
  const [a, b] = [await server(), await server()];
  await (await fetch(`${a.url}/v1/customers/a`)).text();
  expect((await metrics(b.url)).some((line) => line.includes('/v1/customers/:id'))).toBe(false);
  expect((await metrics(a.url)).some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
});
