import { expect, onTestFinished, vi } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { mountAnalyses } from '../../src/http/analyses.ts';
import { cursorsOf } from '../../src/http/cursor.ts';
import { listeningServer, problemIn, type TestServer } from '../listening-server.ts';
import { openWorld, type World, type WorldOptions } from '../world.ts';
import type { Envelope } from '../world-client.ts';
import { SLOW_ANALYSES } from './slow-analyses.ts';

export type ServedWorld = TestServer & {
  readonly world: World;
  ask(path: string, options?: RequestInit): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  /** The answer of an address; a failure when it is not 200. */
  answer(path: string): Promise<Envelope>;
};

/** A tiny world with these limits behind a server that listens, and the analyses that run into them; closed when the test ends. */
export async function servedWorld(
  settings: Partial<Settings>,
  options: Omit<WorldOptions, 'settings' | 'analyses'> = {},
): Promise<ServedWorld> {
  const world = await openWorld({ ...options, settings, analyses: [...ANALYSES, ...SLOW_ANALYSES] });
  onTestFinished(() => world.close());
  const { engine, owner, writesOf, onceOnly } = world;
  const server = await listeningServer(
    (app) => mountAnalyses(app, { engine, cursors: cursorsOf('secret'), writesOf, onceOnly, tenantOf: () => owner }),
    settings,
  );
  const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
  // Settles the day that answers are about: from here on a question takes its own statements only.
  await (await ask('/v1/analyses/slow.threads')).text();
  return {
    ...server,
    world,
    ask,
    post: (path, body) => ask(path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) }),
    async answer(path) {
      const response = await ask(path);
      const text = await response.text();
      expect(response.status, text).toBe(200);
      return JSON.parse(text) as Envelope;
    },
  };
}

export const JSON_TYPE = Object.freeze({ 'content-type': 'application/json' });

/**
 * Drives a world with these limits to their bound, and then asks it as ever: whatever was refused, the next look-up is
 * answered and no connection is left busy.
 */
export async function driven(
  settings: Partial<Settings>,
  drive: (served: ServedWorld) => Promise<void>,
  options: Parameters<typeof servedWorld>[1] = {},
): Promise<void> {
  const served = await servedWorld(settings, options);
  await drive(served);
  await answersAsUsual(served);
}

export async function answersAsUsual({ world, answer }: ServedWorld): Promise<void> {
  await eventually(() => expect(busy(world)).toEqual({ fast: [0, 0], heavy: [0, 0] }));
  const { data } = await answer('/v1/customers/C1/products');
  expect(data.map(({ productId }) => productId)).toEqual(['P1', 'P2']);
}

/** Waits until a check holds; long, because other tests may run beside. */
export function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}

/** Statements that run and that wait, by lane. */
export function busy(world: World) {
  const { fast, heavy } = world.warehouse.state();
  return { fast: [fast.busy, fast.waiting], heavy: [heavy.busy, heavy.waiting] };
}

/** Checks that a response is a problem document of this status and code, and returns it. */
export async function refused(response: Response | Promise<Response>, status: number, code: string) {
  const problem = await problemIn(await response);
  expect([problem.status, problem.code], problem.detail).toEqual([status, code]);
  return problem;
}
