import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import { DriverError } from './driver.ts';
import { batchesOf, scriptedDriver } from './test-driver.ts';
import { openTestSnowflake } from './test-warehouse.ts';

const TEXT = { type: 'text', engineType: 'TEXT' } as const;

describe('query', () => {
  it('asks nobody before the first statement, then answers under our own names', async () => {
    const driver = scriptedDriver({
      answer: () => ({
        schema: [
          { name: 'CUSTOMER_ID', ...TEXT },
          { name: '=REGION', ...TEXT },
        ],
        rowCount: 3,
        batches: batchesOf([
          {
            rowCount: 2,
            columns: [
              ['a', 'b'],
              ['x', null],
            ],
          },
          { rowCount: 1, columns: [['c'], ['y']] },
        ]),
      }),
    });
    const { query, lines, warehouse } = await openTestSnowflake({ driver });
    expect(driver.events).toEqual([]);
    expect(warehouse.state().fast).toEqual({ connections: 4, busy: 0, waiting: 0, refused: 0 });
    const rows = await query('select ?', ['secret'], { tag: { analysis: 'retention.cohorts', requestId: 'r1' } });
    expect(rows).toMatchObject({
      schema: [
        { name: 'customer_id', ...TEXT },
        { name: 'REGION', ...TEXT },
      ],
      rowCount: 3,
      columns: [
        ['a', 'b', 'c'],
        ['x', null, 'y'],
      ],
      queryId: 'query-1',
      bytes: 0,
    });
    const tag = { service: 'customer-analytics', analysis: 'retention.cohorts', tenant: 'default', requestId: 'r1' };
    expect(lines).toEqual([
      { queryId: 'query-1', ms: expect.any(Number), rows: 3, bytes: 0, tag: JSON.stringify(tag) },
    ]);
    expect(driver.sent[0]!.options).toEqual({
      tag: JSON.stringify(tag),
      seconds: 30,
      queuedSeconds: 30,
      retrySeconds: 20,
      isRepeatable: true,
    });
  });

  it('reads no more rows than it may', async () => {
    const driver = scriptedDriver({ answer: () => [['a'], ['b'], ['c']] });
    const { query } = await openTestSnowflake({ driver, RESULT_ROWS: 2 });
    await expect(query('select 1')).rejects.toMatchObject({ code: 'limit.rows' });
    expect(await query('select 1', [], { maxRows: 3 })).toMatchObject({ rowCount: 3 });
    // An announcement that was too low.
    driver.script = {
      answer: () => ({
        schema: [{ name: 'A', ...TEXT }],
        rowCount: 1,
        batches: batchesOf([{ rowCount: 3, columns: [['a', 'b', 'c']] }]),
      }),
    };
    await expect(query('select 1')).rejects.toMatchObject({ code: 'limit.rows' });
  });

  it('leaves a line for what failed, with its query id; none for what was never sent', async () => {
    const refused = new DriverError('refused', 'no', { code: '000904', sqlState: '42000', queryId: 'q' });
    const driver = scriptedDriver({ answer: ({ text }) => (text === 'select 0' ? 'hang' : refused) });
    const { query, lines } = await openTestSnowflake({ driver });
    await expect(query('select 1')).rejects.toMatchObject({ code: 'warehouse.failed' });
    await expect(query('select 0', [], { seconds: 0.05 })).rejects.toMatchObject({ code: 'statement.timeout' });
    driver.script = {};
    await expect(query('select 1', [], { maxRows: 0 })).rejects.toMatchObject({ code: 'limit.rows' });
    await expect(query('select ?', [Number.NaN])).rejects.toMatchObject({ code: 'request.invalid' });
    expect(lines).toMatchObject([
      { queryId: 'q', rows: 0, bytes: 0, error: 'warehouse.failed' },
      { queryId: undefined, error: 'statement.timeout' },
      { queryId: 'query-3', bytes: 8, error: 'limit.rows' },
    ]);
  });

  it('names the role of a missing grant, also where no setting does', async () => {
    const refused = new DriverError('refused', "Table 'T' does not exist or not authorized.", { code: '002003' });
    const { query } = await openTestSnowflake({
      driver: scriptedDriver({ answer: () => refused }),
      SNOWFLAKE_ROLE: '',
    });
    await expect(query('select 1')).rejects.toMatchObject({
      detail:
        'Table T does not exist, or role <default role of the user> may not see it. Where it exists: GRANT SELECT ON TABLE T TO ROLE <default role of the user>.',
    });
  });

  it('refuses numbers that Snowflake would be sent as words, before it asks anybody', async () => {
    const driver = scriptedDriver();
    const { query, warehouse, tenant } = await openTestSnowflake({ driver });
    for (const value of [Number.NaN, Infinity, -Infinity, 1n as unknown as number]) {
      await expect(query('select ?', [value])).rejects.toMatchObject({ code: 'request.invalid' });
      const write = warehouse.write(tenant, (writer) => writer.run('insert into t values (?)', [value]));
      await expect(write).rejects.toMatchObject({ code: 'request.invalid' });
    }
    for (const value of [[1], {}, undefined]) {
      const asked = query('select ?', [value as never]);
      await expect(asked).rejects.toMatchObject({ code: 'warehouse.failed', cause: expect.any(TypeError) });
    }
    expect(driver.texts()).not.toContain('select ?');
    expect(driver.texts()).not.toContain('insert into t values (?)');
  });

  it('asks a new session, once, when Snowflake has ended the first', async () => {
    const driver = scriptedDriver({
      answer: ({ session }) => (session === 1 ? new DriverError('gone', 'no such session') : [[session]]),
    });
    const { rows, query } = await openTestSnowflake({ driver });
    expect(await rows('select 1')).toEqual([[2]]);
    expect(driver.events).toEqual(['open 1', 'close 1', 'open 2']);
    driver.script = { answer: () => new DriverError('gone', 'no such session') };
    await expect(query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    expect(driver.events).toEqual(['open 1', 'close 1', 'open 2', 'close 2', 'open 3', 'close 3']);
  });
});

describe('deadline and cancellation', () => {
  it('cancels on the server once, and keeps the session', async () => {
    const driver = scriptedDriver({ answer: ({ text }) => (text === 'select 0' ? 'hang' : [[1]]) });
    const { query } = await openTestSnowflake({ driver });
    const failed = await query('select 0', [], { seconds: 0.05 }).catch((error: AppError) => error);
    expect(failed).toMatchObject({ code: 'statement.timeout', detail: expect.stringContaining('STATEMENT_SECONDS') });
    await query('select 1');
    expect(driver.events).toEqual(['open 1', 'cancel 1']);
  });

  it('passes on the reason of an abort, also while it signs in', async () => {
    const controller = new AbortController();
    const reason = new AppError('service.draining', 'bye');
    const driver = scriptedDriver({ connect: () => new Promise(() => controller.abort(reason)) });
    const { query } = await openTestSnowflake({ driver });
    await expect(query('select 1', [], { signal: controller.signal })).rejects.toBe(reason);
  });

  it('closes: what runs is cancelled, sessions and driver end, nothing more is taken', async () => {
    const begun = Promise.withResolvers<void>();
    const driver = scriptedDriver({ answer: () => (begun.resolve(), 'hang') });
    const { query, warehouse } = await openTestSnowflake({ driver });
    const failed = query('select 0').catch((error: AppError) => error);
    await begun.promise;
    await warehouse.close();
    expect(await failed).toMatchObject({ code: 'warehouse.unavailable' });
    expect(driver.events).toEqual(['open 1', 'cancel 1', 'close 1', 'end']);
    await expect(query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
  });
});
