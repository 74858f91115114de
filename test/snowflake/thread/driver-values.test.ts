import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { ask, columnsOf, open, OPTIONS } from './open-thread.ts';
import { startThread } from '../../../src/data/warehouse/snowflake/thread-handle.ts';

test('values of every type, exactly', async () => {
  const { session } = await open();
  const text = `
select 9007199254740993::number(38,0) as big, -5::number(38,0) as small, 12.34::number(12,2) as money,
  0.1234567890123456789::number(30,19) as fine, 1.5::double as d, 'NaN'::double as nan, 'é''x' as t, true as b,
  '2024-02-29'::date as day, '2024-02-29 12:34:56.789'::timestamp_ntz as ts,
  parse_json('{"a":[1,"x",null]}') as v`;
  const result = await session.run(text, [], OPTIONS);
  expect(result.schema.map(({ type }) => type).join(' ')).toBe(
    'integer integer decimal decimal double double text boolean date timestamp json',
  );
  expect(await columnsOf(result)).toEqual({
    BIG: ['9007199254740993'],
    SMALL: [-5],
    MONEY: [12.34],
    FINE: ['0.1234567890123456789'],
    D: [1.5],
    NAN: [null],
    T: ["é'x"],
    B: [true],
    DAY: ['2024-02-29'],
    TS: ['2024-02-29T12:34:56.789Z'],
    V: [{ a: [1, 'x', null] }],
  });
});

test('nulls of every type are null', async () => {
  const { session } = await open();
  const types = ['number(38,0)', 'number(12,2)', 'double', 'varchar', 'boolean', 'date', 'timestamp_ntz', 'variant'];
  const text = `select ${types.map((type, i) => `null::${type} as c${i}`).join(', ')}`;
  expect(Object.values(await ask(session, text))).toEqual(types.map(() => [null]));
});

test('columns of one name, and a result without rows', async () => {
  const { session } = await open();
  const twice = await session.run('select 1 as a, 2 as a', [], OPTIONS);
  const batches = await Array.fromAsync(twice.batches);
  expect([twice.schema.map(({ name }) => name), batches]).toEqual([['A', 'A'], [{ rowCount: 1, columns: [[1], [2]] }]]);
  const none = await session.run('select 1 as a where false', [], OPTIONS);
  expect([none.rowCount, await columnsOf(none)]).toEqual([0, { A: [] }]);
});

test('a statement that is only described has columns and no rows', async () => {
  const { session } = await open();
  const result = await session.run('select 1 as a', [], { ...OPTIONS, describeOnly: true });
  expect([result.schema.map(({ name }) => name), await columnsOf(result)]).toEqual([['A'], { A: [] }]);
});

test('rows that a statement changed are counted, whatever it is', async () => {
  const { session } = await open();
  const changed = async (text: string) =>
    (await session.run(text, [], { ...OPTIONS, isRepeatable: false })).rowsChanged;
  expect(await changed('create table t (id int, v int)')).toBe(0);
  expect(await changed('insert into t values (1, 1), (2, 2), (3, 3)')).toBe(3);
  expect(await changed('update t set v = 9 where id > 1')).toBe(2);
  const merge = `merge into t using (select 3 as id union all select 4 union all select 5) s on t.id = s.id
when matched then update set v = 0 when not matched then insert (id, v) values (s.id, 7)`;
  expect(await changed(merge)).toBe(3);
  expect(await changed('delete from t where id = 1')).toBe(1);
  expect(await changed('select 5 as n')).toBe(0);
  expect(await ask(session, 'insert into t values (8, 8)')).toEqual({ 'number of rows inserted': [1] });
});

test('a file is put on a stage', async () => {
  const folder = mkdtempSync('/tmp/put-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/rows.csv`, '1,a\n2,b\n');
  const { session } = await open({}, {}, { start: startThread });
  await ask(session, 'create stage s');
  const rows = await ask(session, `put file://${folder}/rows.csv @s auto_compress=false`);
  expect(rows['status']).toEqual(['UPLOADED']);
  await ask(session, 'create table t (n int, x varchar)');
  await ask(session, 'copy into t from @s file_format = (type = csv escape_unenclosed_field = none)');
  expect(await ask(session, 'select n, x from t order by n')).toEqual({ N: [1, 2], X: ['a', 'b'] });
});

test('one statement at a time; a new one drops the rows of the one before', async () => {
  const { session } = await open({ inlineRows: 10, chunkRows: 1000 });
  const rows = 'select seq4() as n from table(generator(rowcount => 20000))';
  const running = session.run(rows, [], OPTIONS);
  await expect(session.run('select 1', [], OPTIONS)).rejects.toThrow(TypeError);
  const first = await running;
  expect(await ask(session, 'select 2 as n')).toEqual({ N: [2] });
  await expect(columnsOf(first)).rejects.toMatchObject({ kind: 'cancelled' });
});

test('many rows come through without being kept, and never hold up the other work', async () => {
  const { session, standIn } = await open({ inlineRows: 1000, chunkRows: 10_000 });
  const text = 'select seq4() as n, seq4() * 0.25::double as d from table(generator(rowcount => 200000)) order by n';
  const result = await session.run(text, [], OPTIONS);
  let count = 0;
  let most = 0;
  for await (const { rowCount } of result.batches) {
    count += rowCount;
    const read = Math.ceil((count - 1000) / 10_000);
    // Never far ahead of the reader: the driver fetches the chunk that is read and the two behind it.
    most = Math.max(most, standIn.log.of('chunk').length - Math.max(0, read));
  }
  expect([count, result.rowCount, result.bytes() > 100_000]).toEqual([200_000, 200_000, true]);
  expect(most).toBeLessThanOrEqual(4);
});

test('the driver is the one that our own reading of its rows and its sending were made for', () => {
  expect(createRequire(import.meta.url)('snowflake-sdk/package.json')).toMatchObject({ version: '3.3.0' });
});
