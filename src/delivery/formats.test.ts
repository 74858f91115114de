import { describe, expect, test } from 'vitest';
import type { Field } from '../analysis/columns.ts';
import type { Batch } from '../data/warehouse/port.ts';
import { encodeRows, FORMAT_NAMES, ROW_FORMATS, slices } from './formats.ts';

const fields: Field[] = ['id', 'n'].map((name) => ({
  field: name,
  column: name,
  type: 'text',
  description: '',
  unit: undefined,
  isNullable: true,
}));
const batchOf = (from: number, count: number): Batch => {
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  return { rowCount: count, columns: [numbers.map((n) => `c${n}`), numbers] };
};
async function* stream(...batches: Batch[]) {
  for (const batch of batches) yield await Promise.resolve(batch);
}
const text = async (name: 'csv' | 'ndjson', ...batches: Batch[]) => {
  const parts: Buffer[] = [];
  for await (const part of encodeRows(ROW_FORMATS[name], fields, stream(...batches))) parts.push(part);
  return Buffer.concat(parts).toString();
};

describe('encodeRows', () => {
  test('csv: a header, then one line a row over all batches', async () => {
    expect(await text('csv', batchOf(0, 2), batchOf(0, 0), batchOf(2, 1))).toBe('id,n\r\nc0,0\r\nc1,1\r\nc2,2\r\n');
    expect(await text('csv')).toBe('id,n\r\n');
  });

  test('ndjson: one object a line, every line ended', async () => {
    expect(await text('ndjson', batchOf(0, 2), batchOf(2, 1))).toBe(
      '{"id":"c0","n":0}\n{"id":"c1","n":1}\n{"id":"c2","n":2}\n',
    );
    expect(await text('ndjson', batchOf(0, 0))).toBe('');
    expect(ROW_FORMATS.ndjson.rows(fields)(batchOf(0, 0))).toBe('');
  });

  test('a large batch comes in parts, complete and in order', async () => {
    const lines = (await text('ndjson', batchOf(0, 10_000))).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(batchOf(0, 10_000).columns[1]);
  });

  test('leaving early closes the batches', async () => {
    let isClosed = false;
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield await Promise.resolve(batchOf(i, 1));
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of encodeRows(ROW_FORMATS.csv, fields, endless())) break;
    const rows = encodeRows(ROW_FORMATS.ndjson, fields, endless());
    await rows.next();
    await rows.return(undefined);
    expect(isClosed).toBe(true);
  });
});

test('slices are at most 4096 rows; a small batch stays what it is, an empty one is none', () => {
  const small = batchOf(0, 4096);
  expect([...slices(small)]).toEqual([small]);
  expect([...slices(batchOf(0, 0))]).toEqual([]);
  expect([...slices(batchOf(0, 8193))].map(({ rowCount, columns }) => [rowCount, columns[1]![0]])).toEqual([
    [4096, 0],
    [4096, 4096],
    [1, 8192],
  ]);
});

test('every format has a name, a media type and an extension', () => {
  expect(FORMAT_NAMES).toEqual(['json', ...Object.keys(ROW_FORMATS)]);
  expect(Object.values(ROW_FORMATS).map(({ extension }) => extension)).toEqual(['csv', 'ndjson']);
});
