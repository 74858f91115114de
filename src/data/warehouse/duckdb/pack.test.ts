import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareText } from '../../../lib/compare-text.ts';
import { packed } from '../pack.ts';
import type { PackedStream, Value } from '../port.ts';
import { openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await openTestWarehouse();
});
afterAll(() => db.close());

const pack = (text: string, params: readonly (string | number | null)[] = []) =>
  db.warehouse.pack(db.tenant, { text, params, reads: { tables: [], columns: [] } }, { lane: 'heavy' });

/** The rows of a packed stream, texts in place of their numbers. */
async function unpacked({ schema, texts, batches }: PackedStream): Promise<(number | string)[][]> {
  const rows: (number | string)[][] = [];
  for await (const { rowCount, columns } of batches) {
    for (let row = 0; row < rowCount; row++) {
      const cell = (c: number) => {
        const value = columns[c]![row]!;
        return schema[c]!.type === 'text' && !Number.isNaN(value) ? texts[c]![value]! : value;
      };
      rows.push(schema.map((_, c) => cell(c)));
    }
  }
  return rows;
}

const TYPES = {
  VARCHAR: fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\0', '0'), maxLength: 14 }),
    fc.constantFrom('', 'twelve chars', 'thirteen char', 'a long text that is behind a pointer'),
  ),
  INTEGER: fc.constantFrom('0', '-1', '2147483647', '-2147483648'),
  TINYINT: fc.constantFrom('0', '-128', '127'),
  UTINYINT: fc.constantFrom('0', '255'),
  SMALLINT: fc.constantFrom('-32768', '32767'),
  USMALLINT: fc.constantFrom('0', '65535'),
  UINTEGER: fc.constantFrom('0', '4294967295'),
  BIGINT: fc.constantFrom(
    '0',
    '-1',
    '9007199254740991',
    '-9007199254740991',
    '9007199254740992',
    '-9223372036854775808',
  ),
  DATE: fc.constantFrom(
    '1970-01-01',
    '1969-12-31',
    '0001-01-01',
    '0001-12-31 (BC)',
    '9999-12-31',
    '10000-01-01',
    'infinity',
    '-infinity',
  ),
} as const;

describe('a packed stream', () => {
  test.each(Object.entries(TYPES))(
    'of %s is the ordinary one as numbers, whichever way it is made',
    async (type, value) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(value, { freq: 4 }), { minLength: 1, maxLength: 30 }), async (values) => {
          const cases = values.map((_, i) => `(${i}, cast(? as ${type}))`).join(', ');
          // Runs of equal values, nulls between them, over more rows than a batch has.
          const text = `with pool(p, x) as (values ${cases})
          select x, i from range(2500) r(i) join pool on p = (i * i // 3) % ${values.length} order by i`;
          const own = await unpacked(await pack(text, values));
          const made = await unpacked(packed(await db.stream(text, values)));
          expect(own).toEqual(made);
          expect(own).toHaveLength(2500);
          const plain = (await db.rows(text, values)).map(([x]) => x!);
          expect(own.map(([x]) => x)).toEqual(plain.map((x) => expectedOf(type, x)));
        }),
        { numRuns: 15 },
      );
    },
  );

  test('tells many texts apart, and numbers them as they come', async () => {
    for (const prefix of ['', 'longer than twelve ']) {
      const text = `select '${prefix}' || (i * 7919 % 30011) as x from range(90000) r(i) order by i`;
      const stream = await pack(text);
      const rows = await unpacked(stream);
      expect(rows.map(([x]) => x)).toEqual(Array.from({ length: 90_000 }, (_, i) => `${prefix}${(i * 7919) % 30_011}`));
      expect(new Set(stream.texts[0]).size).toBe(30_011);
      expect(stream.texts[0]).toHaveLength(30_011);
    }
  });

  test('tells texts apart that come in order, and come again out of it', async () => {
    // In order over several batches, twice; then one that lies between the first ones, a long one, and new ones in order.
    const text = `select x from (
      select 0 as part, lpad(cast(i // 2 as varchar), 6, '0') as x from range(20000) r(i)
      union all select 1, lpad(cast(i * 7 % 10000 as varchar), 6, '0') from range(20000) r(i)
      union all select 2, x from (values ('0000005'), ('a text of 20 letters'), ('')) v(x)
      union all select 3, 'z' || cast(1000 + i as varchar) from range(3000) r(i)
    ) order by part, case when part in (0, 3) then x end`;
    const stream = await pack(text);
    const rows = await unpacked(stream);
    const plain = (await db.rows(text)).map(([x]) => x!);
    expect(rows.slice(0, 20_000).map(([x]) => x)).toEqual(plain.slice(0, 20_000));
    const sorted = (values: readonly unknown[]) => (values as string[]).toSorted(compareText);
    expect(sorted(rows.map(([x]) => x))).toEqual(sorted(plain));
    expect(stream.texts[0]).toHaveLength(13_003);
    expect(new Set(stream.texts[0]).size).toBe(13_003);
  });

  test.each(['1.5', "timestamp '2024-01-01'", 'true', "'{}'::json", '1.5::double'])('%s is refused', async (value) => {
    const text = `select 1 as a, ${value} as x`;
    await expect(pack(text)).rejects.toThrow(/^column x is of type \w+: only text, integer and date are packed$/);
    const stream = await db.stream(text);
    expect(() => packed(stream)).toThrow(TypeError);
    for await (const _ of stream.batches) void _;
    expect(db.warehouse.state().heavy.busy).toBe(0);
  });

  test('an error of the engine is one of ours, and the connection is free again', async () => {
    await expect(pack('select nothing')).rejects.toMatchObject({ code: 'warehouse.failed' });
    const stream = await pack("select cast(x as integer) from (values ('1'), ('x')) v(x)").catch(
      (error: unknown) => error,
    );
    if (!(stream instanceof Error))
      await expect(unpacked(stream as PackedStream)).rejects.toMatchObject({ code: 'warehouse.failed' });
    expect(db.warehouse.state().heavy.busy).toBe(0);
  });
});

function expectedOf(type: string, value: Value): Value {
  if (value === null) return NaN;
  if (type === 'VARCHAR' || typeof value !== 'string') return value;
  if (type !== 'DATE') return value.startsWith('-') ? -Infinity : Infinity;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return Date.parse(`${value}T00:00:00Z`) / 86_400_000;
  return /^-|BC/.test(value) ? -Infinity : Infinity;
}
