import { expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { settled } from './settled-write.ts';

const unknown = new AppError('write.unknown', 'the commit was not answered', { headers: { 'retry-after': '1' } });
const after = (look: () => Promise<string>) =>
  settled(() => Promise.reject(unknown), look).catch((error: unknown) => error);

test('what nobody can tell of is what the look comes to, its refusals and our own mistakes too', async () => {
  expect(await after(() => Promise.resolve('stored'))).toBe('stored');
  for (const failure of [new AppError('record.taken', 'there is one'), new TypeError('a mistake')])
    expect(await after(() => Promise.reject(failure))).toBe(failure);
});

test('when the warehouse does not answer that either it is still unknown, and both failures are kept', async () => {
  const gone = new AppError('warehouse.unavailable', 'no answer');
  expect(await after(() => Promise.reject(gone))).toMatchObject({
    code: 'write.unknown',
    detail: unknown.detail,
    headers: unknown.headers,
    cause: { errors: [gone], cause: unknown, message: expect.stringContaining('no answer') },
  });
});

test('other errors of the write are its own: nobody looks', async () => {
  const busy = new AppError('warehouse.busy', 'wait');
  const looking = settled(
    () => Promise.reject(busy),
    () => Promise.resolve('never'),
  );
  await expect(looking).rejects.toBe(busy);
});
