import { expect, test, vi } from 'vitest';
import { readAhead } from './read-ahead.ts';

const upTo = (last: number) => {
  let count = 0;
  return vi.fn(async () => (count < last ? ++count : undefined));
};

test('gives all there is, and leaves nothing behind', async () => {
  const leave = vi.fn();
  const values = readAhead(upTo(3), leave);
  expect(await Array.fromAsync(values)).toEqual([1, 2, 3]);
  await values.return();
  expect(leave).not.toHaveBeenCalled();
});

test.each([
  ['before the first value', 0, 0],
  ['after it', 1, 3],
])('leaves %s, once', async (_, reads, asked) => {
  const [next, leave] = [upTo(5), vi.fn()];
  const values = readAhead(next, leave);
  for (let i = 0; i < reads; i++) await values.next();
  await values.return();
  await values.return();
  expect([next.mock.calls.length, leave.mock.calls.length]).toEqual([asked, 1]);
  expect((await values.next()).done).toBe(true);
});

test('leaves at once while a value is awaited', async () => {
  const leave = vi.fn();
  const values = readAhead(() => new Promise<never>(() => {}), leave);
  void values.next();
  void values.return();
  expect(leave).toHaveBeenCalledOnce();
});
