import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect, failureOf, testStandIn } from './driver.ts';

function csvFile(text: string, name = 'rows.csv'): string {
  const folder = mkdtempSync(join(tmpdir(), 'put-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const FORMAT = `file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '"' escape_unenclosed_field = none)`;
const TABLE = 'create table t (id varchar not null, n number(10,2), day date)';
const LINES = 'id,n,day\n"a, ""b""",1.25,2024-02-29\nc,,\n"",3,2024-01-01\n"\\N",4,\n';

test('a file is put into a stage and copied into a table, once', async () => {
  const { run } = await connect(await testStandIn());
  await run(TABLE);
  await run('create temporary stage if not exists load_stage');
  const put = await run(`put 'file://${csvFile(LINES)}' @load_stage/one auto_compress = true`);
  expect(put.rows).toMatchObject([{ source: 'rows.csv', target: 'rows.csv.gz', status: 'UPLOADED' }]);
  const copied = await run(`copy into t from @load_stage/one ${FORMAT} on_error = abort_statement`).catch(
    (error: unknown) => error,
  );
  // The last line has a null where none may be: nothing is loaded.
  expect(copied).toMatchObject({ code: '100038' });
  expect((await run('select count(*) as n from t')).rows).toEqual([{ N: 0 }]);
  const better = `put file://${csvFile(LINES.replace('"\\N",4,\n', ''), 'two.csv')} @load_stage/two overwrite=true`;
  await run(better);
  const copy = `copy into t (id, n, day) from @load_stage/two ${FORMAT}`;
  expect((await run(copy)).rows).toMatchObject([
    { file: 'two.csv.gz', status: 'LOADED', rows_parsed: 3, rows_loaded: 3, errors_seen: 0 },
  ]);
  const rows = (
    await run('select id, n, day from t order by id', [], { fetchAsString: ['Number', 'Date'], rowMode: 'array' })
  ).rows;
  expect(rows).toEqual([
    ['', '3.00', '2024-01-01'],
    ['a, "b"', '1.25', '2024-02-29'],
    ['c', 'NULL', 'NULL'],
  ]);
  expect((await run(copy)).rows).toEqual([{ status: 'Copy executed with 0 files processed.' }]);
  expect((await run(`${copy} force = true purge = true`)).rows).toMatchObject([{ rows_loaded: 3 }]);
  expect((await run(`${copy} force = true`)).rows).toEqual([{ status: 'Copy executed with 0 files processed.' }]);
});

test('fields of a file can be changed on their way', async () => {
  const { run } = await connect(await testStandIn());
  await run(TABLE);
  await run('create stage s');
  await run(`put file://${csvFile('x;1\ny;\n')} @s auto_compress=false`);
  const format = "file_format = (type = csv field_delimiter = ';' escape_unenclosed_field = none)";
  await run(
    `copy into t (id, n, day) from (select upper($1), $2::number(10,2) + 1, to_date('2024-01-01') from @s/rows.csv) ${format}`,
  );
  expect((await run('select id, n from t order by id')).rows).toEqual([
    { ID: 'X', N: 2 },
    { ID: 'Y', N: null },
  ]);
});

test('what a load cannot do is said', async () => {
  const { run } = await connect(await testStandIn());
  await run(TABLE);
  await run('create stage s');
  await run(`put file://${csvFile('x,1\n')} @s auto_compress=false`);
  expect((await failureOf(run(`copy into t from @s file_format = (type = json)`))).code).toBe('000002');
  expect((await failureOf(run(`copy into t from @s file_format = (type = csv)`))).message).toContain(
    'ESCAPE_UNENCLOSED_FIELD',
  );
  expect((await failureOf(run(`copy into t from @s ${FORMAT} on_error = continue`))).code).toBe('000002');
  expect((await failureOf(run(`copy into t from @absent ${FORMAT}`))).code).toBe('002003');
  await run('drop stage s');
  expect((await failureOf(run(`copy into t from @s ${FORMAT}`))).code).toBe('002003');
});
