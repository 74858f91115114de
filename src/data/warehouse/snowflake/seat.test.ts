import { afterEach, describe, expect, it, vi } from 'vitest';
import { DriverError } from './driver.ts';
import { scriptedDriver } from './test-driver.ts';
import { openTestSnowflake } from './test-warehouse.ts';

afterEach(() => vi.useRealTimers());

describe('sessions', () => {
  it('are used again, and tested only after more than 60 seconds', async () => {
    let now = 0;
    const driver = scriptedDriver();
    const { query } = await openTestSnowflake({ driver, now: () => now });
    for (const pause of [0, 60_000, 60_000]) {
      now += pause;
      await query('select 1');
    }
    expect(driver.events).toEqual(['open 1']);
    now += 60_001;
    await query('select 1');
    expect(driver.events).toEqual(['open 1', 'test 1']);
  });

  it('that are dead are replaced within the same call, and never handed out again', async () => {
    let now = 0;
    const driver = scriptedDriver({ isAlive: (session) => session !== 1 });
    const { query } = await openTestSnowflake({ driver, now: () => now });
    await query('select 1');
    now += 60_001;
    for (let i = 0; i < 3; i++) await query('select 1');
    expect(driver.events).toEqual(['open 1', 'test 1', 'close 1', 'open 2']);
    expect(driver.sent.map(({ session }) => session)).toEqual([1, 2, 2, 2]);
  });

  it('are tested after the account could not be reached', async () => {
    const driver = scriptedDriver({ answer: () => new DriverError('unreachable', 'no') });
    const { query } = await openTestSnowflake({ driver });
    await expect(query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    driver.script = { isAlive: () => Promise.reject(new DriverError('unreachable', 'no')) };
    await expect(query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    driver.script = {};
    await query('select 1');
    await query('select 1');
    expect(driver.events).toEqual(['open 1', 'test 1', 'test 1']);
  });

  it('end when nobody used them for SNOWFLAKE_IDLE_SECONDS, and keep nothing busy', async () => {
    vi.useFakeTimers();
    const driver = scriptedDriver();
    const { query, warehouse } = await openTestSnowflake({ driver, SNOWFLAKE_IDLE_SECONDS: 600 });
    await Promise.all([query('select 1'), query('select 2')]);
    vi.advanceTimersByTime(599_000);
    await query('select 3');
    vi.advanceTimersByTime(1000);
    expect(driver.events).toEqual(['open 1', 'open 2', 'test 2', 'close 1']);
    vi.advanceTimersByTime(3_600_000);
    expect(driver.events).toEqual(['open 1', 'open 2', 'test 2', 'close 1', 'close 2']);
    await query('select 4');
    expect(driver.events.slice(5)).toEqual(['open 3']);
    await warehouse.close();
    expect(driver.events.slice(6)).toEqual(['close 3', 'end']);
  });

  it('that a request did not come to use are neither taken for used nor ended in use', async () => {
    vi.useFakeTimers();
    let now = 0;
    const driver = scriptedDriver();
    const { query } = await openTestSnowflake({ driver, FAST_CONNECTIONS: 1, now: () => now });
    const unsent = () => expect(query('select ?', [Number.NaN])).rejects.toMatchObject({ code: 'request.invalid' });
    await query('select 1');
    now = 60_001;
    await unsent();
    await query('select 2');
    expect(driver.events).toEqual(['open 1', 'test 1']);
    await unsent();
    driver.script = { answer: () => 'hang' };
    const running = query('select 3', [], { seconds: 10_000 }).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(driver.events).toEqual(['open 1', 'test 1']);
    await vi.advanceTimersByTimeAsync(10_000_000);
    await running;
  });

  it('are opened as needed, up to the lane: 32 requests on 8 sessions, none lost, each session one at a time', async () => {
    const busy = new Set<number>();
    const driver = scriptedDriver({
      async answer({ session, params }) {
        expect(busy.has(session)).toBe(false);
        busy.add(session);
        await new Promise(setImmediate);
        busy.delete(session);
        return [[params[0]!]];
      },
    });
    const { rows, warehouse } = await openTestSnowflake({ driver, FAST_CONNECTIONS: 8 });
    const answers = Promise.all([...Array(32).keys()].map((i) => rows('select ?', [i])));
    expect(warehouse.state().fast).toMatchObject({ connections: 8, busy: 8, waiting: 24 });
    expect(await answers).toEqual([...Array(32).keys()].map((i) => [[i]]));
    expect(driver.events).toHaveLength(8);
    expect(warehouse.state().fast).toMatchObject({ busy: 0, waiting: 0, refused: 0 });
  });

  it('are free again after any error', async () => {
    const driver = scriptedDriver({
      connect: () => Promise.reject(new DriverError('signIn', 'no', { code: '390144' })),
    });
    const { query, warehouse } = await openTestSnowflake({ driver, FAST_CONNECTIONS: 1 });
    await expect(query('select 1')).rejects.toMatchObject({
      code: 'warehouse.unavailable',
      detail: expect.stringContaining('RSA_PUBLIC_KEY'),
    });
    expect(warehouse.state().fast.busy).toBe(0);
  });

  it('that do not end within 5 seconds of a cancel are given up', async () => {
    vi.useFakeTimers();
    const driver = scriptedDriver({ answer: () => new Promise(() => {}) });
    const deaf = { ...driver, connect: async () => ({ ...(await driver.connect()), cancel: () => {} }) };
    const { query } = await openTestSnowflake({ driver: deaf });
    const failed = query('select 1', [], { seconds: 1 }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(6000);
    expect(await failed).toMatchObject({ code: 'statement.timeout' });
    expect(driver.events).toEqual(['open 1', 'close 1']);
  });

  it('that come after the caller gave up are ended', async () => {
    const controller = new AbortController();
    const opened = Promise.withResolvers<void>();
    const driver = scriptedDriver({ connect: () => (controller.abort(), opened.promise) });
    const { query } = await openTestSnowflake({ driver });
    const failed = query('select 1', [], { signal: controller.signal });
    await expect(failed).rejects.toMatchObject({ code: 'statement.cancelled' });
    opened.resolve();
    await vi.waitFor(() => expect(driver.events).toEqual(['open 1', 'close 1']));
  });
});
