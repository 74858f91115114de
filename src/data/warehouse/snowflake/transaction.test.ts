import { describe, expect, it, vi } from 'vitest';
import type { AppError } from '../../../lib/app-error.ts';
import type { Writer } from '../port.ts';
import { DriverError, type DriverFailure } from './driver.ts';
import { type Answer, scriptedDriver, type Sent } from './test-driver.ts';
import { openTestSnowflake } from './test-warehouse.ts';

const INSERT = 'insert into t values (1)';

/** A warehouse whose driver answers `answers[text]`, and else that two rows were changed. */
async function open(answers: Readonly<Record<string, Answer | ((sent: Sent) => Answer)>> = {}) {
  const driver = scriptedDriver({
    answer: (sent) => {
      const answer = answers[sent.text] ?? { rowsChanged: 2 };
      return typeof answer === 'function' ? answer(sent) : answer;
    },
  });
  const db = await openTestSnowflake({ driver });
  const write = <T>(work: (writer: Writer) => Promise<T>, signal?: AbortSignal) =>
    db.warehouse.write(db.tenant, work, signal && { signal });
  return { driver, write, ...db };
}
const failed = (kind: DriverFailure) => new DriverError(kind, 'words');
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: AppError) => error,
  );

describe('write', () => {
  it('begins, runs one after another, commits, and answers', async () => {
    const { driver, write, lines } = await open({ 'select 1': [['one']] });
    const done = await write(async (writer) => [
      await Promise.all([writer.run(INSERT, [1]), writer.run('update t set i = 2')]),
      (await writer.query('select 1')).columns,
    ]);
    expect(done).toEqual([[2, 2], [['one']]]);
    expect(driver.texts()).toEqual(['begin transaction', INSERT, 'update t set i = 2', 'select 1', 'commit']);
    expect(driver.sent.map(({ options }) => options.isRepeatable)).toEqual([false, false, false, true, true]);
    expect(driver.sent[1]!.options).toMatchObject({ seconds: 600, queuedSeconds: 30, tag: expect.any(String) });
    expect(lines.map(({ rows }) => rows)).toEqual([0, 2, 2, 1, 0]);
  });

  it('gives each statement the time that was asked for', async () => {
    const { driver, warehouse, tenant } = await open();
    await warehouse.write(tenant, (writer) => writer.run(INSERT), { seconds: 7200 });
    expect(driver.sent[1]!.options.seconds).toBe(7200);
  });

  it('rolls back when the work throws, with its error, and uses the session again', async () => {
    const { driver, write } = await open();
    const work = write(async (writer) => {
      await writer.run(INSERT);
      throw new RangeError('changed my mind');
    });
    await expect(work).rejects.toThrow(new RangeError('changed my mind'));
    await write((writer) => writer.run(INSERT));
    expect(driver.texts().slice(2)).toEqual(['rollback', 'begin transaction', INSERT, 'commit']);
    expect(driver.events).toEqual(['open 1']);
  });

  it('rolls back when a statement failed, even if its error was caught', async () => {
    const refused = new DriverError('refused', 'Division by zero', { code: '100051', sqlState: '22012', queryId: 'q' });
    const { driver, write, lines } = await open({ [INSERT]: refused });
    const work = write(async (writer) => {
      await writer.run(INSERT).catch(() => undefined);
      await expect(writer.run('update t set i = 2')).rejects.toMatchObject({ code: 'warehouse.failed' });
    });
    await expect(work).rejects.toMatchObject({ code: 'warehouse.failed', cause: refused });
    expect(lines.map(({ queryId, error }) => [queryId, error])).toEqual([
      ['query-1', undefined],
      ['q', 'warehouse.failed'],
      ['query-3', undefined],
    ]);
    expect(driver.texts()).toEqual(['begin transaction', INSERT, 'rollback']);
  });

  it('takes nothing more when it is over, and waits for what the work did not wait for', async () => {
    const { driver, write } = await open();
    const kept = await write(async (writer) => (void writer.run(INSERT), writer));
    expect(driver.texts()).toEqual(['begin transaction', INSERT, 'commit']);
    await expect(kept.run(INSERT)).rejects.toMatchObject({ code: 'warehouse.failed' });
  });

  it('runs one transaction after the other', async () => {
    const { driver, write } = await open();
    await Promise.all([1, 2].map(() => write((writer) => writer.run(INSERT))));
    const one = ['begin transaction', INSERT, 'commit'];
    expect(driver.texts()).toEqual([...one, ...one]);
  });

  it('cancels on the server and rolls back when its signal aborts', async () => {
    const controller = new AbortController();
    const { driver, write } = await open({ [INSERT]: () => (controller.abort(), 'hang') });
    const work = write((writer) => writer.run(INSERT), controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(driver.texts()).toEqual(['begin transaction', INSERT, 'rollback']);
    expect(driver.events).toEqual(['open 1', 'cancel 1']);
  });

  it('rolls back when its signal aborts between statements', async () => {
    const controller = new AbortController();
    const { driver, write } = await open();
    const work = write(async (writer) => {
      await writer.run(INSERT);
      controller.abort();
    }, controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(driver.texts()).toEqual(['begin transaction', INSERT, 'rollback']);
  });
});

it('a statement that the server does not stop at its timeout is cancelled from here', async () => {
  vi.useFakeTimers();
  const { driver, write } = await open({ [INSERT]: 'hang' });
  const error = errorOf(write((writer) => writer.run(INSERT)));
  await vi.advanceTimersByTimeAsync(604_000);
  expect(driver.events).toEqual(['open 1']);
  await vi.advanceTimersByTimeAsync(2000);
  vi.useRealTimers();
  expect(await error).toMatchObject({ code: 'statement.timeout', detail: expect.stringContaining('STREAM_SECONDS') });
  expect(driver.texts().at(-1)).toBe('rollback');
  expect(driver.events).toEqual(['open 1', 'cancel 1']);
});

describe('a connection that breaks', () => {
  it.each(['lost', 'gone', 'unreachable', 'died'] as const)(
    'before the commit (%s): nothing is stored, the session is never used again, the error says so',
    async (kind) => {
      let times = 0;
      const { driver, write } = await open({ [INSERT]: () => (times++ === 0 ? failed(kind) : { rowsChanged: 1 }) });
      expect(await errorOf(write((writer) => writer.run(INSERT)))).toMatchObject({
        code: 'write.rolled_back',
        headers: { 'retry-after': '1' },
      });
      expect(await write((writer) => writer.run(INSERT))).toBe(1);
      expect(driver.texts()).not.toContain('rollback');
      expect(driver.sent.map(({ session }) => session)).toEqual([1, 1, 2, 2, 2]);
    },
  );

  it.each(['lost', 'gone', 'unreachable', 'died'] as const)(
    'at the commit (%s): nobody knows, and the error says so',
    async (kind) => {
      const { driver, write } = await open({ commit: failed(kind) });
      expect(await errorOf(write((writer) => writer.run(INSERT)))).toMatchObject({ code: 'write.unknown' });
      expect(driver.texts()).toEqual(['begin transaction', INSERT, 'commit']);
      expect(driver.events).toEqual(['open 1', 'close 1']);
    },
  );

  it('never goes on in another session, whose statements would be stored one by one', async () => {
    let now = 0;
    const driver = scriptedDriver({ isAlive: () => false });
    const db = await openTestSnowflake({ driver, now: () => now });
    await db.warehouse.write(db.tenant, async (writer) => {
      await writer.run(INSERT);
      now += 3_600_000;
      await writer.run(INSERT);
    });
    expect(new Set(driver.sent.map(({ session }) => session))).toEqual(new Set([1]));
  });

  it('before anything was done: begins on another session', async () => {
    for (const kind of ['gone', 'lost'] as const) {
      const { driver, write } = await open({
        'begin transaction': ({ session }) => (session === 1 ? failed(kind) : []),
      });
      await write((writer) => writer.run(INSERT));
      expect(driver.sent.map(({ session, text }) => `${session} ${text}`)).toEqual([
        '1 begin transaction',
        '2 begin transaction',
        `2 ${INSERT}`,
        '2 commit',
      ]);
    }
  });

  it.each(['lost', 'gone', 'unreachable', 'died'] as const)(
    'at the beginning, for good (%s): the work is never called',
    async (kind) => {
      const { write } = await open({ 'begin transaction': failed(kind) });
      const work = write(() => expect.fail('called'));
      expect(await errorOf(work)).toMatchObject({ code: 'warehouse.unavailable' });
    },
  );

  it('while it is rolled back: the session is ended, which rolls it back too', async () => {
    const { driver, write } = await open({ rollback: failed('unreachable') });
    const work = write(async (writer) => {
      await writer.run(INSERT);
      throw new RangeError('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(driver.events).toEqual(['open 1', 'close 1']);
  });

  it('a commit that Snowflake refuses is an ordinary error', async () => {
    const refused = new DriverError('refused', 'no', { code: '000603', sqlState: 'XX000' });
    const { driver, write } = await open({ commit: refused });
    expect(await errorOf(write((writer) => writer.run(INSERT)))).toMatchObject({ code: 'warehouse.failed' });
    expect(driver.texts().at(-1)).toBe('rollback');
  });
});
