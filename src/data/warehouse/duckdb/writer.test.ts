import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Writer } from '../port.ts';
import { ENDLESS, openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeEach(async () => {
  db = await openTestWarehouse({ RESULT_ROWS: 1000 });
  await db.script('create table t(i integer primary key, name varchar)');
});
afterEach(() => db.close());

const write = <T>(work: (writer: Writer) => Promise<T>, signal?: AbortSignal) =>
  db.warehouse.write(db.tenant, work, signal && { signal });
const all = () => db.rows('select i, name from t order by i');

describe('write', () => {
  it('commits what the work did, returns its answer, and counts changed rows', async () => {
    const counts = await write(async (writer) => [
      await writer.run("insert into t values (1, 'one'), (2, 'two')"),
      await writer.run('insert into t values (?, ?)', [3, 'three']),
      await writer.run('update t set name = ? where i >= ?', ['many', 2]),
      await writer.run('delete from t where i = ?', [3]),
      await writer.run(`merge into t using (select 1 as i union all select 9) s on t.i = s.i
        when not matched then insert (i, name) values (s.i, 'new')`),
      await writer.run('create table u(i integer)'),
    ]);
    expect(counts).toEqual([2, 1, 2, 1, 1, 0]);
    expect(await all()).toEqual([
      [1, 'one'],
      [2, 'many'],
      [9, 'new'],
    ]);
  });

  it('sees its own rows, which nobody else sees before the commit', async () => {
    await write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      expect(await writer.query('select name from t where i = ?', [1])).toMatchObject({
        rowCount: 1,
        columns: [['one']],
      });
      expect(await all()).toEqual([]);
    });
    expect(await all()).toEqual([[1, 'one']]);
  });

  it('takes everything back when the work throws, with its error', async () => {
    const work = write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      await writer.run('create table gone(i integer)');
      throw new RangeError('changed my mind');
    });
    await expect(work).rejects.toThrow(new RangeError('changed my mind'));
    expect(await all()).toEqual([]);
    expect((await db.warehouse.tables(db.tenant)).map(({ path }) => path)).toEqual([['t']]);
  });

  it('takes everything back when a statement fails, and goes on with the next transaction', async () => {
    const work = write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      await writer.run("insert into t values (1, 'again')");
    });
    await expect(work).rejects.toMatchObject({
      code: 'warehouse.failed',
      cause: expect.objectContaining({ message: expect.stringContaining('Constraint Error') }),
    });
    await db.script("insert into t values (2, 'two')");
    expect(await all()).toEqual([[2, 'two']]);
  });

  it('takes everything back also when the work catches the error (trap: the engine would answer the commit and roll back)', async () => {
    const work = write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      await writer.run("insert into t values (2, 'two'), (1, 'again')").catch(() => undefined);
      await expect(writer.run("insert into t values (3, 'three')")).rejects.toMatchObject({ code: 'warehouse.failed' });
    });
    await expect(work).rejects.toMatchObject({
      code: 'warehouse.failed',
      cause: expect.objectContaining({ message: expect.stringContaining('Constraint Error') }),
    });
    expect(await all()).toEqual([]);
  });

  it('runs one transaction after the other, in the order of the calls', async () => {
    const order: number[] = [];
    await Promise.all(
      [...Array(20).keys()].map((i) =>
        write(async (writer) => {
          order.push(i);
          const [[most]] = (await writer.query('select coalesce(max(i), 0) from t')).columns as [[number]];
          await writer.run('insert into t values (?, ?)', [most + 1, `after ${most}`]);
        }),
      ),
    );
    expect(order).toEqual([...Array(20).keys()]);
    expect(await db.rows('select count(*), max(i) from t')).toEqual([[20, 20]]);
  });

  it('runs statements that the work starts side by side one after another', async () => {
    await write(async (writer) => {
      const inserts = [...Array(50).keys()].map((i) => writer.run('insert into t values (?, ?)', [i, `row ${i}`]));
      expect(await Promise.all(inserts)).toEqual(Array(50).fill(1));
    });
    expect(await db.rows("select count(*), count(*) filter (where name = 'row ' || i) from t")).toEqual([[50, 50]]);
  });

  it('commits only after statements that the work did not wait for', async () => {
    await write(async (writer) => void writer.run("insert into t values (1, 'one')"));
    expect(await all()).toEqual([[1, 'one']]);
  });

  it('takes nothing more when it is over', async () => {
    const kept = await write(async (writer) => writer);
    await expect(kept.run("insert into t values (1, 'one')")).rejects.toMatchObject({ code: 'warehouse.failed' });
    expect(await all()).toEqual([]);
  });

  it('runs scripts of several statements', async () => {
    expect(
      await write((writer) => writer.run("insert into t values (1, 'a'); insert into t values (2, 'b'), (3, 'c')")),
    ).toBe(2);
  });

  it('reads more than RESULT_ROWS, which is for answers, but not without end', async () => {
    expect((await write((writer) => writer.query('select * from range(100000)'))).rowCount).toBe(100_000);
    await expect(write((writer) => writer.query('select * from range(100001)'))).rejects.toMatchObject({
      code: 'limit.rows',
    });
  });

  it('stops and rolls back when its signal aborts in a statement', async () => {
    const controller = new AbortController();
    const work = write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      const endless = writer.query(ENDLESS);
      await db.query('select 1');
      controller.abort();
      await endless;
    }, controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(await all()).toEqual([]);
    await db.script("insert into t values (2, 'two')");
    expect(await all()).toEqual([[2, 'two']]);
  });

  it('stops and rolls back when its signal aborts between statements', async () => {
    const controller = new AbortController();
    const work = write(async (writer) => {
      await writer.run("insert into t values (1, 'one')");
      controller.abort();
    }, controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(await all()).toEqual([]);
  });

  it('leaves the queue when its signal aborts while it waits', async () => {
    const controller = new AbortController();
    let letGo = () => {};
    const isHeld = new Promise<void>((resolve) => (letGo = resolve));
    const first = write(() => isHeld);
    const second = write((writer) => writer.run("insert into t values (1, 'one')"), controller.signal);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'statement.cancelled' });
    letGo();
    await first;
    expect(await all()).toEqual([]);
  });
});
