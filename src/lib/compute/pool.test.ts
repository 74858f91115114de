import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { computePool, type ComputePool, type PoolOptions } from './pool.ts';

/** Tasks of which some never end: they spin until another thread sets the number, or for good. */
const TABLE = `{
  echo: (input) => input,
  fail: (message) => { throw new TypeError(message); },
  thread: () => process.getBuiltinModule('worker_threads').threadId,
  hang: (flag) => { Atomics.store(flag, 0, 1); Atomics.notify(flag, 0); for (;;); },
  hold: (flag) => {
    Atomics.add(flag, 0, 1);
    Atomics.notify(flag, 0);
    Atomics.wait(flag, 1, 0);
    return process.getBuiltinModule('worker_threads').threadId;
  },
  die: () => process.exit(3),
  crash: () => { queueMicrotask(() => { throw new RangeError('late'); }); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); },
}`;
type Flag = Int32Array<SharedArrayBuffer>;
type Table = {
  echo: <V>(input: V) => V;
  fail: (message: string) => never;
  thread: () => number;
  hang: (flag: Flag) => never;
  hold: (flag: Flag) => number;
  die: () => never;
  crash: () => never;
};

const serve = new URL('./serve.ts', import.meta.url).href;
const source = `import { parentPort } from 'node:worker_threads'; import { serve } from '${serve}'; serve(parentPort, ${TABLE});`;
const worker = new URL(`data:text/javascript,${encodeURIComponent(source)}`);

let pool: ComputePool<Table>;
beforeEach(() => void open());
afterEach(() => pool.close());
const open = (options: Partial<PoolOptions> = {}) => {
  pool = computePool<Table>({ size: 1, worker, ...options });
  return pool;
};
const newFlag = (): Flag => new Int32Array(new SharedArrayBuffer(8));
/** Until so many threads have said that they are at it. */
async function isAt(flag: Flag, count = 1): Promise<void> {
  for (let seen = Atomics.load(flag, 0); seen < count; seen = Atomics.load(flag, 0)) {
    await Atomics.waitAsync(flag, 0, seen).value;
  }
}
const letGo = (flag: Flag) => {
  Atomics.store(flag, 1, 1);
  Atomics.notify(flag, 1);
};

test('k-means runs in a thread, its input is handed over', async () => {
  const own = computePool({ size: 1 });
  try {
    const values = Float64Array.of(1, 2, 1, 2, 90, 91, 90, 91);
    const found = await own.run('k-means', { values, features: ['x'], k: 2, seed: 1 }, { transfer: [values.buffer] });
    expect(found).toMatchObject({ k: 2, sizes: [4, 4], tree: { fidelity: 1 } });
    expect(found.labels).toBeInstanceOf(Int32Array);
    expect(values.length).toBe(0);
    const bad = own.run('k-means', { values: Float64Array.of(Number.NaN), features: ['x'], seed: 1 });
    await expect(bad).rejects.toThrow(TypeError);
  } finally {
    await own.close();
  }
});

test('errors carry over and the thread goes on', async () => {
  const thread = await pool.run('thread', undefined);
  await expect(pool.run('fail', 'what was wrong')).rejects.toThrow(new TypeError('what was wrong'));
  await expect(pool.run('echo', () => 1)).rejects.toThrow('could not be cloned');
  expect(await pool.run('thread', undefined)).toBe(thread);
});

test('as many calls as allowed run at once, and others wait', async () => {
  open({ size: 2 });
  const flag = newFlag();
  const done: unknown[] = [];
  const held = [pool.run('hold', flag), pool.run('hold', flag)];
  await isAt(flag, 2);
  const waiting = ['a', 'b', 'c'].map(async (name) => done.push(await pool.run('echo', name)));
  expect(done).toEqual([]);
  letGo(flag);
  await Promise.all(waiting);
  expect(new Set(await Promise.all(held)).size).toBe(2);
  expect(new Set(done)).toEqual(new Set(['a', 'b', 'c']));
});

test('aborting ends what runs, and another thread takes the next', async () => {
  const thread = await pool.run('thread', undefined);
  const flag = newFlag();
  const gone = new AbortController();
  const endless = pool.run('hang', flag, { signal: gone.signal });
  const next = pool.run('thread', undefined);
  await isAt(flag);
  gone.abort(new Error('the client has left'));
  await expect(endless).rejects.toThrow('the client has left');
  expect(await next).not.toBe(thread);
});

test('aborting what waits takes it out, before and after it is called', async () => {
  const flag = newFlag();
  const held = pool.run('hold', flag);
  const gone = new AbortController();
  const waiting = pool.run('echo', 1, { signal: gone.signal });
  const later = pool.run('echo', 2, { signal: new AbortController().signal });
  await isAt(flag);
  gone.abort(new Error('not wanted'));
  await expect(waiting).rejects.toThrow('not wanted');
  await expect(pool.run('echo', 3, { signal: gone.signal })).rejects.toThrow('not wanted');
  letGo(flag);
  await held;
  expect(await later).toBe(2);
});

test('aborting in the moment in which its turn comes', async () => {
  const gone = new AbortController();
  const call = pool.run('echo', 1, { signal: gone.signal });
  gone.abort(new Error('at once'));
  await expect(call).rejects.toThrow('at once');
  expect(await pool.run('echo', 2)).toBe(2);
});

test('a signal that is aborted after the answer ends nothing', async () => {
  const gone = new AbortController();
  const thread = await pool.run('thread', undefined, { signal: gone.signal });
  gone.abort();
  expect(await pool.run('thread', undefined)).toBe(thread);
});

test.each([
  ['die', 'the compute thread ended with code 3'],
  ['crash', 'late'],
] as const)('a thread that dies (%s) is replaced', async (task, message) => {
  // What crashes late has answered before: the error is for whoever comes next, or for nobody.
  const calls = await Promise.allSettled([pool.run(task, undefined), pool.run('echo', 1)]);
  const reasons = calls.flatMap((call) => (call.status === 'rejected' ? [String(call.reason)] : []));
  expect(reasons.every((reason) => reason.includes(message))).toBe(true);
  if (task === 'die') expect(reasons.length).toBe(1);
  expect(await pool.run('echo', 2)).toBe(2);
});

test('a thread without work is let go', async () => {
  open({ idleSeconds: 0 });
  const thread = await pool.run('thread', undefined);
  await expect.poll(() => pool.run('thread', undefined), { timeout: 30_000 }).not.toBe(thread);
});

test('closing rejects what runs and what waits, and what comes after', async () => {
  const flag = newFlag();
  const calls = [pool.run('hang', flag), pool.run('echo', 1), pool.run('echo', 2)];
  await isAt(flag);
  const settled = Promise.allSettled(calls);
  await pool.close();
  for (const call of await settled)
    expect(call).toMatchObject({ reason: { message: 'the compute threads are closed' } });
  await expect(pool.run('echo', 3)).rejects.toThrow('the compute threads are closed');
  await pool.close();
});

test('closing in the moment of a call starts no thread', async () => {
  const call = pool.run('echo', 1);
  const closing = pool.close();
  await expect(call).rejects.toThrow('the compute threads are closed');
  await closing;
});

test('a pool keeps the process alive for its calls, and not after them', () => {
  const text = `import { computePool } from '${new URL('./pool.ts', import.meta.url).href}';
    const pool = computePool({ size: 2 });
    const { k } = await pool.run('k-means', { values: Float64Array.of(1, 9), features: ['x'], k: 2, seed: 1 });
    console.log(k);`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', text], {
    timeout: 30_000,
    encoding: 'utf8',
  });
  expect(printed).toBe('2\n');
});
