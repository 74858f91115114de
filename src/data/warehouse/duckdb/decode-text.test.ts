import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../port.ts';
import { decoded, nullable } from './test-decoding.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
});
afterAll(() => db.close());

describe('text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
    fc.constantFrom(
      '',
      'exactly 12 b',
      'more than 12 bytes',
      'ä'.repeat(6),
      '🦆',
      '🦆 and the long tail of it',
      '名前'.repeat(9),
    ),
  );

  it('of every length and script, as it was bound', async () => {
    await fc.assert(
      fc.asyncProperty(nullable(texts), async (values) => {
        const rows = await decoded(db, 'VARCHAR', values);
        rows.forEach(([value], i) => expect(value).toBe(values[i % values.length]));
      }),
      { numRuns: 40 },
    );
  });

  it('from a table, long and short and null mixed, some stretches ASCII and some not', async () => {
    await db.script(`create or replace table mixed as select i, case when i % 5 = 0 then null when i % 3 = 0 then 'short' || i
      when i > 5000 and i % 7 = 0 then 'ein längerer Text Nr. ' || i else 'a longer text, number ' || i end as s
      from range(20000) t(i)`);
    const expected = (i: number) => {
      if (i % 5 === 0) return null;
      if (i % 3 === 0) return `short${i}`;
      return i > 5000 && i % 7 === 0 ? `ein längerer Text Nr. ${i}` : `a longer text, number ${i}`;
    };
    for (const lane of ['fast', 'heavy'] as const) {
      const { columns } = await db.query('select i, s from mixed order by s nulls last', [], { lane });
      expect(columns[1]).toEqual(columns[0]!.map((i) => expected(i as number)));
    }
  });

  it('JSON, parsed', async () => {
    expect(await db.rows(`select '{"a": [1, null, "ü"]}'::json, null::json, '"text"'::json`)).toEqual([
      [{ a: [1, null, 'ü'] }, null, 'text'],
    ]);
  });
});

describe('nested values', () => {
  const asJson = (text: string) => JSON.parse(text) as Value;
  it('lists and structs are what to_json makes of them', async () => {
    const lists = fc.array(fc.option(fc.integer()), { maxLength: 5 }).map((list) => JSON.stringify(list));
    await fc.assert(
      fc.asyncProperty(nullable(lists), async (values) => {
        const texts = await decoded(db, 'JSON', values, 'to_json(cast(x as bigint[]))::varchar');
        for (const [value, text] of texts) expect(value).toEqual(text === null ? null : asJson(text as string));
      }),
      { numRuns: 10 },
    );
    const [row] = await db.rows(`select [1, null], {'a': 1::bigint, 'b': {'c': 'x'}}, [[]::int[]], array_value(1, 2)`);
    expect(row).toEqual([[1, null], { a: 1, b: { c: 'x' } }, [[]], [1, 2]]);
  });

  it('scalars in them are spelt as outside', async () => {
    const [row] = await db.rows(`select
      [9007199254740992::bigint, 1], [1.50::decimal(15,2)], ['nan'::double, 0.5], [date '2024-02-29'],
      [timestamp '2024-01-01 10:00:00'], [timestamptz '2024-01-01 10:00:00+01'], ['2024-01-01 10:00:00'::timestamp_s],
      ['2024-01-01 10:00:00.5'::timestamp_ms], ['2024-01-01 10:00:00.000000001'::timestamp_ns], [interval 1 day],
      ['{"a":1}'::json], map {'k': 1}, union_value(n := 1), [true]`);
    expect(row).toEqual([
      ['9007199254740992', 1],
      [1.5],
      [null, 0.5],
      ['2024-02-29'],
      ['2024-01-01T10:00:00Z'],
      ['2024-01-01T09:00:00Z'],
      ['2024-01-01T10:00:00Z'],
      ['2024-01-01T10:00:00.5Z'],
      ['2024-01-01T10:00:00.000000001Z'],
      ['1 day'],
      [{ a: 1 }],
      [{ key: 'k', value: 1 }],
      { tag: 'n', value: 1 },
      [true],
    ]);
  });
});

describe('results', () => {
  it('without rows have their columns all the same', async () => {
    const text = 'select 1 as n, null as nothing, cast(1 as decimal(15,2)) as amount, [1] as list where false';
    for (const lane of ['fast', 'heavy'] as const) {
      expect(await db.query(text, [], { lane })).toMatchObject({
        rowCount: 0,
        columns: [[], [], [], []],
        schema: [
          { name: 'n', type: 'integer', engineType: 'INTEGER' },
          { name: 'nothing', type: 'integer', engineType: 'INTEGER' },
          { name: 'amount', type: 'decimal', engineType: 'DECIMAL(15,2)' },
          { name: 'list', type: 'json', engineType: 'INTEGER[]' },
        ],
      });
    }
  });

  it('may have two columns of one name', async () => {
    expect(await db.query('select 1 as n, 2 as n')).toMatchObject({ columns: [[1], [2]] });
  });
});
