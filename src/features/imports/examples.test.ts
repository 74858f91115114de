import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { referenceData } from '../../../test/reference-data.ts';
import { settingsWith } from '../../config/settings.ts';
import { loadCatalog } from '../../data/catalog/load.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { importCommand } from './command.ts';
import type { ImportReport } from './model.ts';

const SECONDS = 1000;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-example-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function importExample(name: string, data: string, ...more: string[]): Promise<ImportReport> {
  const out: string[] = [];
  const catalog = new URL(`../../../examples/${name}/catalog.yaml`, import.meta.url).pathname;
  const env = { DATA_DIR: folder, THREADS: '2', MEMORY_LIMIT: '1GB' };
  const io = { env, cwd: folder, stdout: (line: string) => out.push(line), stderr: () => {} };
  expect(await importCommand(['--catalog', catalog, '--data', data, '--json', ...more], io)).toBe(0);
  return JSON.parse(out.join('\n')) as ImportReport;
}

const stored = ({ tables }: ImportReport) => tables.map(({ rowsOut, valueSum }) => [rowsOut, valueSum]);

const northwind = referenceData('northwind');
test.skipIf(northwind === undefined)(
  'Northwind (Microsoft): 2,155 order lines, 1,265,792.95',
  async () => {
    const report = await importExample('northwind', northwind!);
    expect(stored(report)).toEqual([
      [91, null],
      [77, null],
      [2155, '1265792.95'],
    ]);
  },
  120 * SECONDS,
);

const telco = referenceData('telco');
test.skipIf(telco === undefined)(
  'Telco (IBM): 29,202 services, 456,116.60',
  async () => {
    const report = await importExample('telco', telco!);
    expect(stored(report)).toEqual([
      [7043, null],
      [10, null],
      [29_202, '456116.60'],
    ]);
  },
  120 * SECONDS,
);

const retail = referenceData('online_retail_ii_2009_2010');
test.skipIf(retail === undefined)(
  'Online Retail II (Chen 2019): 407,664 lines, 8,832,003.27, and the file itself as a dataset',
  async () => {
    const report = await importExample('online-retail-ii', retail!);
    expect(stored(report)).toEqual([
      [4312, null],
      [4632, null],
      [407_664, '8832003.27'],
    ]);
    expect(report.tables[2]!.filters.map(({ reason, rows }) => [reason, rows])).toEqual([
      ['no customer', 107_927],
      ['cancellation', 9839],
      ['price not positive', 31],
    ]);
    expect(report.tables.map(({ rejected }) => rejected)).toEqual([0, 0, 0]);
    const kept = join(folder, 'catalog.yaml');
    expect(await readFile(kept, 'utf8')).toContain(join(retail!, 'online_retail_II_2009_2010.csv.gz'));
    expect(await countOf('invoice_lines', kept)).toBe(525_461);
  },
  120 * SECONDS,
);

/** Rows of a dataset as the service would serve it after the import. */
async function countOf(dataset: string, file: string) {
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 1e9 });
  const warehouse = await openDuckdb({ settings, fileOf: () => join(folder, 'main.duckdb'), spillDir: '' });
  const owner = tenant('default');
  try {
    const catalog = await loadCatalog({ file, warehouse, tenant: owner, isolation: 'database' });
    const { source } = catalog.tables.get(dataset)!;
    const text = `select count(*) from ${source.kind === 'file' ? source.scan : ''}`;
    const statement = { text, params: [], reads: { tables: [], columns: [] } };
    return (await warehouse.query(owner, statement, { lane: 'heavy' })).columns[0]![0];
  } finally {
    await warehouse.close();
  }
}

const journey = referenceData('completejourney');
test.skipIf(journey === undefined)(
  'Complete Journey (84.51°): placeholders, 69,254 pairs, 233,935.24, 222 lines of 5 products reported',
  async () => {
    const report = await importExample('complete-journey', journey!);
    expect(stored(report)).toEqual([
      [2377, null],
      [92_331, null],
      [69_254, '233935.24'],
    ]);
    const { rejected, placeholders } = report.tables[2]!;
    expect(rejected).toBe(0);
    expect(placeholders).toMatchObject([{ table: 'products', placeholders: 5, rows: 187, sourceLines: 222 }]);
    expect(placeholders[0]!.ids).toHaveLength(5);
  },
  120 * SECONDS,
);

test.skipIf(journey === undefined)(
  'Complete Journey (84.51°): rejected, 233,930.57, 222 lines in 187 pairs',
  async () => {
    const report = await importExample('complete-journey', journey!, '--on-missing-reference', 'reject');
    expect(stored(report)[2]).toEqual([69_067, '233930.57']);
    const { rejects, placeholders } = report.tables[2]!;
    expect(rejects).toMatchObject([{ reason: 'product_id.unknown', rows: 187, sourceLines: 222 }]);
    expect(placeholders).toEqual([]);
  },
  120 * SECONDS,
);
