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

test('a declaration is frozen', () => {
  const declared = defineDerivation({ name: 'x.y', reads: [], build: () => Promise.resolve(1), bytes: () => 8 });
  expect(Object.isFrozen(declared)).toBe(true);
});
