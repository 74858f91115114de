import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckdbDialect } from '../../sql/duckdb-dialect.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
  await db.script(
    "create table numbers as select i, 'number ' || i as name from range(100) t(i)",
    'create view evens as select i, i * 0.5 as half from numbers where i % 2 = 0',
  );
});
afterAll(() => db.close());

describe('query', () => {
  it('says how long the statement took and waited', async () => {
    const rows = await db.query('select 1');
    expect(rows.ms).toBeGreaterThan(0);
    expect(rows.waitMs).toBe(0);
  });

  it.each(['fast', 'heavy'] as const)('binds every kind of value (%s)', async (lane) => {
    const values = ['text', "it's", 7, -2147483649, 2147483648, 0.25, true, null, '🦆'];
    const marks = values.map(() => '?').join(', ');
    expect(await db.rows(`select ${marks}`, values, { lane })).toEqual([values]);
  });

  it('compares bound numbers with columns of every number type', async () => {
    const text = `select count(*) from (select 5::tinyint a, 5::bigint b, 5.00::decimal(15,2) c, 5::double d)
      where a = ? and b = ? and c = ? and d = ?`;
    expect(await db.rows(text, [5, 5, 5, 5])).toEqual([[1]]);
    expect(await db.rows('select i from numbers order by i limit ? offset ?', [1, 3])).toEqual([[3]]);
  });

  it('refuses too few values, also when the statement has run before', async () => {
    const text = 'select name from numbers where i = ? and name <> ?';
    expect(await db.rows(text, [3, 'x'])).toEqual([['number 3']]);
    await expect(db.query(text, [3])).rejects.toMatchObject({ code: 'warehouse.failed' });
    await expect(db.query('select ?', [])).rejects.toMatchObject({ code: 'warehouse.failed' });
  });

  it('runs one statement only', async () => {
    await expect(db.query('select 1; select 2')).rejects.toMatchObject({ code: 'warehouse.failed' });
  });

  it('keeps the words of the engine out of the detail', async () => {
    const error = await db.query('select secret_name from numbers').catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: 'warehouse.failed',
      cause: expect.objectContaining({ message: expect.stringContaining('secret_name') }),
    });
    expect((error as { detail: string }).detail).not.toContain('secret_name');
  });

  it('answers right after an error on the same connection', async () => {
    const one = await openTestWarehouse({ FAST_CONNECTIONS: 1 });
    await expect(one.query('select cast(? as integer)', ['x'])).rejects.toMatchObject({ code: 'warehouse.failed' });
    expect(await one.rows('select cast(? as integer)', ['5'])).toEqual([[5]]);
    await one.close();
  });

  it('sees committed rows in statements with and without values (trap: a kept statement without values goes stale)', async () => {
    const one = await openTestWarehouse({ FAST_CONNECTIONS: 1, HEAVY_CONNECTIONS: 1 });
    await one.script('create table t as select i from range(100) r(i)');
    const texts = [
      ['select count(*) from t where i = 200', []],
      ['select count(*) from t where i = ?', [200]],
    ] as const;
    for (const lane of ['fast', 'heavy'] as const) {
      for (const [text, params] of texts) expect(await one.rows(text, params, { lane })).toEqual([[0]]);
    }
    await one.script('insert into t values (200)');
    for (const lane of ['fast', 'heavy'] as const) {
      for (const [text, params] of texts) expect(await one.rows(text, params, { lane })).toEqual([[1]]);
    }
    await one.close();
  });

  it('follows a table that changes its shape under a kept statement', async () => {
    const one = await openTestWarehouse({ FAST_CONNECTIONS: 1 });
    const text = 'select * from t where i = ?';
    await one.script('create table t as select 1 as i, cast(1.5 as decimal(15,2)) as d');
    expect(await one.rows(text, [1])).toEqual([[1, 1.5]]);
    await one.script('alter table t alter d type decimal(30,10)', 'alter table t add column extra varchar');
    expect(await one.query(text, [1])).toMatchObject({
      columns: [[1], [1.5], [null]],
      schema: [{ name: 'i' }, { engineType: 'DECIMAL(30,10)' }, { name: 'extra', type: 'text' }],
    });
    await one.close();
  });

  it('keeps at most so many statements', async () => {
    const one = await openTestWarehouse({ FAST_CONNECTIONS: 1 });
    for (let i = 0; i < 450; i++) expect(await one.rows(`select ${i} + ?`, [1])).toEqual([[i + 1]]);
    expect(await one.rows('select 0 + ?', [1])).toEqual([[1]]);
    await one.close();
  });

  it('gives the words of an error that comes late, in both lanes', async () => {
    const text = "select cast(case when i = 150000 then 'late' else '1' end as integer) from range(200000) t(i)";
    for (const lane of ['fast', 'heavy'] as const) {
      const error = await db.query(text, [], { lane, maxRows: 1_000_000 }).catch((each: unknown) => each);
      expect(error).toMatchObject({
        code: 'warehouse.failed',
        cause: expect.objectContaining({ message: expect.stringContaining('late') }),
      });
    }
  });

  it('lets other work run while it decodes a large result', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const rows = await db.query("select i, 'text number ' || i as a, i * 1.5 as b from range(300000) t(i)", [], {
      maxRows: 1_000_000,
    });
    clearInterval(timer);
    expect(rows.rowCount).toBe(300_000);
    expect(rows.columns[1]![299_999]).toBe('text number 299999');
    expect(turns).toBeGreaterThan(2);
  });

  it('settings: UTC, nulls last, no extensions from elsewhere, locked', async () => {
    const [row] = await db.rows(`select current_setting('TimeZone'), current_setting('default_null_order'),
      current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions'), current_setting('threads')`);
    expect(row).toEqual(['UTC', 'NULLS_LAST', false, false, 2]);
    await expect(db.query('set threads = 1')).rejects.toMatchObject({ code: 'warehouse.failed' });
  });
});

describe('describe, tables, ping, state', () => {
  it('describe: columns of a statement that is not run', async () => {
    expect(
      await db.warehouse.describe(db.tenant, "select i, name, cast(? as date) as d, error('never') as e from numbers"),
    ).toMatchObject([
      { name: 'i', type: 'integer', engineType: 'BIGINT' },
      { name: 'name', type: 'text', engineType: 'VARCHAR' },
      { name: 'd', type: 'date', engineType: 'DATE' },
      { name: 'e' },
    ]);
    await expect(db.warehouse.describe(db.tenant, 'select nothing from nowhere')).rejects.toMatchObject({
      code: 'warehouse.failed',
      cause: expect.objectContaining({ message: expect.stringContaining('nowhere') }),
    });
  });

  it('tables: all but our own bookkeeping', async () => {
    const one = await openTestWarehouse();
    await one.script(
      'create schema sales',
      "create table sales.orders(id varchar primary key, amount decimal(15,2), tags varchar[], extra json, made_at timestamptz, kind enum('a'), s struct(a integer))",
      'create view totals as select amount from sales.orders',
      'create schema service',
      'create table service.data_versions(version bigint)',
    );
    expect(await one.warehouse.tables(one.tenant)).toEqual([
      {
        path: ['totals'],
        kind: 'view',
        columns: [{ name: 'amount', type: 'decimal', engineType: 'DECIMAL(15,2)', isNullable: true }],
      },
      {
        path: ['sales', 'orders'],
        kind: 'table',
        rowCount: 0,
        columns: [
          { name: 'id', type: 'text', engineType: 'VARCHAR', isNullable: false },
          { name: 'amount', type: 'decimal', engineType: 'DECIMAL(15,2)', isNullable: true },
          { name: 'tags', type: 'json', engineType: 'VARCHAR[]', isNullable: true },
          { name: 'extra', type: 'json', engineType: 'JSON', isNullable: true },
          { name: 'made_at', type: 'timestamp', engineType: 'TIMESTAMP WITH TIME ZONE', isNullable: true },
          { name: 'kind', type: 'text', engineType: "ENUM('a')", isNullable: true },
          { name: 's', type: 'json', engineType: 'STRUCT(a INTEGER)', isNullable: true },
        ],
      },
    ]);
    await one.close();
    expect((await db.warehouse.tables(db.tenant)).map(({ path, kind, rowCount }) => [path, kind, rowCount])).toEqual([
      [['evens'], 'view', undefined],
      [['numbers'], 'table', 100],
    ]);
  });

  it('ping answers in milliseconds; the port says which engine it is', async () => {
    expect(await db.warehouse.ping(db.tenant)).toBeGreaterThan(0);
    expect([db.warehouse.engine, db.warehouse.dialect]).toEqual(['duckdb', duckdbDialect]);
  });

  it('state: connections of both lanes, before and after the first use', async () => {
    const one = await openTestWarehouse({ FAST_CONNECTIONS: 3, HEAVY_CONNECTIONS: 1 });
    const state = { busy: 0, waiting: 0, refused: 0 };
    expect(one.warehouse.state()).toEqual({ fast: { connections: 3, ...state }, heavy: { connections: 1, ...state } });
    await one.query('select 1');
    expect(one.warehouse.state()).toEqual({ fast: { connections: 3, ...state }, heavy: { connections: 1, ...state } });
    await one.close();
  });
});
