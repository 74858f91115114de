import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bind } from '../../sql/sql.ts';
import type { Value } from '../port.ts';
import { openTestWarehouse, rowsOf, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
});
afterAll(() => db.close());

/** Decodes `values`, cast to `type`, on both ways that results are read, over more rows than a chunk has. Returns [decoded, text of the engine] of each row. */
async function decoded(type: string, values: readonly Bind[], text = 'cast(x as varchar)') {
  const cases = values.map((_, i) => `(${i}, cast(? as ${type}))`).join(', ');
  const sql = `with pool(p, x) as (values ${cases})
    select x, ${text} as t from range(2500) r(i) join pool on p = i % ${values.length} order by i`;
  const whole = await db.rows(sql, values);
  const streamed: (readonly Value[])[] = [];
  for await (const batch of (await db.stream(sql, values)).batches) streamed.push(...rowsOf(batch));
  expect(streamed).toEqual(whole);
  expect(whole).toHaveLength(2500);
  return whole;
}

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(fc.option(arbitrary), { minLength: 1, maxLength: 40 });
/** Runs a check on random lists of texts of a type, nulls among them. */
async function holds(
  type: string,
  texts: fc.Arbitrary<Bind>,
  expected: (text: string) => Value,
  text?: string,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(nullable(texts), async (values) => {
      for (const [value, engineText] of await decoded(type, values, text)) {
        expect(value).toEqual(engineText === null ? null : expected(engineText as string));
      }
    }),
    { numRuns: 12 },
  );
}

const big = (bits: number) =>
  fc.oneof(fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }), near(53), near(bits - 1));
const ubig = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const near = (bits: number) =>
  fc
    .tuple(fc.bigInt({ min: -3n, max: 3n }), fc.boolean())
    .map(([offset, isNegative]) => clamp((isNegative ? -(2n ** BigInt(bits)) : 2n ** BigInt(bits)) + offset, bits));
const clamp = (value: bigint, bits: number) => {
  const most = bits === 53 ? value : 2n ** BigInt(bits) - 1n;
  return value > most ? most : bits !== 53 && value < -most - 1n ? -most - 1n : value;
};
const asText = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map(String);
const integer = (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

describe('integers', () => {
  it.each([
    ['TINYINT', 8],
    ['SMALLINT', 16],
    ['INTEGER', 32],
    ['BIGINT', 64],
    ['HUGEINT', 128],
  ])('%s', (type, bits) =>
    holds(
      type,
      asText(bits > 53 ? big(bits) : fc.bigInt(-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n)),
      integer,
    ),
  );

  it.each([
    ['UTINYINT', 8],
    ['USMALLINT', 16],
    ['UINTEGER', 32],
    ['UBIGINT', 64],
    ['UHUGEINT', 128],
  ])('%s', (type, bits) => holds(type, asText(ubig(bits)), integer));

  it('at the borders of what a number holds', async () => {
    const [row] = await db.rows(`select 9007199254740991::bigint, 9007199254740992::bigint, -9007199254740991::bigint,
      -9007199254740992::bigint, 18446744073709551615::ubigint, 340282366920938463463374607431768211455::uhugeint,
      9007199254740992::hugeint, -1::hugeint, sum(1) from range(3)`);
    expect(row).toEqual([
      9007199254740991,
      '9007199254740992',
      -9007199254740991,
      '-9007199254740992',
      '18446744073709551615',
      '340282366920938463463374607431768211455',
      '9007199254740992',
      -1,
      3,
    ]);
  });
});

describe('decimals', () => {
  const decimal = (width: number, scale: number) =>
    fc.bigInt({ min: -(10n ** BigInt(width)) + 1n, max: 10n ** BigInt(width) - 1n }).map((unscaled) => {
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
      const split = digits.length - scale;
      return `${unscaled < 0n ? '-' : ''}${digits.slice(0, split)}${scale ? '.' : ''}${digits.slice(split)}`;
    });
  /** A number when it has at most 15 digits, or prints the same ones; else the text of the engine. */
  const check = (value: Value, text: string) => {
    if (Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER) return expect(value).toBe(text);
    const significant = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
    if (significant.length <= 15) return expect(value).toBe(Number(text));
    return expect(typeof value === 'number' ? String(value) : value).toBe(
      typeof value === 'number' ? text.replace(/\.?0+$/, '') : text,
    );
  };

  it.each([
    [4, 2],
    [4, 0],
    [9, 3],
    [15, 2],
    [18, 4],
    [18, 0],
    [38, 10],
    [38, 0],
    [38, 30],
    [38, 38],
  ])('DECIMAL(%i,%i)', async (width, scale) => {
    await fc.assert(
      fc.asyncProperty(
        nullable(fc.oneof(decimal(width, scale), decimal(Math.min(width, 15), Math.min(scale, 15)))),
        async (values) => {
          const type = `DECIMAL(${width},${scale})`;
          const fits = values.map((value) =>
            value !== null && Math.abs(Number(value)) >= 10 ** (width - scale) ? '0' : value,
          );
          for (const [value, text] of await decoded(type, fits)) {
            if (text === null) expect(value).toBeNull();
            else check(value!, (text as string).replace(/^(-?)\./, '$10.'));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('as a string only where a number would lose digits', async () => {
    const [row] = await db.rows(`select 1234567890123.45::decimal(15,2), 9999999999999999.99::decimal(18,2),
      1.0000000000::decimal(38,10), -0.05::decimal(38,10), 9999999999999999999999999999.9999999999::decimal(38,10),
      123456789012.5::decimal(38,10), 0::decimal(38,38), 9007199254740993::decimal(38,0), 9007199254740991::decimal(38,0)`);
    expect(row).toEqual([
      1234567890123.45,
      '9999999999999999.99',
      1,
      -0.05,
      '9999999999999999999999999999.9999999999',
      123456789012.5,
      0,
      '9007199254740993',
      9007199254740991,
    ]);
  });
});

describe('other scalars', () => {
  it('DOUBLE and FLOAT, NaN and infinities as null', async () => {
    const number = (text: string) => (/nan|inf/.test(text) ? null : Number(text));
    const doubles = fc.double().map((value) => (Object.is(value, Infinity) ? 'inf' : String(value)));
    await holds('DOUBLE', doubles, number);
    await holds('FLOAT', asText(fc.float({ noNaN: true, noDefaultInfinity: true })), (text) =>
      Math.fround(Number(text)),
    );
    expect(await db.rows(`select 'nan'::double, 'inf'::double, '-inf'::float, 0.1::double`)).toEqual([
      [null, null, null, 0.1],
    ]);
  });

  it('BOOLEAN', () => holds('BOOLEAN', fc.boolean(), (text) => text === 'true'));

  it('DATE, from BC to the last day there is', async () => {
    await fc.assert(
      fc.asyncProperty(nullable(fc.integer({ min: -2_400_000, max: 2_000_000_000 })), async (values) => {
        const rows = await db.rows(
          `select d, cast(d as varchar) from (select date '1970-01-01' + unnest(cast(? as json)::integer[]) as d)`,
          [JSON.stringify(values)],
        );
        for (const [value, text] of rows) expect(value).toBe(text);
      }),
    );
    const special = [
      '0001-01-01',
      '12000-01-01',
      '0044-03-15 (BC)',
      'infinity',
      '-infinity',
      '2024-02-29',
      '1900-02-28',
    ];
    expect((await decoded('DATE', [...special, null])).slice(0, 8).map(([value]) => value)).toEqual([...special, null]);
  });

  const wireTime = (text: string) => (/inf/.test(text) ? text : `${text.replace(/ (?=\d\d:)/, 'T')}Z`);
  it.each(['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'])('%s', async (type) => {
    const range = { min: new Date('1700-01-01'), max: new Date('2250-01-01'), noInvalidDate: true };
    const times = fc
      .tuple(fc.date(range), fc.integer({ min: 0, max: 999_999 }))
      .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}`);
    await holds(type, times, wireTime);
  });

  it('TIMESTAMP far away, at its ends, and with a time zone', async () => {
    const times = [
      '0044-03-15 (BC) 12:30:00',
      '12000-01-01 00:00:00.000001',
      'infinity',
      '-infinity',
      '1969-12-31 23:59:59.999999',
      '290000-01-01 23:59:59.999999',
    ];
    for (const [value, text] of await decoded('TIMESTAMP', times)) expect(value).toBe(wireTime(text as string));
    const [row] = await db.rows(
      `select timestamptz '2024-07-01 12:00:00+02', cast('2024-01-01 00:00:00.123456789' as timestamp_ns)`,
    );
    expect(row).toEqual(['2024-07-01T10:00:00Z', '2024-01-01T00:00:00.123456789Z']);
  });

  it.each(['TIME', 'INTERVAL', 'UUID', 'BLOB', 'BIT', "ENUM('a', 'b, c')"])(
    '%s as the engine prints it',
    async (type) => {
      const texts: Record<string, string[]> = {
        TIME: ['00:00:00', '23:59:59.999999', '12:30:00'],
        INTERVAL: ['1 day', '2 years 3 months 04:05:06', '-1 month'],
        UUID: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
        BLOB: ['abc', '\\x00\\xFF'],
        BIT: ['0', '101010101'],
        "ENUM('a', 'b, c')": ['a', 'b, c'],
      };
      for (const [value, text] of await decoded(type, [...texts[type]!, null])) expect(value).toBe(text);
    },
  );
});

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
        const rows = await decoded('VARCHAR', values);
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
        const texts = await decoded('JSON', values, 'to_json(cast(x as bigint[]))::varchar');
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
