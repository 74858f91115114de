import fc from '../../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { csvForm } from './csv-record.ts';
import { takeRun, type CsvRun } from './csv-run.ts';
import { csvScanner, type CsvOptions } from './csv-scan.ts';

/** What a scan finds when its records come one by one, many at once, or are not wanted. */
function scan(bytes: Buffer, size: number, sink: 'records' | 'runs' | 'none', options: Partial<CsvOptions> = {}) {
  const copied: Buffer[] = [];
  const told: unknown[] = [];
  const onRecord = (buffer: Buffer, from: number, end: number) => {
    copied.push(buffer.subarray(from, end), Buffer.from('\n'));
  };
  const onRun = (buffer: Buffer, from: number, to: number) => {
    copied.push(buffer.subarray(from, to));
  };
  const given = { delimiter: ',', quote: '"', columns: undefined, maxBytes: 60, samples: 2, ...options };
  const onReject = (reject: unknown) => told.push(reject);
  const sinks = { records: { onRecord }, runs: { onRecord, onRun }, none: undefined };
  const scanner = csvScanner({ ...given, onReject }, sinks[sink]);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  const { lineOf, ...found } = scanner.end();
  const lines = Array.from({ length: found.read + 1 }, (_, i) => lineOf(i + 1));
  return { ...found, lines, told, copy: sink === 'none' ? undefined : Buffer.concat(copied).toString('latin1') };
}

const PIECES = [
  '1,2\n',
  '1,2\r\n',
  'some longer text of a field,and another\n',
  '"x",""\n',
  '"a""b",c\n',
  '"a\nb",c\n',
  '"',
  ',',
  '\n',
  '\r',
  'é',
  '\xff',
  'x\n',
  '-1.5,"long field in quotes, of more than a block"\n',
  '1;2\n',
  '\t',
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 });

describe('many records at once', () => {
  test.each([',', ';', '|', '\t'])('are the same records as one by one, with %j between fields', (delimiter) => {
    fc.assert(
      fc.property(soup, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 200 }), (parts, lineEnd, size) => {
        const text = `a,b${lineEnd}${parts.join('').replaceAll('\n', lineEnd)}`.replaceAll(',', delimiter);
        const bytes = Buffer.from(text, 'latin1');
        const expected = scan(bytes, 1_000_000, 'records', { delimiter });
        expect(scan(bytes, size, 'records', { delimiter })).toEqual(expected);
        expect(scan(bytes, size, 'runs', { delimiter })).toEqual(expected);
        expect(scan(bytes, size, 'none', { delimiter })).toEqual({ ...expected, copy: undefined });
      }),
      { numRuns: 300 },
    );
  });

  const run = (text: string, isCrlf = false, offset = 0): CsvRun => {
    const found = { rows: 0, next: 0, isQuoted: false };
    const bytes = Buffer.from(`${' '.repeat(offset)}${text}`).subarray(offset);
    takeRun(bytes, 0, csvForm(',', '"', 40), { until: bytes.length, fields: 2, isCrlf }, found);
    return found;
  };

  test.each<[string, string, boolean, number]>([
    ['all usual', '1,2\n'.repeat(50), false, 200],
    ['the other line end', '1,2\n1,2\r\n', false, 4],
    ['too few fields', '1,2\n1\n', false, 4],
    ['a blank line', '1,2\n\n', false, 4],
    ['an open quote', '1,2\n"1,2\n', false, 4],
    ['a stray quote', '1,2\n1",2\n', false, 4],
    ['text after a quote', '1,2\n"1"x,2\n', false, 4],
    ['a line end in quotes', '1,2\n"1\r",2\n', false, 4],
    ['a long line', `1,2\n1,${'x'.repeat(39)}\n`, false, 4],
    ['the longest line', `1,${'x'.repeat(38)}\n`, false, 41],
    ['a line that does not end', '1,2\n1,2', false, 4],
    ['pairs', '1,2\r\n"1","2"\r\n', true, 14],
    ['half of a pair', '1,2\r\n1,2\n', true, 5],
    ['the other half', '1,2\r\n1\r,2\r\n', true, 5],
    ['quotes within quotes', `"1""${'y'.repeat(33)}",2\n`, false, 41],
  ])('end before %s', (_name, text, isCrlf, next) => {
    for (const offset of [0, 1, 2, 3]) expect(run(text, isCrlf, offset).next).toBe(next);
  });
});
