import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referenceData } from '../../../../test/reference-data.ts';
import { tenant } from '../../../data/warehouse/tenant.ts';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { splitRecord } from './csv-split.ts';
import { csvScanner } from './csv-scan.ts';
import { readySource } from './source.ts';
import { readSource } from './source-queries.ts';
import { testWarehouse } from '../test-warehouse.ts';

const owner = tenant('default');
const MAX_BYTES = 5000;
let warehouse: Awaited<ReturnType<typeof testWarehouse>>;
let folder: string;

beforeAll(async () => {
  warehouse = await testWarehouse();
  folder = await mkdtemp(join(tmpdir(), 'import-source-'));
});
afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true });
});

const ready = (name: string, source: Partial<ImportSource> = {}, signal?: AbortSignal) =>
  readySource(
    {
      name: 'source',
      file: name,
      delimiter: undefined,
      quote: undefined,
      nullTexts: [],
      columns: undefined,
      ...source,
    },
    join(folder, name),
    { workDir: folder, maxBytes: MAX_BYTES, fileBytes: 1e9, samples: 3, progress: () => {}, signal },
  );

/** The rows that the warehouse reads from a file of this content. */
async function rowsOf(content: string | Buffer, source: Partial<ImportSource> = {}, name = 'rows.csv') {
  await writeFile(join(folder, name), content);
  return rowsOfReady(await ready(name, source));
}

async function rowsOfReady(one: Awaited<ReturnType<typeof ready>>) {
  return warehouse.write(owner, async (writer) => {
    await writer.run('drop view if exists source');
    await writer.run(readSource(one, false, MAX_BYTES));
    const { rowCount, columns } = await writer.query('select * from source');
    return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]));
  });
}

describe('the warehouse reads what the check found', () => {
  test('an empty field is null, quoted or not, and so are the null texts', async () => {
    const content = 'a,b\n1,\n"",NA\n"NA",""\nna, \n';
    expect(await rowsOf(content)).toEqual([
      ['1', null],
      [null, 'NA'],
      ['NA', null],
      ['na', ' '],
    ]);
    expect(await rowsOf(content, { nullTexts: ['NA', "it's"] })).toEqual([
      ['1', null],
      [null, null],
      [null, null],
      ['na', ' '],
    ]);
  });

  test('everything is text: nothing is trimmed, guessed or repaired', async () => {
    const content = 'a,b\n007,1e3\n 1 ,\tx\n#1,2024-02-30\n19" wide, "q"\n\0,\\\n';
    const rows = [
      ['007', '1e3'],
      [' 1 ', '\tx'],
      ['#1', '2024-02-30'],
      ['19" wide', ' "q"'],
      ['\0', '\\'],
    ];
    expect(await rowsOf(content)).toEqual(rows);
  });

  test('declared delimiters, quotes and column names', async () => {
    const declared = { delimiter: ';', quote: "'", columns: ['x y', "it's"] };
    expect(await rowsOf("'a;b';2\n1;'it''s'\n", declared)).toEqual([
      ['a;b', '2'],
      ['1', "it's"],
    ]);
    expect(await rowsOf('"a|b"\n', { delimiter: '|', quote: '', columns: ['x', 'y'] })).toEqual([['"a', 'b"']]);
    expect(await rowsOf('\u{FEFF}1,2\n', { columns: ['x', 'y'] })).toEqual([['1', '2']]);
  });

  test('one column: a blank line is an empty value', async () => {
    expect(await rowsOf('a\n1\n\n2\n\n')).toEqual([['1'], [null], ['2'], [null]]);
    expect(await rowsOf('a\n1\n\n2\n\n', { quote: '' })).toEqual([['1'], [null], ['2'], [null]]);
  });

  test('a path is a path, not a pattern', async () => {
    await mkdir(join(folder, 'a[1]*'));
    await writeFile(join(folder, 'a[1]*/x?.csv'), 'a\nright\n');
    await writeFile(join(folder, 'a[1]*/xy.csv'), 'a\nwrong\n');
    expect(await rowsOfReady(await ready('a[1]*/x?.csv'))).toEqual([['right']]);
  });

  test('gzip, whatever the name, plain and with records to leave out, and of several parts', async () => {
    expect(await rowsOf(gzipSync('a,b\n1,2\n'), {}, 'data.csv.gz')).toEqual([['1', '2']]);
    expect(await rowsOf(gzipSync('a,b\n1,2\n3\n'), {}, 'data.txt')).toEqual([['1', '2']]);
    const parts = Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n')]);
    expect(await rowsOf(parts)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('a plain file is read where it lies, another through a copy', async () => {
    await writeFile(join(folder, 'plain.csv'), 'a,b\n1,2\n');
    await writeFile(join(folder, 'ragged.csv'), 'a,b\r\n1,2\r\n3\r\n4,5"x\r\n');
    expect((await ready('plain.csv')).readable).toMatchObject({
      path: join(folder, 'plain.csv'),
      isGzip: false,
      isCopy: false,
    });
    const { readable } = await ready('ragged.csv');
    expect(readable).toMatchObject({ path: join(folder, 'source.csv'), isGzip: false, isCopy: true });
    expect(await readFile(readable.path, 'utf8')).toBe('1,2\n"4","5""x"\n');
  });

  test('any bytes: rows of the file = rows read + rows rejected, and the values are the ones in the file', async () => {
    const pieces = [
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
      ',"',
      'x,y\n',
      '1,"2"\n',
      '\0',
      '\xff',
    ];
    const content = fc.array(fc.constantFrom(...pieces), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(content, fc.constantFrom('a,b\n', 'a\n', 'a,b\r\n'), async (body, head) => {
        const bytes = Buffer.concat([Buffer.from(head), Buffer.from(body.join(''), 'latin1')]);
        const expected: (string | null)[][] = [];
        const options = { delimiter: ',', quote: '"', columns: undefined, maxBytes: MAX_BYTES, samples: 0 };
        const scanner = csvScanner(options, {
          onRecord: (buffer, from, end) =>
            expected.push(splitRecord(buffer.toString('utf8', from, end), ',', '"').map((field) => field || null)),
        });
        scanner.push(bytes);
        scanner.end();
        const declared = { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"' } as const;
        expect(await rowsOf(bytes, declared)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('a border of the reader’s blocks (32 MB) within a quoted field', async () => {
    const count = 9000;
    const line = `1,"${('x\n'.repeat(500) + '""').repeat(4)}"\n`;
    await writeFile(join(folder, 'large.csv'), `a,b\n${line.repeat(count)}`);
    const one = await ready('large.csv');
    const counts = await warehouse.write(owner, async (writer) => {
      await writer.run('drop view if exists source');
      await writer.run(readSource(one, false, MAX_BYTES));
      const value = "repeat(repeat('x\n', 500) || '\"', 4)";
      const text = `select count(*), count(*) filter (where a = '1' and b = ${value}) from source`;
      return (await writer.query(text)).columns.map(([value]) => Number(value));
    });
    expect(counts).toEqual([count, count]);
    await rm(join(folder, 'large.csv'));
  });
});

describe('files that cannot be read', () => {
  test('absent, a folder, not allowed dialects, cut or damaged gzip', async () => {
    await expect(ready('absent.csv')).rejects.toThrow(/absent\.csv cannot be read: there is no such file/);
    await expect(ready('.')).rejects.toThrow(/is not a file/);
    await writeFile(join(folder, 'ok.csv'), 'a\n1\n');
    await expect(ready('ok.csv', { delimiter: '§' })).rejects.toThrow(/delimiter must be one ASCII character/);
    await expect(ready('ok.csv', { quote: '\n' })).rejects.toThrow(/quote must be one ASCII character/);
    await expect(ready('ok.csv', { delimiter: '"', quote: '"' })).rejects.toThrow(/must differ/);
    const packed = gzipSync(`a,b\n${'1,2\n'.repeat(10_000)}`);
    await expect(rowsOf(packed.subarray(0, packed.length - 20))).rejects.toThrow(/cut off/);
    await expect(rowsOf(Buffer.concat([packed.subarray(0, 30), Buffer.alloc(60, 7)]))).rejects.toThrow(/damaged/);
  });

  test('an abort between two pieces of a file', async () => {
    await writeFile(join(folder, 'ok.csv'), 'a\n1\n');
    await expect(ready('ok.csv', {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

const spectrum = referenceData('csv_edge_cases/csv-spectrum');
describe.skipIf(spectrum === undefined)('csv-spectrum: all twelve files parse to their JSON', () => {
  const names =
    spectrum === undefined ? [] : readdirSync(join(spectrum, 'csvs')).map((name) => name.replace('.csv', ''));
  test.each(names)('%s', async (name) => {
    const rows = await rowsOf(await readFile(join(spectrum!, 'csvs', `${name}.csv`)));
    const { columns } = (await ready('rows.csv')).scan;
    const json = JSON.parse(await readFile(join(spectrum!, 'json', `${name}.json`), 'utf8')) as unknown;
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ''])));
    // The set contradicts itself here: one object instead of a list, with a telephone number that its CSV has not.
    if (name === 'location_coordinates') objects[0]!['Contact Phone Number'] = '1234567890';
    expect(objects).toEqual([json].flat());
  });

  test('there are twelve', () => expect(names).toHaveLength(12));
});
