import { expect, test } from 'vitest';
import { folderWith, openListening } from '../imports-client.ts';
import { HOSTILE, naughtyStrings } from './hostile-texts.ts';

const ALL = [...new Set([...HOSTILE, ...(naughtyStrings() ?? [])].map((text) => text.toWellFormed()))];
const TEXTS = ALL.filter((text) => Array.from(text).length <= 255);
const IDS = TEXTS.filter((text) => text !== '' && Array.from(text).length <= 50);
const SLOW = { timeout: 300_000 };
type Row = { readonly customer_id: string; readonly customer_name: string; readonly region: string };

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const FORMATS = {
  csv: (rows: readonly Row[]) =>
    [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row) as string[])]
      .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
      .join(''),
  ndjson: (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
} as const;

test.each(['csv', 'ndjson'] as const)('ids and names of a file (%s) are stored as they are', SLOW, async (format) => {
  const { imported, ask, logged } = await openListening(folderWith(), { DEMO: 'off' });
  const rows = [
    ...TEXTS.map((text, i) => ({ customer_id: `name ${i}`, customer_name: text, region: 'by name' })),
    ...IDS.map((text) => ({ customer_id: text, customer_name: 'x', region: 'by id' })),
  ];
  const done = await imported(`?table=customers&format=${format}`, { rows: FORMATS[format](rows) });
  expect(done).toMatchObject({ state: 'imported', rejected: [], problem: null });
  const { text } = await ask('/v1/customers?format=ndjson&fields=customerId,customerName,region');
  const shown = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { customerId: string; customerName: string; region: string });
  // An empty field is null (docs/imports.md).
  const names = new Map(shown.map(({ customerId, customerName }) => [customerId, customerName]));
  expect(names).toEqual(new Map(rows.map((row) => [row.customer_id, row.customer_name || null])));
  expect(shown).toHaveLength(rows.length);
  // The tables are there, and take further rows.
  expect(await imported('?table=products', { p: 'product_id,product_name\nP,Tea\n' })).toMatchObject({
    state: 'imported',
  });
  expect(logged).toEqual([]);
});

/** As a form sends it: names that may be file names, in bytes. */
const NAMES = HOSTILE.filter((text) => text.length < 200 && !/[/\\\0]/.test(text) && !['', '.', '..'].includes(text));

test('as names of uploaded files: read as any other file', SLOW, async () => {
  const folder = folderWith();
  const { upload, ended, ask, logged } = await openListening(folder, { DEMO: 'off' });
  for (const name of NAMES) {
    const begun = await upload('?table=customers&mode=replace', { [name]: 'customer_id\nA\n' });
    expect([name, begun.status]).toEqual([name, 202]);
    const { state, problem } = await ended(begun.json.data.id);
    expect([name, state, problem]).toEqual([name, 'imported', null]);
  }
  expect((await ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'A' }]);
  expect(logged).toEqual([]);
});
