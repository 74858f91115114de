import { setImmediate } from 'node:timers/promises';
import duckdb from '@duckdb/node-bindings';
import { DuckDBDataChunk } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import type { Stream } from '../port.ts';
import { chunksOf, CutStream } from './chunks.ts';
import { openSession, type Session } from './session.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse({ HEAVY_CONNECTIONS: 1, HEAVY_QUEUE: 8 });
});
afterAll(() => db.close());

async function count(stream: Stream): Promise<number> {
  let rows = 0;
  for await (const batch of stream.batches) rows += batch.rowCount;
  return rows;
}

/** The heavy lane has one connection: that it answers shows that the stream gave it back, clean. */
async function expectFree() {
  expect(await db.rows('select 42', [], { lane: 'heavy' })).toEqual([[42]]);
  expect(db.warehouse.state().heavy).toMatchObject({ busy: 0, waiting: 0 });
}

describe('stream', () => {
  it('hands out every row once, in order, and its columns before them', async () => {
    const stream = await db.stream("select i, 'text of row ' || i as s from range(?) t(i)", [10_000]);
    expect(stream.schema).toEqual([
      { name: 'i', type: 'integer', engineType: 'BIGINT' },
      { name: 's', type: 'text', engineType: 'VARCHAR' },
    ]);
    let next = 0;
    for await (const { rowCount, columns } of stream.batches) {
      for (let row = 0; row < rowCount; row++, next++) {
        expect(columns[0]![row]).toBe(next);
        expect(columns[1]![row]).toBe(`text of row ${next}`);
      }
    }
    expect(next).toBe(10_000);
    await expectFree();
  });

  it('may have no rows', async () => {
    const stream = await db.stream('select 1 as n where false');
    expect(stream.schema).toHaveLength(1);
    expect(await count(stream)).toBe(0);
    await expectFree();
  });

  it('throws an error that comes after the first batch (trap: the engine ends the stream silently)', async () => {
    const stream = await db.stream(
      "select cast(case when i = 1500000 then 'x' else '1' end as integer) from range(2000000) t(i)",
    );
    let rows = 0;
    const reading = (async () => {
      for await (const batch of stream.batches) rows += batch.rowCount;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'warehouse.failed', cause: expect.any(CutStream) });
    expect(rows).toBeGreaterThan(0);
    await expectFree();
  });

  it('throws an error that comes before the first batch with its words', async () => {
    await expect(db.stream("select cast('x' as integer) from range(10)")).rejects.toMatchObject({
      code: 'warehouse.failed',
      cause: expect.objectContaining({ message: expect.stringContaining('Conversion Error') }),
    });
    await expectFree();
  });

  it('throws when it is aborted (trap: an interrupted stream ends silently)', async () => {
    const controller = new AbortController();
    const stream = await db.stream('select i from range(1000000000) t(i)', [], { signal: controller.signal });
    let batches = 0;
    const reading = (async () => {
      for await (const _ of stream.batches) if (++batches === 5) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'statement.cancelled' });
    expect(batches).toBe(5);
    await expectFree();
  });

  it('frees its connection on an abort that no reader sees, and tells the reader afterwards', async () => {
    const controller = new AbortController();
    const stream = await db.stream('select i from range(1000000000) t(i)', [], { signal: controller.signal });
    const batches = stream.batches[Symbol.asyncIterator]();
    await batches.next();
    controller.abort(new AppError('service.draining', 'bye'));
    await expectFree();
    await expect(batches.next()).rejects.toMatchObject({ code: 'service.draining' });
  });

  it('frees its connection when the reader leaves, having read much, little or nothing', async () => {
    for (const wanted of [10, 1]) {
      const stream = await db.stream(
        'select i, md5(cast(i as varchar)) s from range(500000) t(i) order by s nulls last, i',
      );
      let batches = 0;
      for await (const _ of stream.batches) if (++batches === wanted) break;
      await expectFree();
    }
    const unread = await db.stream('select i from range(1000000000) t(i)');
    await unread.batches[Symbol.asyncIterator]().return!();
    await expectFree();
  });

  it('frees its connection when the reader leaves while a batch is on its way', async () => {
    const stream = await db.stream('select i from range(1000000000) t(i)');
    const batches = stream.batches[Symbol.asyncIterator]();
    await batches.next();
    const coming = batches.next().catch((error: unknown) => error);
    await batches.return!();
    await coming;
    await expectFree();
  });

  it('keeps its rows apart from statements that run meanwhile (trap: a second statement cuts an open stream)', async () => {
    const stream = await db.stream('select i from range(300000) t(i)');
    const heavy = db.rows('select 7', [], { lane: 'heavy' });
    let rows = 0;
    for await (const batch of stream.batches) {
      rows += batch.rowCount;
      if (rows % 10 === 0) expect(await db.rows('select 1')).toEqual([[1]]);
    }
    expect(rows).toBe(300_000);
    expect(await heavy).toEqual([[7]]);
  });

  it('waits for its reader: a slow one does not pile up batches', async () => {
    const before = process.memoryUsage().rss;
    const stream = await db.stream("select i, repeat('x', 200) || i as s from range(500000) t(i)");
    let batches = 0;
    for await (const _ of stream.batches) {
      if (++batches > 40) break;
      await setImmediate();
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
    await expectFree();
  });

  it('lets other work run between batches', async () => {
    const stream = await db.stream("select i, 'some text ' || i as a, i * 1.5 as b from range(300000) t(i)");
    let turns = 0;
    let isDone = false;
    const other = (async () => {
      while (!isDone) {
        await setImmediate();
        turns += 1;
      }
    })();
    let batches = 0;
    for await (const _ of stream.batches) batches += 1;
    isDone = true;
    await other;
    expect(turns).toBeGreaterThanOrEqual(batches / 2);
  });

  it('counts what it waited', async () => {
    const first = await db.stream('select i from range(100000) t(i)');
    const second = db.stream('select 1');
    expect(await count(first)).toBe(100_000);
    expect((await second).waitMs).toBeGreaterThan(0);
    expect(await count(await second)).toBe(1);
  });
});

describe('chunksOf', () => {
  let handle: duckdb.Database;
  let session: Session;
  beforeEach(async () => {
    handle = await duckdb.open(':memory:', duckdb.create_config());
    session = await openSession(handle);
  });
  afterEach(() => {
    session.close();
    duckdb.close_sync(handle);
  });

  it('notices that another statement cut the stream short', async () => {
    const chunks = chunksOf(await session.stream('select i from range(1000000) t(i)', []), session.interrupt);
    expect(duckdb.data_chunk_get_size((await chunks.next())!)).toBe(duckdb.vector_size());
    await session.script('select 1');
    const rest = async () => {
      while ((await chunks.next()) !== undefined);
    };
    await expect(rest()).rejects.toThrow(CutStream);
  });

  it('settles: hands out nothing more, and leaves nothing of the stream behind', async () => {
    const sorted = 'select i, md5(cast(i as varchar)) as s from range(1000000) t(i) order by s';
    const chunks = chunksOf(await session.stream(sorted, []), session.interrupt);
    expect(duckdb.data_chunk_get_size((await chunks.next())!)).toBe(duckdb.vector_size());
    const memory = async () => {
      const other = await openSession(handle);
      const result = await other.run('select cast(sum(memory_usage_bytes) as double) from duckdb_memory()', []);
      const [column] = new DuckDBDataChunk(duckdb.result_get_chunk(result, 0)).getColumns();
      other.close();
      return column![0] as number;
    };
    expect(await memory()).toBeGreaterThan(20_000_000);
    const coming = expect(chunks.next()).rejects.toThrow(CutStream);
    await chunks.settle();
    await coming;
    expect(await memory()).toBeLessThan(1_000_000);
    await chunks.settle();
  });
});
