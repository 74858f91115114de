import fc from '../../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { csvScanner, type CsvOptions, type CsvScan } from './csv-scan.ts';
import { joinQuoted, splitRecord } from './csv-split.ts';

const OPTIONS: CsvOptions = { delimiter: ',', quote: '"', columns: undefined, maxBytes: 40, samples: 2 };

/** Scans bytes that arrive in pieces of `size`; `records` are the sound ones as text. */
function scan(content: string | Buffer, options: Partial<CsvOptions> = {}, size = 1_000_000) {
  const bytes = Buffer.from(content);
  const records: string[] = [];
  const scanner = csvScanner(
    { ...OPTIONS, ...options },
    { onRecord: (buffer, from, end) => records.push(buffer.toString('latin1', from, end)) },
  );
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  const { columns, read, blankLines, rejects, isQuoted, isPlain } = scanner.end();
  return { columns, read, blankLines, rejects, isQuoted, isPlain, records };
}

function rejected(rejects: CsvScan['rejects']): Record<string, number[]> {
  return Object.fromEntries([...rejects].map(([reason, { samples }]) => [reason, samples.map(({ line }) => line)]));
}

describe('sound files are read whole', () => {
  const rows = ['1,2', '3,4'];
  test.each<[string, string | Buffer, boolean]>([
    ['line feeds', 'a,b\n1,2\n3,4\n', true],
    ['no line end at the end', 'a,b\n1,2\n3,4', true],
    ['carriage returns with line feeds', 'a,b\r\n1,2\r\n3,4\r\n', true],
    ['carriage returns alone', 'a,b\r1,2\r3,4\r', false],
    ['mixed line ends', 'a,b\n1,2\r\n3,4\n', false],
    ['a byte order mark', '\u{FEFF}a,b\n1,2\n3,4\n', true],
    ['blank lines', '\na,b\n\n1,2\n3,4\n\n', false],
  ])('%s', (_name, content, isPlain) => {
    const found = scan(content);
    expect(found).toMatchObject({ columns: ['a', 'b'], read: 2, records: rows, isPlain });
    expect(found.rejects.size).toBe(0);
  });

  test('blank lines are counted, and are a row of a file with one column', () => {
    expect(scan('a,b\n\n1,2\n\n').blankLines).toBe(2);
    expect(scan('a\n1\n\n2\n')).toMatchObject({ read: 3, blankLines: 0, records: ['1', '', '2'] });
  });

  test('a file of a header line alone has no rows, and one of declared columns needs no header line', () => {
    expect(scan('a,b')).toMatchObject({ columns: ['a', 'b'], read: 0 });
    expect(scan('1,2\n', { columns: ['a', 'b'] })).toMatchObject({ columns: ['a', 'b'], read: 1, isPlain: true });
    expect(scan('', { columns: ['a', 'b'] })).toMatchObject({ read: 0 });
    expect(scan('\u{FEFF}1,2\n', { columns: ['a', 'b'] })).toMatchObject({ records: ['1,2'], isPlain: false });
  });

  test('quotes: fields with delimiters, quotes and line ends in them; other readers need a copy of line ends in quotes', () => {
    const found = scan('"a","b,c"\n"x,""y""",2\n3,"4\n5"\n');
    expect(found).toMatchObject({ columns: ['a', 'b,c'], read: 2, isQuoted: true, isPlain: false });
    expect(scan('a,b\n"x,y",2\n')).toMatchObject({ read: 1, isQuoted: true, isPlain: true });
  });

  test('a quote inside an unquoted field is content', () => {
    expect(scan('a,b\n19" screen, "4"\n')).toMatchObject({ read: 1, records: ['19" screen, "4"'], isPlain: false });
  });

  test('other delimiters and quotes, and no quotes at all', () => {
    expect(scan("a;b\n'x;y';2\n", { delimiter: ';', quote: "'" })).toMatchObject({ read: 1, isQuoted: true });
    expect(scan('a\tb\n"x\ty"\n', { delimiter: '\t', quote: '' })).toMatchObject({ read: 1, isQuoted: false });
  });

  test('columns without a name get one', () => {
    expect(scan(',b,\n1,2,3\n').columns).toEqual(['column_1', 'b', 'column_3']);
  });
});

describe('rejected records are counted with their line', () => {
  const long = 'x'.repeat(41);
  test.each<[string, string | Buffer, number, Record<string, number[]>]>([
    ['too few fields', 'a,b\n1,2\n3\n4,5\n', 2, { 'csv.columns': [3] }],
    ['too many fields', 'a,b\n1,2\n3,4,5\n4,5\n', 2, { 'csv.columns': [3] }],
    ['a trailing delimiter', 'a,b\n1,2,\n3,4\n', 1, { 'csv.columns': [2] }],
    ['lines are lines of the file', 'a,b\r\n1,"x\r\n\r\ny"\r\n3\r\n', 1, { 'csv.columns': [5] }],
    ['carriage returns alone count lines too', 'a,b\r"1\r2",3\r4\r', 1, { 'csv.columns': [4] }],
    ['text after a closing quote', 'a,b\n3,"4"x\n5,6\n', 1, { 'csv.quote': [2] }],
    ['a blank after a closing quote', 'a,b\n"3" ,4\n5,6\n', 1, { 'csv.quote': [2] }],
    ['a quote that never closes costs one line', 'a,b\n1,2\n3,"4\n5,6\n7,8\n', 3, { 'csv.quote': [3] }],
    ['a quote that never closes on the last line', 'a,b\n1,2\n3,"4', 1, { 'csv.quote': [3] }],
    ['a quote that does not close in time', `a,b\n1,"2\n${'3,4\n'.repeat(20)}`, 20, { 'csv.quote': [2] }],
    ['a long line', `a,b\n1,${long}\n3,4\n`, 1, { 'csv.too_long': [2] }],
    ['a long last line', `a,b\n3,4\n1,${long}`, 1, { 'csv.too_long': [3] }],
    ['a long quoted line', `a,b\n1,"${'y'.repeat(36)}"zzzz\n3,4\n`, 1, { 'csv.quote': [2] }],
    [
      'a long record over several lines',
      `a,b\n"1\n2",${long}\n3\n4,5\n`,
      1,
      { 'csv.too_long': [2], 'csv.columns': [4] },
    ],
    ['a longest line is no long line', `a,b\n1,${'x'.repeat(38)}\n3,4\n`, 2, {}],
    ['bytes that are not UTF-8', Buffer.from('a,b\n1,2\n3,\xff\n5,6\n', 'latin1'), 2, { 'csv.encoding': [3] }],
    ['half a character at the end', Buffer.from('a,b\n1,\xc3', 'latin1'), 0, { 'csv.encoding': [2] }],
    ['several of a kind, two shown', 'a,b\n1\n2\n3\n', 0, { 'csv.columns': [2, 3] }],
  ])('%s', (_name, content, read, reasons) => {
    for (const size of [1, 7, 1000]) {
      const found = scan(content, {}, size);
      expect({ read: found.read, reasons: rejected(found.rejects) }).toEqual({ read, reasons });
      expect(found.isPlain).toBe(Object.keys(reasons).length === 0);
    }
  });

  test('samples are shortened text, whatever the bytes', () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.alloc(5000, 0xff), Buffer.from('\n')]);
    const { samples } = scan(content, { maxBytes: 10_000 }).rejects.get('csv.encoding')!;
    expect(samples[0]!.text).toMatch(/^1,\u{FFFD}+…$/u);
    expect(samples[0]!.text).toHaveLength(201);
  });
});

describe('a file that cannot be read at all is refused', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /no header line/],
    ['UTF-16', Buffer.from('\u{FEFF}a,b\n', 'utf16le'), /UTF-16/],
    ['UTF-16, the other way round', Buffer.from('\u{FEFF}a,b\n', 'utf16le').swap16(), /UTF-16/],
    ['a name twice', 'id,ID\n1,2\n', /the column "ID" twice/],
    ['a broken header line', '"a"x,b\n1,2\n', /header line has a quoted field/],
    ['a header line of another encoding', Buffer.from('\xe9,b\n1,2\n', 'latin1'), /header line has bytes/],
  ])('%s', (_name, content, problem) => {
    expect(() => scan(content)).toThrow(problem);
  });
});

const PIECES = [
  'a',
  'é',
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '",',
  '\n"',
  'x,y\n',
  '1,"2"\n',
  '\0',
  '\xff',
  '\xc3',
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 });

test('how the bytes arrive makes no difference', () => {
  fc.assert(
    fc.property(soup, fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const bytes = Buffer.from(`a,b\n${pieces.join('')}`, 'latin1');
      expect(scan(bytes, {}, size)).toEqual(scan(bytes));
    }),
    { numRuns: 500 },
  );
});

test('what was written comes back', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '\t'), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field)), fc.constantFrom('\n', '\r\n'), (rows, lineEnd) => {
      const text = ['a,b', ...rows.map((row) => joinQuoted(row, ',', '"'))].join(lineEnd);
      const found = scan(text, { maxBytes: 100 });
      const read = found.records.map((record) => splitRecord(Buffer.from(record, 'latin1').toString(), ',', '"'));
      expect(read).toEqual(rows);
    }),
  );
});
