import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { joinQuoted } from './csv-split.ts';
import { readFooter } from './parquet-footer.ts';
import { sourceReport } from './source-report.ts';
import { sourceWorld } from './test-source.ts';
import { transcoder } from './transcode.ts';

let world: Awaited<ReturnType<typeof sourceWorld>>;
beforeAll(async () => {
  world = await sourceWorld();
});
afterAll(() => world.close());

const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('encodings', () => {
  const text = 'name,town\nJosé,Zürich\n"a\nb",—\n';
  const rows = [
    ['José', 'Zürich'],
    ['a\nb', '—'],
  ];
  test.each<[string, string, Buffer]>([
    ['utf-8', 'utf-8', Buffer.from(text)],
    ['utf-8 with a mark', 'utf-8', Buffer.from(`\u{FEFF}${text}`)],
    ['utf-16le with a mark', 'utf-16le', utf16le(`\u{FEFF}${text}`)],
    ['utf-16be with a mark', 'utf-16be', utf16be(`\u{FEFF}${text}`)],
    ['utf-16le', 'utf-16le', utf16le(text)],
    ['utf-16be', 'utf-16be', utf16be(text)],
    ['windows-1252', 'windows-1252', latin1(text.replace('—', '\x97'))],
  ])('%s, plain and packed', async (_name, encoding, bytes) => {
    for (const content of [bytes, gzipSync(bytes)]) {
      expect(await world.look(content)).toMatchObject({ form: { encoding }, rows, rejects: [], lines: [2, 3] });
    }
  });

  test('UTF-16 without a mark and with little ASCII', async () => {
    const content = utf16be(`名,町\n${'北海道の人,札幌市中央区\n'.repeat(10)}`);
    expect(await world.look(content)).toMatchObject({ form: { encoding: 'utf-16be' }, columns: ['名', '町'] });
  });

  test('some NUL characters do not make UTF-16, and one broken byte among UTF-8 not Windows-1252', async () => {
    const found = await world.look('a,b\n\0,1\n2,3\n');
    expect(found).toMatchObject({
      form: { encoding: 'utf-8' },
      rows: [
        ['\0', '1'],
        ['2', '3'],
      ],
    });
    const broken = Buffer.concat([Buffer.from('a,b\né,1\n'), latin1('\xe9,2\n')]);
    expect(await world.look(broken)).toMatchObject({
      form: { encoding: 'utf-8' },
      rejects: [{ line: 3, text: '\u{FFFD},2' }],
    });
  });

  test('what is no character is counted, never replaced', async () => {
    const half = Buffer.concat([utf16le('a,b\n1,2\n3,\ud83d\n4,'), utf16le('\ude00\n5,6\n'), Buffer.from([65])]);
    const found = await world.look(half);
    expect(found.rows).toEqual([
      ['1', '2'],
      ['5', '6'],
    ]);
    expect(found.rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual(
      [3, 4, 6].map((line) => `${line} csv.encoding`),
    );
    const undefinedBytes = await world.look(latin1('a,b\n\x80,1\n\x81,2\n'));
    expect(undefinedBytes).toMatchObject({ rows: [['€', '1']], rejects: [{ line: 3, reason: 'csv.encoding' }] });
  });

  test('a declared encoding is taken, unless the mark says another', async () => {
    expect((await world.look(latin1('a\n\xc3\xa9\n'), { encoding: 'windows-1252' })).rows).toEqual([['Ã©']]);
    expect((await world.look(utf16le('a\n名\n'), { encoding: 'utf-16le' })).rows).toEqual([['名']]);
    await expect(world.look(utf16le('\u{FEFF}a\n'), { encoding: 'utf-8' })).rejects.toThrow(
      /its byte order mark says utf-16le/,
    );
  });

  test('the pieces that bytes come in make no difference', () => {
    const encodings = fc.constantFrom('utf-16le', 'utf-16be', 'windows-1252', 'utf-8');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        encodings,
        (array, size, encoding) => {
          const bytes = Buffer.from(array);
          const inPieces = (length: number) => {
            const { push, end } = transcoder(encoding);
            const pieces: Buffer[] = [];
            for (let at = 0; at < bytes.length; at += length) pieces.push(push(bytes.subarray(at, at + length)));
            return Buffer.concat([...pieces, end()]).toString('hex');
          };
          expect(inPieces(size)).toBe(inPieces(100));
        },
      ),
    );
  });
});

describe('delimiters and quotes', () => {
  test.each<[string, string, string, string, string[]]>([
    ['comma', 'a,b\n1,2\n', ',', '"', ['1', '2']],
    ['semicolon with decimal commas', 'a;b\n1,5;2,5\n', ';', '"', ['1,5', '2,5']],
    ['tab', 'a\tb\n1\t2\n', '\t', '"', ['1', '2']],
    ['bar', 'a|b\n"1|2"|3\n', '|', '"', ['1|2', '3']],
    ['quotes of one stroke', "a,b\n'1,2','it''s'\n", ',', "'", ['1,2', "it's"]],
    ['an apostrophe is no quote', "a,b\n'tis,1\nx,y\n", ',', '"', ["'tis", '1']],
    ['a word in strokes is no quoting', "a,b\n1,'x'\n2,3\n4,5\n", ',', '"', ['1', "'x'"]],
    ['undecided', 'a;b\n1\n2\n3\n', ',', '"', ['1']],
    ['one column', 'a\n1\n2\n', ',', '"', ['1']],
    ['records that do not fit', 'a,b\n1\n2,3\n4,5\n', ',', '"', ['2', '3']],
  ])('%s', async (_name, content, delimiter, quote, row) => {
    const found = await world.look(content);
    expect(found).toMatchObject({ form: { delimiter, quote } });
    expect(found.rows[0]).toEqual(row);
  });

  test('what is declared is not detected', async () => {
    const declared = { format: 'csv', encoding: 'utf-8', delimiter: ';', quote: '' } as const;
    const found = await world.look('a,b;c\n1;2\n', declared);
    expect(found).toMatchObject({ form: { ...declared, detected: ['compression'] }, columns: ['a,b', 'c'] });
    expect(await world.look('{"a";b\n1;2\n', { delimiter: ';' })).toMatchObject({
      form: { format: 'csv', quote: '"' },
    });
    const headless = await world.look('1;2\n3;4\n', { columns: ['a', 'b'] });
    expect(headless).toMatchObject({
      form: { delimiter: ';' },
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
      lines: [1, 2],
    });
    expect(sourceReport(found)).toMatchObject({ ...declared, compression: null, rows: 1, read: 1, rejected: 0 });
  });
});

describe('other files', () => {
  test.each<[string, Buffer, RegExp]>([
    ['zip', Buffer.from('PK\x03\x04....'), /zip archive .* save the sheet as CSV/],
    ['bzip2', Buffer.from('425a6839314159265359', 'hex'), /bzip2/],
    ['xz', Buffer.from('fd377a585a000004', 'hex'), /an xz file/],
    ['zstd', Buffer.from('28b52ffd0458', 'hex'), /Zstandard/],
    ['a packed tar', gzipSync(Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar')])), /tar archive/],
    ['gzip twice', gzipSync(gzipSync('a\n1\n')), /gzip twice/],
    ['nothing', Buffer.alloc(0), /no header line/],
    ['nothing, packed', gzipSync(''), /no header line/],
    ['a name twice', Buffer.from('id,ID\n1,2\n'), /twice/],
    ['a NUL in the header', Buffer.from('a\0,b\n1,2\n'), /NUL/],
    [
      '1001 columns',
      Buffer.from(`${Array.from({ length: 1001 }, (_, i) => `c${i}`).join()}\n`),
      /1001 columns; at most 1000/,
    ],
  ])('%s', async (_name, content, problem) => {
    await expect(world.look(content, {}, { maxBytes: 50_000 })).rejects.toThrow(problem);
  });

  test('a header line alone, lone carriage returns, mixed line ends', async () => {
    expect(await world.look('a,b\n')).toMatchObject({ columns: ['a', 'b'], rows: [] });
    expect(await world.look('a,b\r1,2\r3,4')).toMatchObject({
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
      lines: [2, 3],
    });
    expect(await world.look('a,b\n1,2\r\n3,4\r5,6')).toMatchObject({
      rows: [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    });
  });

  test('what says nothing about a format', async () => {
    const refused: [string, Partial<ImportSource>][] = [
      ['delimiter', { format: 'json', delimiter: ',' }],
      ['quote', { format: 'ndjson', quote: '"' }],
      ['encoding', { format: 'parquet', encoding: 'utf-8' }],
      ['null_texts', { format: 'parquet', nullTexts: ['NA'] }],
    ];
    for (const [word, source] of refused)
      await expect(world.look('{}', source)).rejects.toThrow(`${word} says nothing`);
  });
});

describe('Parquet', () => {
  const parquet = async (select: string) => {
    const path = join(world.folder, 'made.parquet');
    await world.warehouse.rows(`copy (${select}) to '${path}' (format parquet)`);
    return readFileSync(path);
  };

  test('is read as it is typed, plain and packed, whole or not at all', async () => {
    const bytes = await parquet(`select i as id, {'x': i} as "it's", null::date as d from range(3) r(i)`);
    for (const content of [bytes, gzipSync(bytes)]) {
      const found = await world.look(content);
      expect(found).toMatchObject({ form: { format: 'parquet', encoding: null }, columns: ['id', "it's", 'd'] });
      expect(found.rows).toEqual([0, 1, 2].map((i) => [i, { x: i }, null]));
      expect(found).toMatchObject({ scan: { read: 3 }, lines: [undefined, undefined, undefined] });
    }
    await expect(world.look(bytes.subarray(0, bytes.length / 2))).rejects.toThrow(/cut off/);
    await expect(world.look(Buffer.from('PAR1'))).rejects.toThrow(/cut off/);
    await expect(world.look('a,b\n1,2\n', { format: 'parquet' })).rejects.toThrow(/no Parquet file/);
    await expect(world.look(bytes, { format: 'csv' })).rejects.toThrow(/declared as csv, and it is a Parquet file/);
    await expect(world.look(bytes, {}, { fileBytes: 10 })).rejects.toThrow(/IMPORT_BYTES/);
  });

  test('without rows', async () => {
    expect(await world.look(await parquet('select 1 as id where false'))).toMatchObject({ columns: ['id'], rows: [] });
  });

  test('a damaged footer is refused, and never hangs or exhausts memory', async () => {
    const bytes = await parquet('select i as id from range(3) r(i)');
    const length = bytes.readUInt32LE(bytes.length - 8);
    const footer = bytes.subarray(bytes.length - 8 - length, -8);
    const endless = Buffer.concat([bytes.subarray(0, -8), Buffer.from('ffffff7f', 'hex'), Buffer.from('PAR1')]);
    await expect(world.look(endless)).rejects.toThrow(/footer is damaged/);
    const zeros = Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(length), bytes.subarray(-8)]);
    await expect(world.look(zeros)).rejects.toThrow(/footer is damaged/);
    expect(readFooter(footer)).toEqual({ rows: 3, columns: ['id'], bytes: expect.any(Number) });
    fc.assert(
      fc.property(fc.nat(length - 1), fc.nat(255), fc.nat(length), (at, byte, cut) => {
        const damaged = Buffer.from(footer.subarray(0, cut));
        if (at < cut) damaged[at] = byte;
        readFooter(damaged);
      }),
      { numRuns: 2000 },
    );
    for (const nested of ['1c', '19', '1b', '17', '18ffffffffffffffffffff01'])
      readFooter(Buffer.from(nested.repeat(50), 'hex'));
  });
});

describe('a bomb', () => {
  const memory = () => process.memoryUsage().rss / 1e6;
  test.each<[string, string]>([
    ['one endless line', 'x'.repeat(1000)],
    ['blank lines', '\n'],
    ['an endless array', '[['],
    ['endless white space', ' '],
  ])('of %s is stopped by IMPORT_BYTES, in flat memory', async (name, piece) => {
    const head = name === 'an endless array' ? '[' : 'a\n';
    writeFileSync(join(world.folder, 'bomb.gz'), gzipSync(head + piece.repeat(6e6 / piece.length)));
    const before = memory();
    await expect(world.ready('bomb.gz', {}, { fileBytes: 4e6 })).rejects.toThrow(
      /more than 4000000 bytes .* IMPORT_BYTES/,
    );
    expect(memory() - before).toBeLessThan(100);
  });
});

describe('any names and values', () => {
  const naughty = [
    "'",
    '"',
    '*?[1]',
    "a'; drop table customers; --",
    '-rf',
    '😀',
    'a\nb',
    '\\',
    '%s',
    '名',
    'x'.repeat(200),
    '#',
    ' ',
    '$$',
  ];

  test('naughty names of files', async () => {
    for (const name of naughty.filter((one) => one !== ' ')) {
      await world.write('a,b\n1,"2\n3"\n4\n', name);
      expect(await world.rowsOfReady(await world.ready(name))).toEqual([['1', '2\n3']]);
      await world.write('a,b\n1,2\n', name);
      expect(await world.rowsOfReady(await world.ready(name))).toEqual([['1', '2']]);
    }
    await expect(world.ready('x'.repeat(300))).rejects.toThrow(/too long/);
  });

  test('naughty values and columns, in every format', async () => {
    const object = Object.fromEntries(naughty.map((text, i) => [text, naughty.at(-1 - i)!]));
    const csv = [Object.keys(object), Object.values(object)].map((row) => joinQuoted(row, ',', '"')).join('\n');
    for (const content of [csv, JSON.stringify([object], null, 2), JSON.stringify(object)]) {
      expect(await world.look(content)).toMatchObject({ columns: Object.keys(object), rows: [Object.values(object)] });
    }
  });

  test('a table of texts comes back, however it was written', async () => {
    const cell = fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom(...naughty));
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    const writers: Record<string, (rows: string[][], names: string[]) => [Buffer, Partial<ImportSource>]> = {
      csv: (rows, names) => [
        Buffer.from([names, ...rows].map((row) => joinQuoted(row, ',', '"')).join('\r\n')),
        { delimiter: ',', quote: '"', encoding: 'utf-8' },
      ],
      tabs: (rows, names) => [
        utf16be(`\u{FEFF}${[names, ...rows].map((row) => joinQuoted(row, '\t', "'")).join('\n')}`),
        { delimiter: '\t', quote: "'" },
      ],
      json: (rows, names) => [Buffer.from(JSON.stringify(objects(rows, names), null, 1)), {}],
      ndjson: (rows, names) => [
        utf16le(
          `\u{FEFF}${objects(rows, names)
            .map((object) => JSON.stringify(object))
            .join('\n')}`,
        ),
        {},
      ],
    };
    const objects = (rows: string[][], names: string[]) =>
      rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])));
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(...Object.keys(writers)), async (rows, writer) => {
        const names = rows[0]!.map((_, i) => `c${i}`);
        const [content, declared] = writers[writer]!(rows, names);
        const found = await world.look(content, declared);
        expect(found.rows).toEqual(rows.map((row) => row.map((value) => value || null)));
      }),
      { numRuns: 150 },
    );
  });
});
