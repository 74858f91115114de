import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../port.ts';
import { decoded, holds, nullable } from './test-decoding.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
});
afterAll(() => db.close());

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
      db,
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
  ])('%s', (type, bits) => holds(db, type, asText(ubig(bits)), integer));

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
          for (const [value, text] of await decoded(db, type, fits)) {
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
    await holds(db, 'DOUBLE', doubles, number);
    await holds(db, 'FLOAT', asText(fc.float({ noNaN: true, noDefaultInfinity: true })), (text) =>
      Math.fround(Number(text)),
    );
    expect(await db.rows(`select 'nan'::double, 'inf'::double, '-inf'::float, 0.1::double`)).toEqual([
      [null, null, null, 0.1],
    ]);
  });

  it('BOOLEAN', () => holds(db, 'BOOLEAN', fc.boolean(), (text) => text === 'true'));

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
    expect((await decoded(db, 'DATE', [...special, null])).slice(0, 8).map(([value]) => value)).toEqual([
      ...special,
      null,
    ]);
  });

  const wireTime = (text: string) => (/inf/.test(text) ? text : `${text.replace(/ (?=\d\d:)/, 'T')}Z`);
  it.each(['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'])('%s', async (type) => {
    const range = { min: new Date('1700-01-01'), max: new Date('2250-01-01'), noInvalidDate: true };
    const times = fc
      .tuple(fc.date(range), fc.integer({ min: 0, max: 999_999 }))
      .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}`);
    await holds(db, type, times, wireTime);
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
    for (const [value, text] of await decoded(db, 'TIMESTAMP', times)) expect(value).toBe(wireTime(text as string));
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
      for (const [value, text] of await decoded(db, type, [...texts[type]!, null])) expect(value).toBe(text);
    },
  );
});
