import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { registryOf } from '../../src/analysis/registry.ts';
import { coreCatalog } from '../../src/data/catalog/core-catalog.ts';
import { duckdbDialect } from '../../src/data/sql/duckdb-dialect.ts';
import { sqlPages } from '../../src/delivery/reference/sql-pages.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { objection } from '../sql-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [duckdbDialect, snowflakeDialect].flatMap((dialect) =>
  sqlPages(registryOf(ANALYSES), coreCatalog(dialect), dialect),
);
const STATEMENTS = pages.flatMap(({ path, text }) =>
  text
    .split('\n\n')
    .slice(1)
    .map((statement) => ({ path, statement })),
);

describe('the committed SQL', () => {
  test.each(pages)('$path is what the code prints', ({ path, text }) => {
    const file = globSync(path, { cwd: root }).length === 1 ? readFileSync(root + path, 'utf8') : '';
    expect(file.replaceAll('\r\n', '\n'), `${path} is not up to date: run npm run docs and review the difference`).toBe(
      text,
    );
  });

  test('there is a page for every analysis that is plain SQL, and no other', () => {
    const names = ANALYSES.filter(({ sql }) => sql !== undefined).map(({ name }) => name);
    const expected = ['duckdb', 'snowflake'].flatMap((engine) =>
      names.sort().map((name) => `docs/reference/sql/${engine}/${name}.sql`),
    );
    expect(pages.map(({ path }) => path)).toEqual(expected);
    expect(
      globSync('docs/reference/sql/**/*.sql', { cwd: root })
        .map((path) => path.replaceAll('\\', '/'))
        .sort(),
    ).toEqual(expected.toSorted());
  });

  test('says on its first line that it is generated', () => {
    for (const { text } of pages) expect(text.split('\n')[0]).toContain('Generated from src/features/ by npm run docs');
  });

  test.each(STATEMENTS)('$path keeps the rules of SQL here', ({ statement }) => {
    expect(objection(statement)).toBeUndefined();
  });
});

describe('the rules of SQL', () => {
  test.each([
    'select * from t',
    'select c.* from t c',
    'select a from t order by a',
    'select a from t order by a nulls last, b desc limit 3',
    'select a, row_number() over (partition by b order by a desc) as n from t',
    'select a / b as q from t',
    'select cast(a as integer) / b as q from t',
    'select count(*) over () as n from t',
    'select avg(a) as m from t',
    'select avg(cast(a as decimal(18, 2))) as m from t',
    'select median(a) as m from t',
    'select hash(a) as h from t',
    'select a from t where b > current_date',
    'select row_number() over (partition by b order by d nulls last) as n from t',
  ])('refuse %s', (statement) => {
    expect(objection(statement)).toMatch(/\w/);
  });

  test.each([
    'select count(*) as n from t',
    'select a from t order by lower(a) desc nulls last, b nulls last limit 3',
    'select row_number() over (partition by b order by a desc nulls last, c.customer_id nulls last) as n from t',
    "-- a/b\nselect 'a/b * order by' as q from t",
    'select cast(a as double) / nullif(b, 0) as q from t',
    'select cast(sum(a) as double) / b as q from t',
    'select avg(cast(a as double)) as m, avg(cast(coalesce(a, 0) as double)) as k from t',
  ])('let %s through', (statement) => {
    expect(objection(statement)).toBeUndefined();
  });
});
