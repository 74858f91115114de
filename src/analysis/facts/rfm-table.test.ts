import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { checkStrictly } from '../../../test/snowflake/strict.ts';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import { compile } from '../../data/sql/compile.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { sql } from '../../data/sql/sql.ts';
import { openTestWarehouse } from '../../data/warehouse/duckdb/test-warehouse.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import {
  DEFAULT_RFM_TABLE,
  requireRfmTable,
  rfmCase,
  rfmName,
  rfmTableProblems,
  RfmTable,
  type RfmRow,
} from './rfm-table.ts';

const SCORES = [1, 2, 3, 4, 5];
const CELLS = SCORES.flatMap((r) => SCORES.flatMap((f) => SCORES.map((m): [number, number, number] => [r, f, m])));
const all = { min: 1, max: 5 };
const everyone: RfmRow = { name: 'everyone', recency: all, frequency: all, monetary: all };

describe('the default table', () => {
  test('is of the right shape and covers every combination of scores', () => {
    expect(Value.Check(RfmTable, DEFAULT_RFM_TABLE)).toBe(true);
    expect(requireRfmTable(DEFAULT_RFM_TABLE)).toBe(DEFAULT_RFM_TABLE);
  });

  test('has the eleven names, none of them for nothing', () => {
    const names = Map.groupBy(CELLS, (scores) => rfmName(DEFAULT_RFM_TABLE, scores));
    expect(Object.fromEntries([...names].map(([name, cells]) => [name, cells.length]))).toEqual({
      champions: 8,
      'cannot lose': 8,
      loyal: 31,
      'potential loyalist': 14,
      new: 5,
      promising: 5,
      'need attention': 7,
      'about to sleep': 10,
      'at risk': 22,
      lost: 4,
      hibernating: 11,
    });
  });

  test.each<[string, [number, number, number]]>([
    ['champions', [5, 5, 5]],
    ['cannot lose', [1, 5, 5]],
    ['loyal', [3, 4, 1]],
    ['potential loyalist', [5, 2, 5]],
    ['new', [5, 1, 3]],
    ['promising', [4, 1, 5]],
    ['need attention', [3, 2, 3]],
    ['about to sleep', [3, 1, 3]],
    ['at risk', [2, 3, 5]],
    ['lost', [1, 1, 1]],
    ['hibernating', [2, 1, 1]],
  ])('%s: %j', (name, scores) => {
    expect(rfmName(DEFAULT_RFM_TABLE, scores)).toBe(name);
  });
});

describe('a table of the user', () => {
  test('is refused with the first combination that no row matches', () => {
    const gap: RfmRow = { ...everyone, monetary: { min: 2, max: 5 } };
    const low: RfmRow = { ...everyone, recency: { min: 1, max: 3 } };
    expect(rfmTableProblems([gap, low], '/segments')).toEqual([
      {
        pointer: '/segments',
        detail: 'no row matches recency 4, frequency 1, monetary 1; each of the 125 combinations needs one',
      },
    ]);
    expect(() => requireRfmTable([gap, low])).toThrow(/^request\.invalid: The table: no row matches recency 4/);
  });

  test('is refused with turned ranges, and the name that is taken', () => {
    const turned: RfmRow = { ...everyone, name: 'none', frequency: { min: 4, max: 2 } };
    expect(rfmTableProblems([everyone, turned])).toEqual([
      { pointer: '/1/name', detail: 'none is kept for customers without relationships' },
      { pointer: '/1/frequency', detail: 'min 4 is above max 2' },
    ]);
    expect(() => requireRfmTable([turned])).toThrow(/^request\.invalid: \/0\/name none is kept/);
  });

  test.each<[string, unknown]>([
    ['no rows', []],
    ['a score of 0', [{ ...everyone, recency: { min: 0, max: 5 } }]],
    ['half a score', [{ ...everyone, recency: { min: 1.5, max: 5 } }]],
    ['an empty name', [{ ...everyone, name: '' }]],
    ['a member too many', [{ ...everyone, score: 1 }]],
  ])('has not %s', (_, table) => {
    expect(Value.Check(RfmTable, table)).toBe(false);
  });
});

test.each([
  ['the default', DEFAULT_RFM_TABLE],
  ['one row for all', [everyone]],
])('the case expression gives the same names: %s', async (_, table) => {
  const context = {
    dialect: duckdbDialect,
    catalog: coreCatalog(duckdbDialect),
    tenant: tenant('default'),
    isolation: 'database',
  } as const;
  const statement = compile(
    sql`select s.r, s.f, s.m, ${rfmCase(table)} as name from (select r, f, m, r as recency_score, f as frequency_score, m as monetary_score from scores) s order by s.r nulls last, s.f nulls last, s.m nulls last`,
    context,
  );
  const warehouse = await openTestWarehouse();
  await warehouse.script(
    'create table scores as select a.range as r, b.range as f, c.range as m from range(1, 6) a, range(1, 6) b, range(1, 6) c',
    'insert into scores values (null, null, null)',
  );
  const rows = await warehouse.rows(statement.text, statement.params);
  await warehouse.close();
  expect(rows).toEqual([...CELLS.map((scores) => [...scores, rfmName(table, scores)]), [null, null, null, 'none']]);
  expect(checkStrictly(statement.text)).toEqual([]);
});
