import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Answered, serve } from './serve.ts';

let channel: MessageChannel;
beforeEach(() => {
  channel = new MessageChannel();
});
afterEach(() => channel.port1.close());

const made = Float64Array.of(1, 2, 3);
const TASKS = {
  double: (numbers: Float64Array) => ({ doubled: numbers.map((x) => 2 * x), sum: numbers.length }),
  give: () => ({ made, again: made.subarray(1), shared: new Uint8Array(new SharedArrayBuffer(2)) }),
  nothing: () => null,
  word: () => 'word',
  refuse: () => {
    throw new TypeError('no number', { cause: 'NaN' });
  },
  refuseOddly: () => {
    throw Object.assign(new Error('odd'), { cause: () => 1 });
  },
  unanswerable: () => () => 1,
};

async function ask(task: string, input?: unknown): Promise<Answered> {
  const { promise, resolve } = Promise.withResolvers<Answered>();
  serve(channel.port2 as never, TASKS);
  channel.port1.once('message', resolve);
  channel.port1.postMessage({ task, input });
  return promise;
}

test('what the function of that name answers', async () => {
  expect(await ask('double', Float64Array.of(4, 5))).toEqual({ value: { doubled: Float64Array.of(8, 10), sum: 2 } });
});

test('buffers are handed over once each, shared ones stay', async () => {
  const { value } = (await ask('give')) as { value: ReturnType<typeof TASKS.give> };
  expect([[...value.made], [...value.again], value.shared.length]).toEqual([[1, 2, 3], [2, 3], 2]);
  expect(made.length).toBe(0);
});

test.each([
  ['nothing', null],
  ['word', 'word'],
])('%s is an answer too', async (task, value) => {
  expect(await ask(task)).toEqual({ value });
});

test('an error carries over with its kind and cause', async () => {
  const { error } = (await ask('refuse')) as { error: Error };
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: 'no number', cause: 'NaN' });
});

test('what cannot be cloned is told in words, error or answer', async () => {
  expect(await ask('refuseOddly')).toMatchObject({ error: { message: 'Error: odd' } });
});

test('an answer that cannot be cloned is an error', async () => {
  expect(await ask('unanswerable')).toMatchObject({
    error: { message: expect.stringContaining('could not be cloned') },
  });
});

test.each(['other', 'constructor'])("no task '%s'", async (task) => {
  expect(await ask(task)).toMatchObject({ error: { name: 'RangeError', message: `there is no task '${task}'` } });
});
