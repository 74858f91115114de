import { expect, test } from 'vitest';
import { DriverError } from '../driver.ts';
import { openExchange } from './exchange.ts';
import { failureOf } from './failures.ts';
import { answer, threadCalls } from './serve.ts';

test('what is asked about a run or a session that is over', async () => {
  const calls = threadCalls({} as Parameters<typeof threadCalls>[0]);
  await expect(calls.next(7)).rejects.toMatchObject({ kind: 'cancelled' });
  await calls.leave(7);
  await calls.cancel(7);
  await calls.close(7);
  const alive = await answer(calls, { id: 1, call: 'isAlive', args: [7] });
  expect(alive).toMatchObject({ id: 1, failure: { kind: 'gone' } });
  const unknown = await answer(calls, { id: 2, call: 'no call' as never, args: [] });
  expect(unknown).toMatchObject({ id: 2, failure: { kind: 'refused' } });
});

test('what errors of the driver mean', () => {
  const exchange = openExchange({ silenceMs: 1, retryMs: 1, isRepeatable: true });
  const kindOf = (code: string | number | undefined, isCancelled = false) =>
    failureOf(Object.assign(new Error('x'), { code }), exchange, isCancelled).kind;
  expect([407_002, '390111', '000604', '002003', undefined].map((code) => kindOf(code))).toEqual([
    'gone',
    'gone',
    'refused',
    'refused',
    'refused',
  ]);
  expect(kindOf('000604', true)).toBe('cancelled');
  exchange.end(new DriverError('lost', 'y'));
  expect(kindOf('002003')).toBe('lost');
});

test('an exchange that has ended ends all work', async () => {
  const exchange = openExchange({ silenceMs: 1, retryMs: 1, isRepeatable: true });
  expect(await exchange.orEnd(Promise.resolve(3))).toBe(3);
  const waiting = exchange.orEnd(new Promise(() => {}));
  exchange.end(new DriverError('cancelled', 'first'));
  exchange.end(new DriverError('lost', 'second'));
  await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(exchange.orEnd(Promise.resolve(3))).rejects.toMatchObject({ kind: 'cancelled' });
});
