import { describe, expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { resultCache } from './cache.ts';

type Text = { text: string };
const cacheOf = (bytes = 1000) => resultCache<Text>(bytes, ({ text }) => text.length);
const open = () => new AbortController().signal;

/** Work that ends when the test says so. */
function work() {
  const done = Promise.withResolvers<Text>();
  const started: AbortSignal[] = [];
  return { ...done, started, run: (signal: AbortSignal) => (started.push(signal), done.promise) };
}

describe('a single flight', () => {
  test('those who ask while it is under way share it; afterwards the value is kept', async () => {
    const cache = cacheOf();
    const job = work();
    const first = cache.join('k', open(), job.run);
    const second = cache.join('k', open(), job.run);
    expect([first.isShared, second.isShared]).toEqual([false, true]);
    job.resolve({ text: 'x' });
    expect(await second.value).toBe(await first.value);
    expect(job.started).toHaveLength(1);
    expect(cache.get('k')).toEqual({ text: 'x' });
    expect(cache.stats()).toEqual({ hits: 1, misses: 1, shared: 1, bytes: 1, entries: 1 });
  });

  test('other keys fly on their own', async () => {
    const cache = cacheOf();
    const text = async (signal: AbortSignal, value: string) => {
      signal.throwIfAborted();
      return { text: value };
    };
    const a = cache.join('a', open(), (signal) => text(signal, '1'));
    const b = cache.join('b', open(), (signal) => text(signal, '2'));
    expect([await a.value, await b.value]).toEqual([{ text: '1' }, { text: '2' }]);
    expect(cache.get('c')).toBeUndefined();
  });

  test('an error reaches all who wait, is not kept, and the next one starts again', async () => {
    const cache = cacheOf();
    const job = work();
    const waiting = [cache.join('k', open(), job.run), cache.join('k', open(), job.run)];
    job.reject(new AppError('warehouse.busy', 'later'));
    for (const { value } of waiting) await expect(value).rejects.toThrow('later');
    expect(cache.get('k')).toBeUndefined();
    const again = cache.join('k', open(), () => Promise.resolve({ text: 'y' }));
    expect(again.isShared).toBe(false);
    expect(await again.value).toEqual({ text: 'y' });
  });
});

describe('leaving a flight', () => {
  test('one who leaves gets statement.cancelled at once, the others their answer, and the work goes on', async () => {
    const cache = cacheOf();
    const job = work();
    const leaver = new AbortController();
    const left = cache.join('k', leaver.signal, job.run);
    const stayed = cache.join('k', open(), job.run);
    leaver.abort(new Error('socket closed'));
    await expect(left.value).rejects.toMatchObject({ code: 'statement.cancelled', cause: leaver.signal.reason });
    expect(job.started[0]!.aborted).toBe(false);
    job.resolve({ text: 'x' });
    expect(await stayed.value).toEqual({ text: 'x' });
  });

  test('the work is cancelled, with the reason, when the last one leaves; a newcomer starts anew', async () => {
    const cache = cacheOf();
    const job = work();
    const leavers = [new AbortController(), new AbortController()];
    const values = leavers.map(({ signal }) => cache.join('k', signal, job.run).value);
    const reason = new AppError('statement.timeout', 'too long');
    leavers[0]!.abort(reason);
    expect(job.started[0]!.aborted).toBe(false);
    leavers[1]!.abort(reason);
    expect(job.started[0]!.reason).toBe(reason);
    for (const value of values) await expect(value).rejects.toBe(reason);
    const next = work();
    const newcomer = cache.join('k', open(), next.run);
    expect(newcomer.isShared).toBe(false);
    job.reject(reason);
    next.resolve({ text: 'new' });
    expect(await newcomer.value).toEqual({ text: 'new' });
    expect(cache.get('k')).toEqual({ text: 'new' });
  });

  test('the end of an abandoned flight does not take its successor with it', async () => {
    const cache = cacheOf();
    const [old, next] = [work(), work()];
    const leaver = new AbortController();
    const left = cache.join('k', leaver.signal, old.run).value;
    leaver.abort();
    await expect(left).rejects.toThrow();
    const first = cache.join('k', open(), next.run);
    old.reject(new Error('interrupted'));
    await expect(old.promise).rejects.toThrow();
    expect(cache.join('k', open(), next.run).isShared).toBe(true);
    next.resolve({ text: 'x' });
    expect(await first.value).toEqual({ text: 'x' });
  });

  test('one who has left already cancels what nobody else waits for', async () => {
    const cache = cacheOf();
    const job = work();
    const late = cache.join('k', AbortSignal.abort(), job.run);
    await expect(late.value).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(job.started[0]!.aborted).toBe(true);
    job.reject(new Error('nobody hears this'));
  });

  test('leaving after the answer has come changes nothing', async () => {
    const cache = cacheOf();
    const job = work();
    const late = new AbortController();
    const { value } = cache.join('k', late.signal, job.run);
    job.resolve({ text: 'x' });
    await value;
    late.abort();
    expect(job.started[0]!.aborted).toBe(false);
  });
});

describe('the bound on memory', () => {
  const keep = (cache: ReturnType<typeof cacheOf>, key: string, size: number) =>
    cache.join(key, open(), () => Promise.resolve({ text: 'x'.repeat(size) })).value;

  test('the least recently used value goes first', async () => {
    const cache = cacheOf(400);
    for (const key of ['a', 'b', 'c', 'd']) await keep(cache, key, 100);
    cache.get('a');
    await keep(cache, 'e', 100);
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd', 'e']);
    expect(cache.stats().bytes).toBe(400);
  });

  test('a value larger than a quarter of it is not kept', async () => {
    const cache = cacheOf(400);
    expect(await keep(cache, 'large', 101)).toHaveProperty('text');
    expect(cache.get('large')).toBeUndefined();
  });

  test('a kept value that grows counts with its new size, and goes when it is too large now', async () => {
    const cache = cacheOf(400);
    await keep(cache, 'other', 90);
    const value = await keep(cache, 'k', 10);
    value.text = 'x'.repeat(80);
    cache.resize('k', value);
    expect(cache.stats()).toMatchObject({ bytes: 170, entries: 2 });
    value.text = 'x'.repeat(101);
    cache.resize('k', value);
    expect(cache.stats()).toMatchObject({ bytes: 90, entries: 1 });
  });

  test('resizing what is kept no more does not bring it back', async () => {
    const cache = cacheOf(400);
    cache.resize('k', { text: 'x' });
    expect(cache.stats().entries).toBe(0);
  });

  test.each([1, 3, 1001, 67_108_863])('any number of bytes is a bound: %i', (bytes) => {
    expect(cacheOf(bytes).stats().entries).toBe(0);
  });
});
