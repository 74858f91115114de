import { expect, it } from 'vitest';
import type { AppError } from '../../../lib/app-error.ts';
import { createBreaker } from './breaker.ts';
import { DriverError, type DriverFailure } from './driver.ts';
import { scriptedDriver } from './test-driver.ts';
import { openTestSnowflake } from './test-warehouse.ts';

const failing = (kind: DriverFailure) => () => Promise.reject(new DriverError(kind, 'words'));

function breakerAt(clock: { ms: number }) {
  const breaker = createBreaker({ now: () => clock.ms, failures: 2, pauseMs: 5000 });
  const fail = (kind: DriverFailure) => expect(breaker.watch(failing(kind))).rejects.toThrow('words');
  const refusal = (): AppError | undefined => {
    try {
      breaker.check();
      return undefined;
    } catch (error) {
      return error as AppError;
    }
  };
  return { ...breaker, fail, refusal };
}

it('opens after failures in a row, lets one try after a pause, and closes when that is well', async () => {
  const clock = { ms: 0 };
  const { fail, refusal, watch } = breakerAt(clock);
  await fail('unreachable');
  expect(refusal()).toBeUndefined();
  await fail('lost');
  expect(refusal()).toMatchObject({ code: 'warehouse.unavailable', headers: { 'retry-after': '5' } });
  clock.ms = 4100;
  expect(refusal()).toMatchObject({ headers: { 'retry-after': '1' } });
  clock.ms = 5000;
  expect(refusal()).toBeUndefined();
  expect(refusal()).toMatchObject({ code: 'warehouse.unavailable' });
  await fail('signIn');
  clock.ms = 9999;
  expect(refusal()).toMatchObject({ code: 'warehouse.unavailable', headers: { 'retry-after': '1' } });
  clock.ms = 10_000;
  expect(refusal()).toBeUndefined();
  await watch(async () => 1);
  expect(refusal()).toBeUndefined();
  expect(refusal()).toBeUndefined();
});

it('lets another try when nobody heard of the first', async () => {
  const clock = { ms: 0 };
  const { fail, refusal } = breakerAt(clock);
  await fail('unreachable');
  await fail('unreachable');
  clock.ms = 5000;
  expect(refusal()).toBeUndefined();
  await fail('cancelled');
  clock.ms = 10_000;
  expect(refusal()).toBeUndefined();
});

it('counts only failures in a row, and takes an error of a statement for an answer', async () => {
  const { fail, refusal } = breakerAt({ ms: 0 });
  for (const kind of ['unreachable', 'refused', 'unreachable', 'gone', 'unreachable'] as const) await fail(kind);
  expect(refusal()).toBeUndefined();
  for (const kind of ['died', 'cancelled'] as const) await fail(kind);
  expect(refusal()).toBeUndefined();
  await fail('unreachable');
  expect(refusal()).toMatchObject({ code: 'warehouse.unavailable', headers: { 'retry-after': '5' } });
});

it('keeps requests away from an account that is down for 30 seconds, and is well after it', async () => {
  const clock = { ms: 0 };
  let requests = 0;
  const driver = scriptedDriver({
    connect() {
      requests += 1;
      if (clock.ms < 30_000) throw new DriverError('unreachable', '503');
    },
  });
  const { query } = await openTestSnowflake({ driver, now: () => clock.ms });
  const answers: string[] = [];
  for (; clock.ms < 40_000; clock.ms += 500) {
    answers.push(
      await query('select 1').then(
        () => 'well',
        ({ code, headers }: AppError) => `${code} ${headers['retry-after']}`,
      ),
    );
  }
  expect(new Set(answers.slice(0, 60))).toEqual(
    new Set([1, 2, 3, 4, 5].map((seconds) => `warehouse.unavailable ${seconds}`)),
  );
  expect(answers.slice(-10)).toEqual(Array(10).fill('well'));
  expect(answers.indexOf('well')).toBeLessThanOrEqual(72);
  // Three that failed, one every five seconds, and the one that was well.
  expect(requests).toBeLessThanOrEqual(3 + 6 + 1);
});

it('is closed by a health check that finds its session well, and by none that finds it ended', async () => {
  const clock = { ms: 0 };
  const away = new DriverError('unreachable', '503');
  const driver = scriptedDriver({ answer: () => away });
  const { query, warehouse, tenant } = await openTestSnowflake({ driver, FAST_CONNECTIONS: 1, now: () => clock.ms });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'well',
      ({ code }: AppError) => code,
    );
  for (let i = 0; i < 3; i++) await codeOf(query('select 1'));
  clock.ms = 5000;
  driver.script = { isAlive: () => false, connect: () => Promise.reject(away) };
  expect(await codeOf(warehouse.ping(tenant))).toBe('warehouse.unavailable');
  clock.ms = 10_000;
  driver.script = {};
  expect(await codeOf(warehouse.ping(tenant))).toBe('well');
  expect(await codeOf(query('select 1'))).toBe('well');
  for (let i = 0; i < 3; i++) {
    driver.script = { answer: () => away };
    await codeOf(query('select 1'));
  }
  clock.ms = 15_000;
  driver.script = {};
  const events = driver.events.length;
  expect(await codeOf(warehouse.ping(tenant))).toBe('well');
  expect(driver.events.slice(events)).toEqual(['test 3']);
  expect(await codeOf(query('select 1'))).toBe('well');
});
