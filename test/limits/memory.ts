import { expect } from 'vitest';
import { driven, refused } from './served-world.ts';

const MEGABYTE = 1024 ** 2;

/** What cannot be spilled is refused; what can be is answered. */
export function memoryLimit(): Promise<void> {
  return driven({ MEMORY_LIMIT: 30 * MEGABYTE, THREADS: 1, SPILL_BYTES: 1024 * MEGABYTE }, async ({ ask, answer }) => {
    const { detail } = await refused(ask('/v1/analyses/slow.big-value?n=5000000'), 503, 'statement.out_of_memory');
    expect(detail).toContain('MEMORY_LIMIT');
    await refused(ask('/v1/analyses/slow.big-value?n=5000000&format=csv'), 503, 'statement.out_of_memory');
    expect((await answer('/v1/analyses/slow.big-sort?n=700000')).data).toHaveLength(1);
  });
}

export function spillBytes(): Promise<void> {
  return driven({ MEMORY_LIMIT: 30 * MEGABYTE, SPILL_BYTES: MEGABYTE, THREADS: 1 }, async ({ ask, answer }) => {
    const { detail } = await refused(ask('/v1/analyses/slow.big-sort?n=700000'), 503, 'statement.out_of_memory');
    expect(detail).toContain('SPILL_BYTES');
    expect((await answer('/v1/analyses/slow.big-sort?n=1000')).data).toHaveLength(1);
  });
}

const summary = (day: number) => `/v1/analyses/ownership.summary?asOf=2024-01-${String(day + 1).padStart(2, '0')}`;

/** Answers are kept up to it, the least recently used go first; the others are computed again, equal. */
export async function cacheBytes(): Promise<void> {
  const CACHE_BYTES = 40_000;
  await driven({ CACHE_BYTES }, async ({ answer, world }) => {
    const first = await answer(summary(0));
    expect(first.meta['cache']).toBe('miss');
    expect((await answer(summary(0))).meta['cache']).toBe('hit');
    for (let day = 1; day < 31; day++) {
      await answer(summary(day));
      expect((await answer(summary(day))).meta['cache']).toBe('hit');
      expect(world.engine.cache.stats().bytes).toBeLessThanOrEqual(CACHE_BYTES);
    }
    expect(world.engine.cache.stats().entries).toBeGreaterThan(1);
    const again = await answer(summary(0));
    expect([again.meta['cache'], again.data]).toEqual(['miss', first.data]);
  });
  await driven({ CACHE_BYTES: 1_000 }, async ({ answer, world }) => {
    for (let time = 0; time < 2; time++) expect((await answer(summary(0))).meta['cache']).toBe('miss');
    expect(world.engine.cache.stats()).toMatchObject({ bytes: 0, entries: 0 });
  });
}
