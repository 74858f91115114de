import { expect } from 'vitest';
import { pino } from 'pino';
import { openFrontDoor } from '../../src/http/front-door.ts';
import { busy, eventually, servedWorld } from './served-world.ts';

/** On a shutdown running requests get so long to finish; then they are cut, and their statements stop. */
export async function shutdownSeconds(): Promise<void> {
  const { world } = await servedWorld({ SHUTDOWN_SECONDS: 0.3, PORT: 0 });
  const { settings } = world.engine;
  const door = openFrontDoor({ settings, logger: pino({ level: 'silent' }), version: '0' });
  const address = await door.listen();
  door.handOver(world.app);
  const cut = expect(fetch(`${address}/v1/analyses/slow.endless`)).rejects.toThrow('fetch failed');
  await eventually(() => expect(busy(world).heavy).toEqual([1, 0]));
  const since = performance.now();
  expect(await door.close()).toBe(false);
  expect(performance.now() - since).toBeGreaterThanOrEqual(290);
  await cut;
  await eventually(() => expect(busy(world).heavy).toEqual([0, 0]));
  await expect(fetch(`${address}/v1/customers`)).rejects.toThrow('fetch failed');
}
