import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tenant } from '../../src/data/warehouse/tenant.ts';
import { folderWith, openListening } from '../imports-client.ts';

type Listening = Awaited<ReturnType<typeof openListening>>;
const KEPT = 'customer_id\nkept\n';
const SLOW = { timeout: 120_000 };

let folder: string;
let world: Listening;
beforeEach(async () => {
  folder = folderWith();
  world = await openListening(folder, { DEMO: 'off', IMPORT_BYTES: 100_000 });
  await world.imported('?table=customers', { 'c.csv': KEPT });
});
/** What was there stays as it was, and the service says nothing of faults of its own. */
afterEach(() => expect(world.logged).toEqual([]));
const expectUnchanged = async () => {
  expect((await world.ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'kept' }]);
  expect((await world.ask('/v1/relationships')).json.data).toEqual([]);
};

test.each([
  [
    'a header without the id',
    'customer,customer_name\nA,Ann\n',
    /no column "customer_id".*"customer", "customer_name"/,
  ],
  ['no header at all', 'A,Ann\nB,Bo\n', /no column "customer_id".*it has "A", "Ann"/],
  ['nothing', '', /.+/],
])('%s: the problem says what is missing and what is there', SLOW, async (_, text, words) => {
  const failed = await world.imported('?table=customers', { 'c.csv': text });
  expect(failed).toMatchObject({ state: 'failed', problem: expect.stringMatching(words) });
  await expectUnchanged();
});

test('a Parquet file, whole and cut in half', SLOW, async () => {
  const file = join(folder, 'rows.parquet');
  const { warehouse } = world.service.current().data;
  await warehouse.write(tenant('default'), (writer) =>
    writer.run(`copy (select 'P' || i as customer_id from range(5000) t(i)) to '${file}' (format parquet)`),
  );
  const bytes = readFileSync(file);
  for (const part of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(0, -1)]) {
    const failed = await world.imported('?table=customers', { 'rows.parquet': part });
    expect(failed).toMatchObject({ state: 'failed', problem: expect.stringContaining('rows.parquet') });
    await expectUnchanged();
  }
  expect(await world.imported('?table=customers', { 'rows.parquet': bytes })).toMatchObject({
    state: 'imported',
    report: { tables: [{ rowsOut: 5_000 }] },
  });
});

test.each(['csv', 'ndjson'])('a gzip bomb (%s) is given up at IMPORT_BYTES', SLOW, async (format) => {
  const line = format === 'csv' ? 'A\n' : '{"customer_id":"A"}\n';
  const bomb = gzipSync((format === 'csv' ? 'customer_id\n' : '') + line.repeat(5_000_000));
  expect(bomb.length).toBeLessThan(1_000_000);
  const failed = await world.imported(`?table=customers&format=${format}`, { 'bomb.gz': bomb });
  expect(failed).toMatchObject({ state: 'failed', problem: expect.stringMatching(/IMPORT_BYTES|100000 bytes/) });
  await expectUnchanged();
});

const BAD: readonly (readonly [table: string, column: string, value: string, reason: string])[] = [
  ['customers', 'customer_id', 'x'.repeat(51), 'customer_id.too_long'],
  ['customers', 'customer_id', '', 'customer_id.missing'],
  ['customers', 'registration_date', '0000-00-00', 'registration_date.not_a_date'],
  ['customers', 'registration_date', '2024-02-30', 'registration_date.not_a_date'],
  ['customers', 'registration_date', '12000-01-01', 'registration_date.out_of_range'],
  ['customer_products', 'start_date', '2023-02-29', 'start_date.not_a_date'],
  ['customer_products', 'value', '12345678901234.00', 'value.out_of_range'],
  ['customer_products', 'value', '-99999999999999', 'value.out_of_range'],
  ['customer_products', 'value', '0.005', 'value.precision'],
  ['customer_products', 'value', '1e400', 'value.not_a_number'],
];
const GOOD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: { customer_id: 'good', registration_date: '2024-02-29' },
  customer_products: {
    relationship_id: 'R',
    customer_id: 'kept',
    product_id: 'P',
    start_date: '2024-01-01',
    value: '9999999999999.99',
  },
};
const fileOf = (format: string, rows: readonly Readonly<Record<string, string>>[]) =>
  format === 'ndjson'
    ? rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    : [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((cells) => `${cells.join(',')}\n`).join('');

test.each(['csv', 'ndjson'])(
  'values that no column holds (%s): abort stores nothing, reject counts by reason',
  { timeout: 300_000 },
  async (format) => {
    await world.imported('?table=products', { 'p.csv': 'product_id,product_name\nP,Tea\n' });
    for (const [table, column, value, reason] of BAD) {
      const good = GOOD[table]!;
      const id = table === 'customers' ? 'customer_id' : 'relationship_id';
      const rows = [good, { ...good, [id]: 'bad', [column]: value }];
      const file = { [`rows.${format}`]: fileOf(format, rows) };
      const expected = { rejected: [{ part: table, reason, rows: 1 }] };
      expect(await world.imported(`?table=${table}&format=${format}`, file)).toMatchObject({
        state: 'failed',
        ...expected,
      });
      await expectUnchanged();
      expect(await world.imported(`?table=${table}&format=${format}&onError=reject&dryRun=true`, file)).toMatchObject({
        state: 'checked',
        ...expected,
        report: { tables: [{ rowsIn: 2, rowsOut: 1, rejected: 1 }] },
      });
    }
  },
);
