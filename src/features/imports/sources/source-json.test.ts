import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from '../../../../test/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referenceData } from '../../../../test/reference-data.ts';
import { jsonScanner, type JsonOptions } from './json-scan.ts';
import { sourceWorld } from './test-source.ts';

let world: Awaited<ReturnType<typeof sourceWorld>>;
beforeAll(async () => {
  world = await sourceWorld();
});
afterAll(() => world.close());

describe('JSON becomes rows of text', () => {
  const rows = [
    ['1.10', 'x, "y"\n', null],
    [null, null, '[1,{"z":1e400}]'],
    ['true', '', null],
  ].map((row) => row.map((value) => value || null));
  const objects = ['{"a": 1.10, "b": "x, \\"y\\"\\n"}', '{"c": [1, {"z": 1e400}], "a": null}', '{"a":true,"b":""}'];

  test.each<[string, string, string, number[]]>([
    ['an array', 'json', `[${objects.join(',')}]`, [1, 1, 1]],
    ['an array over many lines', 'json', `\n[\n${objects.join('\n,\n')}\n]\n`, [3, 5, 7]],
    ['objects one after another', 'json', objects.join(''), [1, 1, 1]],
    ['pretty-printed', 'json', objects.map((o) => o.replace('{', '{\n ').replace(/\}$/, '\n}')).join('\n'), [1, 4, 7]],
    ['lines', 'ndjson', `${objects[0]}\n\n${objects[1]}\r\n${objects[2]}`, [1, 3, 4]],
  ])('%s', async (_name, format, text, lines) => {
    for (const content of [text, `\u{FEFF}${text}`, gzipSync(text), Buffer.from(`\u{FEFF}${text}`, 'utf16le')]) {
      expect(await world.look(content)).toMatchObject({ form: { format }, columns: ['a', 'b', 'c'], rows, lines });
    }
  });

  test('one object; digits, escapes and blanks as they are written; keys by their first appearance', async () => {
    const found = await world.look(
      '{"n":12345678901234567890.10,"\\u00e9":"\\ud83d\\ude00","o":{ "a b" : [ 1.0 , "] }" ] }}',
    );
    expect(found).toMatchObject({ form: { format: 'json' }, columns: ['n', 'é', 'o'] });
    expect(found.rows).toEqual([['12345678901234567890.10', '😀', '{"a b":[1.0,"] }"]}']]);
  });

  test('declared columns come first, null texts are null, one empty column is a row', async () => {
    const declared = { columns: ['b', 'a'], nullTexts: ['NA'] };
    expect(await world.look('[{"a":"NA","c":1}]', declared)).toMatchObject({
      columns: ['b', 'a', 'c'],
      rows: [[null, null, '1']],
    });
    expect((await world.look('[]', declared)).rows).toEqual([]);
    expect((await world.look('{"a":""}\n{"a":null}\n{}\n')).rows).toEqual([[null], [null], [null]]);
  });

  test('keys that are no names, or only in one case', async () => {
    const found = await world.look('[{"":1,"column_1":2,"__proto__":3,"a\'b\\"c":4,"rowid":5},{"COLUMN_1":6}]');
    expect(found.columns).toEqual(['column_1_', 'column_1', '__proto__', 'a\'b"c', 'rowid']);
    expect(found.rows).toEqual([
      ['1', '2', '3', '4', '5'],
      [null, '6', null, null, null],
    ]);
  });

  test('a key that comes late: all rows have it, and rejected records are told once', async () => {
    const found = await world.look('{"a":1}\n[]\n{"b":2}\n');
    expect(found).toMatchObject({
      rows: [
        ['1', null],
        [null, '2'],
      ],
      rejects: [{ line: 2, text: '[]' }],
    });
  });
});

describe('rejected records are counted by reason with their line', () => {
  const long = `{"a":"${'x'.repeat(6000)}"}`;
  const bad = [
    '{"a":2',
    '[1]',
    long,
    '{"a":"\\ud800"}',
    '{"a":1,"A":2}',
    '{"a\\u0000":1}',
    `{"${'k'.repeat(1001)}":1}`,
  ];
  const reasons = ['syntax', 'not_an_object', 'too_long', 'encoding', 'duplicate_key', 'key', 'key'];

  test('a broken line costs that line', async () => {
    const { rows, rejects, scan } = await world.look(`{"a":1}\n${bad.join('\n')}\n{"a":3}`);
    expect(rows).toEqual([['1'], ['3']]);
    expect(rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual(reasons.map((r, i) => `${i + 2} json.${r}`));
    expect(rejects.map(({ text }) => text)).toEqual(bad.map((text) => text.slice(0, 5000)));
    expect([...scan.rejects.values()].map((reject) => reject.rows)).toEqual([1, 1, 1, 1, 1, 2]);
  });

  test('a broken element costs that element', async () => {
    const elements = ['{"a":}', ...bad.slice(1), '', '5', '{"a":7} {"a":8}'];
    const { rows, rejects } = await world.look(`[{"a":1},${elements.join(',\n')},{"a":3}]`);
    expect(rows).toEqual([['1'], ['3']]);
    expect(rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual(
      [...reasons, 'syntax', 'not_an_object', 'syntax'].map((r, i) => `${i + 1} json.${r}`),
    );
    const sequence = await world.look('{"a":1} , {"a":2}{"a":3}}\n12 x[1]', { format: 'json' });
    expect(sequence.rows).toEqual([['1'], ['2'], ['3']]);
    expect(sequence.rejects.map(({ text }) => text)).toEqual([',', '}', '12', 'x', '[1]']);
  });

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.from('{"a":1}\n{"a":"é"}\n{"a":"\xff"}\n', 'latin1');
    const { rejects } = await world.look(bytes, { encoding: 'utf-8' });
    expect(rejects.map(({ reason }) => reason)).toEqual(['json.encoding', 'json.encoding']);
  });
});

describe('a file that cannot be read as a whole is refused', () => {
  test.each<[string, string, RegExp]>([
    ['an array cut in the middle', '[{"a":1},{"a":2', /the record that starts on line 1 does not end/],
    ['an array cut between two', '[{"a":1},', /its array does not end/],
    ['an object cut', '{"a":1}\n{"a":\n[2', /the record that starts on line 2 does not end/],
    ['something after the array', '[{"a":1}]\n{"a":2}', /something follows the end of its array on line 2/],
    ['a bomb of brackets', '['.repeat(100_000), /does not end/],
    ['nothing in it', '[ ]', /no object with a key/],
    ['no object', '[1,2]', /2 json\.not_an_object/],
    ['too many keys', `{${Array.from({ length: 1001 }, (_, i) => `"k${i}":1`).join()}}`, /more than 1000 keys/],
  ])('%s', async (_name, content, problem) => {
    await expect(world.look(content, { format: 'json' }, { maxBytes: 50_000 })).rejects.toThrow(problem);
  });

  test('deep nesting that ends is a value', async () => {
    const deep = '['.repeat(2000) + ']'.repeat(2000);
    expect((await world.look(`{"a":${deep}}\n{"a":1}\n`)).rows).toEqual([[deep], ['1']]);
  });
});

/** What is found when the bytes come in pieces of `size`. */
function scan(bytes: Buffer, size: number, format: JsonOptions['format']) {
  const told: unknown[] = [];
  const options = { format, columns: [], maxBytes: 30, samples: 2, onReject: (reject: unknown) => told.push(reject) };
  const scanner = jsonScanner(options, (row) => told.push([...row]));
  try {
    for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
    const { columns, read, blankLines } = scanner.end();
    return { told, columns, read, blankLines };
  } catch (error) {
    return { told, error: String(error) };
  }
}

test('how the bytes arrive makes no difference', () => {
  const pieces = [
    '{"a":1}',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '\\',
    '\n',
    ' ',
    '1',
    ':',
    '"a"',
    '\u{FEFF}',
    '{"é":"x"}',
    'x'.repeat(40),
  ];
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 30 });
  fc.assert(
    fc.property(soup, fc.integer({ min: 1, max: 7 }), fc.constantFrom('json', 'ndjson'), (parts, size, format) => {
      const bytes = Buffer.from(parts.join(''));
      expect(scan(bytes, size, format)).toEqual(scan(bytes, 1_000_000, format));
    }),
    { numRuns: 1000 },
  );
});

const spectrum = referenceData('csv_edge_cases/csv-spectrum/json');
describe.skipIf(spectrum === undefined)('csv-spectrum: the JSON of all twelve files', () => {
  test.each(spectrum === undefined ? [] : readdirSync(spectrum))('%s', async (name) => {
    const text = readFileSync(join(spectrum!, name), 'utf8');
    const expected = [JSON.parse(text) as Record<string, string>].flat();
    for (const content of [text, expected.map((object) => JSON.stringify(object)).join('\n')]) {
      const { rows, columns } = await world.look(content);
      const objects = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ''])));
      expect(objects).toEqual(expected);
    }
  });
});
