import { describe, expect, it, vi } from 'vitest';
import type { AppError } from '../../../lib/app-error.ts';
import { DriverError } from './driver.ts';
import { batchesOf, scriptedDriver } from './test-driver.ts';
import { openTestSnowflake } from './test-warehouse.ts';

const batch = (...values: string[]) => ({ rowCount: values.length, columns: [values] });
const schema = [{ name: 'NAME', type: 'text', engineType: 'TEXT' } as const];
const answering = (...batches: Parameters<typeof batchesOf>[0]) =>
  scriptedDriver({ answer: () => ({ schema, rowCount: 3, batches: batchesOf(batches) }) });

describe('stream', () => {
  it('hands out batches as they come, then gives its session back and writes its line', async () => {
    const { stream, warehouse, lines } = await openTestSnowflake({ driver: answering(batch('a', 'b'), batch('c')) });
    const opened = await stream('select 1');
    expect(opened).toMatchObject({ schema: [{ name: 'name' }], queryId: 'query-1', waitMs: 0 });
    expect(warehouse.state().heavy.busy).toBe(1);
    const seen: unknown[] = [];
    for await (const { columns } of opened.batches) seen.push(columns[0]);
    expect(seen).toEqual([['a', 'b'], ['c']]);
    expect(warehouse.state().heavy.busy).toBe(0);
    expect(lines).toMatchObject([{ rows: 3, queryId: 'query-1' }]);
    expect(opened.bytes!()).toBe(0);
  });

  it('throws from the loop what comes after the first batch', async () => {
    const gone = new DriverError('gone', 'no such session');
    const driver = answering(batch('a'), gone);
    const { stream, warehouse, query, lines } = await openTestSnowflake({ driver });
    const { batches } = await stream('select 1');
    const read = async () => {
      for await (const { rowCount } of batches) expect(rowCount).toBe(1);
    };
    await expect(read()).rejects.toMatchObject({ code: 'warehouse.unavailable', cause: gone });
    expect(warehouse.state().heavy.busy).toBe(0);
    expect(lines).toMatchObject([{ rows: 1, queryId: 'query-1', error: 'warehouse.unavailable' }]);
    driver.script = {};
    await query('select 1', [], { lane: 'heavy' });
    expect(driver.events).toEqual(['open 1', 'close 1', 'open 2']);
  });

  it('drops the rest when the reader leaves, before the first batch and after it', async () => {
    for (const isStarted of [true, false]) {
      const batches = batchesOf([batch('a'), batch('b')]);
      const left = vi.spyOn(batches, 'return');
      const driver = scriptedDriver({ answer: () => ({ schema, rowCount: 2, batches }) });
      const { stream, warehouse } = await openTestSnowflake({ driver });
      const opened = (await stream('select 1')).batches[Symbol.asyncIterator]();
      if (isStarted) await opened.next();
      await opened.return!();
      expect(left).toHaveBeenCalled();
      expect(warehouse.state().heavy.busy).toBe(0);
      expect((await opened.next()).done).toBe(true);
    }
  });

  it('of which nobody reads ends at its deadline, and says so to who comes late', async () => {
    vi.useFakeTimers();
    const driver = answering(batch('a'));
    const { stream, warehouse } = await openTestSnowflake({ driver, STREAM_SECONDS: 5 });
    const { batches } = await stream('select 1');
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    expect(warehouse.state().heavy.busy).toBe(0);
    expect(driver.events).toEqual(['open 1', 'cancel 1']);
    const late = await batches[Symbol.asyncIterator]()
      .next()
      .catch((error: AppError) => error);
    expect(late).toMatchObject({ code: 'statement.timeout', detail: expect.stringContaining('STREAM_SECONDS') });
  });

  it('packs texts, and refuses what cannot be packed without keeping the session', async () => {
    const { warehouse, tenant } = await openTestSnowflake({ driver: answering(batch('a', 'b'), batch('a')) });
    const statement = { text: 'select 1', params: [], reads: { tables: [], columns: [] } };
    const packed = await warehouse.pack(tenant, statement, { lane: 'heavy' });
    const seen: number[] = [];
    for await (const { rowCount, columns } of packed.batches) seen.push(...columns[0]!.slice(0, rowCount));
    expect(seen).toEqual([0, 1, 0]);
    const left = await warehouse.pack(tenant, statement, { lane: 'heavy' });
    await left.batches[Symbol.asyncIterator]().return!();
    expect(warehouse.state().heavy.busy).toBe(0);
    const driver = scriptedDriver({
      answer: () => ({ schema: [{ name: 'X', type: 'double', engineType: 'FLOAT' }], batches: batchesOf([]) }),
    });
    const other = await openTestSnowflake({ driver });
    await expect(other.warehouse.pack(tenant, statement, { lane: 'heavy' })).rejects.toThrow(TypeError);
    expect(other.warehouse.state().heavy.busy).toBe(0);
  });
});
