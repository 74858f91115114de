import { expect, test } from 'vitest';
import { connect, failureOf, testStandIn, type Session } from './driver.ts';

const TABLE = 'create table t (id varchar not null, n number(10,2), day date, flag boolean, primary key (id))';
const counted = async ({ run }: Session, table = 't') =>
  (await run(`select count(*) as n from ${table}`)).rows[0]!['N'];

test('insert, update and delete say how many rows they changed', async () => {
  const { run } = await connect(await testStandIn());
  await run(TABLE);
  const changed = async (sql: string, binds: unknown[] = []) => (await run(sql, binds)).statement.getNumUpdatedRows();
  expect(await changed('insert into t (id, n) values (?, ?), (?, ?)', ['a', 1.5, 'b', 2])).toBe(2);
  expect(
    await changed('update t x set n = n + 1, x.day = to_date(?) where x.id in (select s.id from t s where s.n > ?)', [
      '2024-02-29',
      1.9,
    ]),
  ).toBe(1);
  expect(await changed("update t set flag = s.f from (select 'a' as k, true as f) s where t.id = s.k")).toBe(1);
  expect(
    await changed('delete from t where id = ? and n is not distinct from cast(? as number(10,2))', ['a', 1.5]),
  ).toBe(1);
  expect((await run('select * from t', [], { fetchAsString: ['Number', 'Date'] })).rows).toEqual([
    { ID: 'b', N: '3.00', DAY: '2024-02-29', FLAG: null },
  ]);
});

test('merge inserts and updates, says both, and refuses a row that two sources match', async () => {
  const session = await connect(await testStandIn());
  const { run } = session;
  await run(TABLE);
  await run("insert into t (id, n) values ('a', 1)");
  const source = "(select column1 as id, column2 as n from (values ('a', 5), ('b', 6)) v(column1, column2))";
  const merge = `merge into t using ${source} s on t.id = s.id when matched then update set t.n = s.n when not matched then insert (id, n) values (s.id, s.n)`;
  const { rows, statement } = await run(merge);
  expect([rows, statement.getNumUpdatedRows()]).toEqual([
    [{ 'number of rows inserted': 1, 'number of rows updated': 1 }],
    2,
  ]);
  const insertOnly =
    'merge into t using (select ? as id) s on t.id = s.id when not matched then insert (id) values (s.id)';
  expect((await run(insertOnly, ['a'])).statement.getNumUpdatedRows()).toBe(0);
  expect((await run(insertOnly, ['c'])).statement.getNumUpdatedRows()).toBe(1);
  const twice =
    "merge into t using (select 'a' as id, 1 as n union all select 'a', 2) s on t.id = s.id when matched then update set n = s.n";
  expect(await failureOf(run(twice))).toMatchObject({ code: '100090', sqlState: '42P18' });
  expect(await counted(session)).toBe(3);
});

test('a transaction is kept or given up as a whole, and others see it after its commit', async () => {
  const standIn = await testStandIn();
  const [one, other] = [await connect(standIn), await connect(standIn)];
  await one.run(TABLE);
  await one.run('begin');
  await one.run("insert into t (id) values ('a')");
  expect([await counted(one), await counted(other)]).toEqual([1, 0]);
  await one.run('rollback');
  expect(await counted(one)).toBe(0);
  await one.run('begin transaction');
  await one.run("insert into t (id) values ('a')");
  const waiting = other.run("update t set n = 1 where id = 'a'");
  await one.run('commit');
  expect((await waiting).statement.getNumUpdatedRows()).toBe(1);
  expect(await counted(other)).toBe(1);
});

test('who waits for a table can be cancelled, runs out of time, and goes on when the holder ends', async () => {
  const standIn = await testStandIn({ concurrency: 1 });
  const [holder, one, other] = [await connect(standIn), await connect(standIn), await connect(standIn)];
  await holder.run(TABLE);
  await holder.run('begin');
  await holder.run("insert into t (id) values ('held')");
  const sql = "delete from t where id = 'a'";
  const late = await failureOf(one.run(sql, [], { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 0.2 } }));
  expect(late.code).toBe('000630');
  const waiting = other.run(sql);
  // The place on the warehouse is free for who holds the table.
  await holder.run("insert into t (id) values ('too')");
  await new Promise<void>((resolve) => holder.connection.destroy(() => resolve()));
  expect((await waiting).statement.getNumUpdatedRows()).toBe(0);
  expect(await counted(one)).toBe(0);
});

test('a session that ends takes its statements with it', async () => {
  const standIn = await testStandIn();
  const { run, connection } = await connect(standIn);
  const work = failureOf(
    run(
      'select count(*) as n from table(generator(rowcount => 9000000)) a cross join table(generator(rowcount => 9000000)) b',
    ),
  );
  while (standIn.log.statements[0]?.queryId === undefined) await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => connection.destroy(() => resolve()));
  await work;
  expect([standIn.log.statements[0]!.outcome, standIn.openSessions]).toEqual(['000604', 0]);
});

test('the time of the last change of a table rises with each commit and with nothing else', async () => {
  const { run } = await connect(await testStandIn());
  const time = async () => {
    const sql = `select system$last_change_commit_time('t') as a, system$last_change_commit_time('DEMO.PUBLIC."other"') as b`;
    const { A, B } = (await run(sql, [], { fetchAsString: ['Number'] })).rows[0]!;
    return [BigInt(A as string), BigInt(B as string)] as const;
  };
  await run(TABLE);
  await run('create table "other" (x int)');
  const before = await time();
  await run('select * from t');
  expect(await time()).toEqual(before);
  await run('begin');
  await run("insert into t (id) values ('a')");
  expect(await time()).toEqual(before);
  await run('commit');
  const after = await time();
  expect(after[0] > before[0] && after[1] === before[1]).toBe(true);
  await run('begin');
  await run('delete from t');
  await run('rollback');
  expect(await time()).toEqual(after);
  expect((await failureOf(run("select system$last_change_commit_time('absent')"))).code).toBe('002003');
});

test('rows of a bulk statement come inline, or by the stage of the driver when they are many', async () => {
  for (const [threshold, isStaged] of [
    [100_000, false],
    [1, true],
  ] as const) {
    const standIn = await testStandIn();
    const session = await connect(standIn, { arrayBindingThreshold: threshold });
    await session.run(TABLE);
    const rows = Array.from({ length: 500 }, (_, i) => [`id-${i}, "quoted"`, i / 4, '2024-02-29', i % 2 === 0]);
    const { statement } = await session.run('insert into t (id, n, day, flag) values (?, ?, ?, ?)', rows);
    expect(statement.getNumUpdatedRows()).toBe(500);
    expect([standIn.log.of('upload').length, standIn.log.statements.at(-1)!.bindStage !== undefined]).toEqual([
      isStaged ? 1 : 0,
      isStaged,
    ]);
    const sum = 'select count(*) as n, sum(n) as s, count_if(flag) as f, max(id) as m from t';
    expect((await session.run(sum)).rows).toEqual([{ N: 500, S: 31_187.5, F: 250, M: 'id-99, "quoted"' }]);
  }
});

test('a bulk statement keeps all of its rows or none', async () => {
  const session = await connect(await testStandIn());
  await session.run(TABLE);
  const failure = await failureOf(
    session.run('insert into t (id, n) values (?, ?)', [
      ['a', 1],
      [null, 2],
    ]),
  );
  expect(failure).toMatchObject({ code: '100072', sqlState: '22000' });
  expect(await counted(session)).toBe(0);
});

test('keys are not enforced, null is refused where it may not be', async () => {
  const session = await connect(await testStandIn());
  await session.run(TABLE);
  for (let i = 0; i < 2; i += 1) await session.run("insert into t (id) values ('same')");
  expect(await counted(session)).toBe(2);
  expect((await failureOf(session.run('insert into t (id) values (null)'))).code).toBe('100072');
});

test('names are folded to capitals unless they are quoted', async () => {
  const { run } = await connect(await testStandIn());
  await run('create table "lower case" ("a" int, A varchar, "q""q" int)');
  await run('insert into "lower case" ("a", A, "q""q") values (1, \'x\', 2)');
  expect((await run('select a, "a", "q""q", A as "Mixed" from "lower case"')).rows).toEqual([
    { A: 'x', a: 1, 'q"q': 2, Mixed: 'x' },
  ]);
  expect(await failureOf(run('select * from LOWER_CASE'))).toMatchObject({ code: '002003', sqlState: '42S02' });
  expect((await failureOf(run('select "A " from "lower case"'))).code).toBe('000904');
  const columns =
    await run(`select table_name, column_name, data_type, is_nullable, numeric_precision from information_schema.columns
    where table_schema = 'PUBLIC' and table_name = 'lower case' order by ordinal_position`);
  expect(columns.rows.map((row) => Object.values(row))).toEqual([
    ['lower case', 'a', 'NUMBER', 'YES', 38],
    ['lower case', 'A', 'TEXT', 'YES', null],
    ['lower case', 'q"q', 'NUMBER', 'YES', 38],
  ]);
});

test('tables are made, shown, described, changed, swapped and dropped', async () => {
  const session = await connect(await testStandIn());
  const { run } = session;
  await run(
    "create or replace transient table a (id varchar(20) not null comment 'key', v variant, at timestamp_ntz default null) comment = 'first'",
  );
  await run('create table if not exists b as select id, 1 as n from a');
  await run('create view w as select id from a');
  await run("insert into a (id) values ('x')");
  const described = await run('describe table a');
  expect(described.rows.map(({ name, type, 'null?': nullable }) => [name, type, nullable])).toEqual([
    ['ID', 'VARCHAR(16777216)', 'N'],
    ['V', 'VARIANT', 'Y'],
    ['AT', 'TIMESTAMP_NTZ', 'Y'],
  ]);
  const tables = await run(
    "select table_name, table_type, comment from demo.information_schema.tables where table_schema = 'PUBLIC' order by table_name",
  );
  expect(tables.rows.map((row) => Object.values(row))).toEqual([
    ['A', 'BASE TABLE', 'first'],
    ['B', 'BASE TABLE', null],
    ['W', 'VIEW', null],
  ]);
  await run('alter table b add column extra number(5,1)');
  await run('alter table a swap with b');
  expect([await counted(session, 'a'), await counted(session, 'b')]).toEqual([0, 1]);
  await run('truncate table b');
  await run('drop view w');
  await run('drop table if exists b');
  expect((await run('show tables')).rows.map(({ name }) => name)).toEqual(['A']);
  expect((await failureOf(run('create table a (x int)'))).code).toBe('002002');
});

test("a temporary table is its session's own", async () => {
  const standIn = await testStandIn();
  const [one, other] = [await connect(standIn), await connect(standIn)];
  await one.run('create temporary table mine (x int)');
  await one.run('insert into mine values (1)');
  expect(await counted(one, 'mine')).toBe(1);
  expect((await failureOf(counted(other, 'mine'))).code).toBe('002003');
});

test('schemas, constraints that are not enforced, and other ways to make a table', async () => {
  const session = await connect(await testStandIn());
  const { run } = session;
  await run('create schema if not exists team');
  await run(
    'create table team.parent (id varchar primary key, a int unique, constraint k unique (a)) cluster by (id) change_tracking = true',
  );
  await run(`create table team.child (id varchar default 'x', p varchar references team.parent (id), n int null, t time, b binary, l timestamp_ltz,
    foreign key (p) references team.parent (id), unique (n))`);
  await run("insert into team.child (p, t, b, l) select 'none', '01:02:03', 'ab', '2024-01-01 00:00:00'");
  const { rows } = await run('select id, n, t, b, l from team.child', [], {
    fetchAsString: ['Number', 'Date', 'Buffer'],
  });
  expect(rows).toMatchObject([{ ID: 'x', T: '01:02:03', B: '6162' }]);
  await run('create temp table copy clone team.child');
  await run('create table empty like team.child');
  expect([await counted(session, 'copy'), await counted(session, 'empty')]).toEqual([1, 0]);
  await run('drop table copy');
  expect((await failureOf(counted(session, 'copy'))).code).toBe('002003');
  await run('alter table empty drop column n');
  await run('alter table empty rename to filled');
  const merge =
    'merge into filled f using team.child c on f.id = c.id when matched and f.p is null then delete when not matched and c.n is null then insert (id) values (c.id)';
  for (const changed of [1, 1, 1]) expect((await run(merge)).statement.getNumUpdatedRows()).toBe(changed);
  await run('delete from filled using team.child c where filled.id = c.id');
  expect(await counted(session, 'filled')).toBe(0);
  expect((await run("show schemas like 'TEAM'")).rows).toHaveLength(1);
  await run('drop schema team cascade');
  expect((await failureOf(counted(session, 'team.child'))).code).toBe('002003');
  for (const text of ['start transaction', 'begin', 'commit work', 'rollback']) await run(text);
  expect((await failureOf(run('create sequence s'))).code).toBe('000002');
});

test('a statement that fails leaves its transaction as it was', async () => {
  const session = await connect(await testStandIn());
  const { run } = session;
  await run(TABLE);
  await run('begin');
  await run('insert into t (id) values (?)', ['a']);
  expect((await failureOf(run('insert into t (id) values (null)'))).code).toBe('100072');
  expect((await failureOf(run('select * from nowhere'))).code).toBe('002003');
  await run("insert into t (id) values ('b')");
  await run('commit');
  expect(await counted(session)).toBe(2);
});
