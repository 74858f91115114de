import { describe, expect, test } from 'vitest';
import { listeningServer, problemIn } from '../../test/listening-server.ts';
import { AppError } from '../lib/app-error.ts';
import { mountHealth, type Probe } from './health.ts';
import { markReady } from './lifecycle.ts';

const probe = (name: string, isRequired: boolean, check: Probe['check']): Probe => ({ name, isRequired, check });
const fine = probe('warehouse', true, async () => ({ latencyMs: 1.5, detail: 'DuckDB' }));
const plain = probe('records', true, async () => ({}));
const optional = probe('extra', false, () => Promise.reject(new Error('secret words')));
const required = probe('main', true, () => Promise.reject(new AppError('warehouse.locked', 'secret words')));
const hanging = probe('stuck', true, () => new Promise(() => {}));

const server = (probes: Probe[], probeMs?: number) =>
  listeningServer((app) => {
    mountHealth(app, { probes, ...(probeMs !== undefined && { probeMs }) });
    markReady(app);
  });

describe('/health', () => {
  test('says version, times and each dependency', async () => {
    const { url } = await server([fine, plain]);
    const response = await fetch(`${url}/health`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = (await response.json()) as { startedAt: string; uptimeSeconds: number };
    expect(body).toMatchObject({
      status: 'ok',
      version: '1.2.3',
      phase: 'ready',
      dependencies: [
        { name: 'warehouse', status: 'ok', isRequired: true, latencyMs: 1.5, detail: 'DuckDB' },
        { name: 'records', status: 'ok', isRequired: true, latencyMs: expect.any(Number) as number },
      ],
    });
    expect(Math.abs(Date.parse(body.startedAt) + body.uptimeSeconds * 1000 - Date.now())).toBeLessThan(2_000);
  });

  test('is degraded without what is not required, down without what is; words of errors stay inside', async () => {
    const degraded = await fetch(`${(await server([fine, optional])).url}/health`);
    expect([degraded.status, await degraded.clone().json()]).toMatchObject([200, { status: 'degraded' }]);
    expect(await degraded.text()).not.toContain('secret');
    const down = await fetch(`${(await server([fine, optional, required])).url}/health`);
    expect([down.status, await down.json()]).toMatchObject([
      503,
      {
        status: 'down',
        dependencies: [{}, { status: 'down', detail: 'failed' }, { status: 'down', detail: 'warehouse.locked' }],
      },
    ]);
  });

  test('a dependency that hangs is reported in time, and asked only once at a time', async () => {
    let questions = 0;
    const counted = probe('stuck', true, () => {
      questions += 1;
      return hanging.check();
    });
    const { url } = await server([counted], 30);
    const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`${url}/health`)).json()));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 'down',
        dependencies: [{ latencyMs: 30, detail: 'no answer within 30 ms' }],
      });
    }
    expect(questions).toBe(1);
  });

  test('a dependency that comes back is ok again', async () => {
    let isUp = false;
    const { url } = await server([
      probe('x', true, () => (isUp ? Promise.resolve({}) : Promise.reject(new Error('no')))),
    ]);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    isUp = true;
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

describe('/readyz', () => {
  test('is 200 when ready, whatever is not required', async () => {
    const response = await fetch(`${(await server([fine, optional])).url}/readyz`);
    expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
      200,
      'ready',
      'no-store',
    ]);
  });

  test('is a problem while starting, draining, or without a required dependency', async () => {
    const { app, url } = await server([fine]);
    for (const [phase, code] of [
      ['starting', 'service.starting'],
      ['draining', 'service.draining'],
    ] as const) {
      app.lifecycle.phase = phase;
      const response = await fetch(`${url}/readyz`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await problemIn(response)).toMatchObject({ status: 503, code });
    }
    const without = await fetch(`${(await server([fine, required])).url}/readyz`);
    expect(await problemIn(without)).toMatchObject({ status: 503, code: 'warehouse.unavailable' });
  });
});

test('/livez answers while everything else is down', async () => {
  const response = await fetch(`${(await server([required, hanging])).url}/livez`);
  expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
    200,
    'alive',
    'no-store',
  ]);
});
