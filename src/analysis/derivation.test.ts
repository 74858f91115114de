import { describe, expect, test } from 'vitest';
import { defineDerivation, derivationStore } from './derivation.ts';

const size = (value: string) => value.length;

describe('the store of derivations', () => {
  test('builds once, also for those who ask meanwhile, and keeps it', async () => {
    const store = derivationStore(100);
    const built = Promise.withResolvers<string>();
    let builds = 0;
    const build = () => (builds++, built.promise);
    const asked = [store.get('k', build, size), store.get('k', build, size)];
    built.resolve('value');
    expect(await Promise.all(asked.map(({ value }) => value))).toEqual(['value', 'value']);
    expect(asked.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect(store.get('k', build, size).isNew).toBe(false);
    expect(builds).toBe(1);
    expect(store.bytes()).toBe(5);
  });

  test('forgets a build that failed', async () => {
    const store = derivationStore(100);
    const failed = store.get('k', () => Promise.reject<string>(new Error('no')), size);
    await expect(failed.value).rejects.toThrow('no');
    expect(await store.get('k', () => Promise.resolve('yes'), size).value).toBe('yes');
  });

  test('keeps within its bytes: the least recently used goes, what is larger than all is not kept', async () => {
    const store = derivationStore(10);
    const keep = (key: string, value: string) => store.get(key, () => Promise.resolve(value), size);
    await keep('a', 'xxxxx').value;
    await keep('b', 'yyyyy').value;
    await keep('a', '').value;
    await keep('c', 'zzzzz').value;
    expect(store.bytes()).toBe(10);
    expect(keep('a', '').isNew).toBe(false);
    expect(keep('c', '').isNew).toBe(false);
    await keep('large', 'x'.repeat(11)).value;
    expect(keep('large', '').isNew).toBe(true);
  });

  test('a value of no size counts as one byte', async () => {
    const store = derivationStore(10);
    await store.get('k', () => Promise.resolve(''), size).value;
    expect(store.bytes()).toBe(1);
  });
});

describe('a value that is refreshed', () => {
  const clocked = () => {
    const time = { now: 0 };
    const store = derivationStore(100, () => time.now);
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    /** Whether a refresh at this time begins a build, which takes some time and ends in this way. */
    const refresh = async (at: number, takes = 0, outcome: () => Promise<string> = () => Promise.resolve('v')) => {
      time.now = at;
      const before = store.stats().refreshed;
      store.refresh('k', () => ((time.now += takes), outcome()), size);
      await settled();
      return store.stats().refreshed > before;
    };
    return { store, refresh, settled };
  };

  test('is built one at a time, at most a quarter of the time', async () => {
    const { store, refresh, settled } = clocked();
    const building = Promise.withResolvers<string>();
    expect(await refresh(0, 0, () => building.promise)).toBe(true);
    expect(await refresh(1)).toBe(false);
    building.resolve('first');
    await settled();
    expect(await refresh(100, 10)).toBe(true);
    expect(await refresh(139)).toBe(false);
    expect(store.peek('k')).toEqual({ value: 'v', bytes: 1 });
    expect(await refresh(140)).toBe(true);
  });

  test('waits longer after each failure, at most five minutes, and after a success no more', async () => {
    const { store, refresh } = clocked();
    const fail = () => Promise.reject(new Error('no'));
    let at = 0;
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      expect(await refresh(at, 0, fail)).toBe(true);
      expect(await refresh(at + seconds * 1000 - 1)).toBe(false);
      at += seconds * 1000;
    }
    expect(store.stats()).toEqual({ refreshed: 11, failed: 11 });
    expect(await refresh(at)).toBe(true);
    expect(await refresh(at, 0, fail)).toBe(true);
    expect(await refresh(at + 999)).toBe(false);
    expect(await refresh(at + 1000)).toBe(true);
  });
});

test('a declaration is frozen', () => {
  const declared = defineDerivation({ name: 'x.y', reads: [], build: () => Promise.resolve(1), bytes: () => 8 });
  expect(Object.isFrozen(declared)).toBe(true);
});
