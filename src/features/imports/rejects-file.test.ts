import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { ImportReport } from './model.ts';
import { openRejectsFile, type Rejected } from './rejects-file.ts';
import { testImports } from './test-import.ts';

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rejects-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const one: Rejected = { part: 'a', reason: 'csv.quote', line: 2, row: null, record: 'x\u2028"\n', values: null };

  test('takes records and rows in the order in which they come, and starts anew', async () => {
    const path = join(folder, 'rejects.ndjson');
    writeFileSync(path, 'old');
    const file = openRejectsFile(path);
    file.add(one);
    const row = { part: 'b', reason: 'r', line: null, row: 7, record: null, values: { t: 'é\u2028😀' } };
    writeFileSync(file.rowsPath, `${JSON.stringify(row)}\n`.repeat(30_000));
    await file.takeRows((at) => at + 1);
    writeFileSync(file.rowsPath, `${JSON.stringify(row)}\n`);
    await file.takeRows(() => undefined);
    writeFileSync(file.rowsPath, `${JSON.stringify(row)}\n`);
    await file.takeRows(undefined);
    file.flush();
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(30_004);
    expect(JSON.parse(lines[0]!)).toEqual(one);
    expect(new Set(lines.slice(1, 30_001))).toEqual(new Set([JSON.stringify({ ...row, line: 8 })]));
    expect(lines.slice(30_001)).toEqual([JSON.stringify(row), JSON.stringify(row), '']);
    await file.close();
    expect(existsSync(file.rowsPath)).toBe(false);
  });

  test('a folder that is not there is an error of the system', () => {
    expect(() => openRejectsFile(join(folder, 'none', 'x'))).toThrow(/ENOENT/);
  });
});

describe('an import', () => {
  let world: Awaited<ReturnType<typeof testImports>>;
  beforeEach(async () => {
    world = await testImports();
  });
  afterEach(() => world.close());

  const files = { 'goods.csv': 'id,name\nP1,Tea\nbroken\n,Pot\nP1,"It\'s"\nP2,x\n' };
  const tables = `    products:
      sql: select id as product_id, name as product_name, name as "it's" from goods
      filters: [{ reason: unwanted, where: name = 'x' }]
      on_reject: reject`.replace("where: name = 'x'", `where: "product_name = 'x'"`);
  const expected = [
    { part: 'goods', reason: 'csv.columns', line: 3, row: null, record: 'broken', values: null },
    {
      part: 'products',
      reason: 'product_id.missing',
      line: null,
      row: 2,
      record: null,
      values: { product_id: null, product_name: 'Pot', "it's": 'Pot' },
    },
    {
      part: 'products',
      reason: 'product_id.duplicate',
      line: null,
      row: 3,
      record: null,
      values: { product_id: 'P1', product_name: "It's", "it's": "It's" },
    },
  ];

  test.each([
    ['that imports', {}, {}, 'imported'],
    ['that is tried out', {}, { isDryRun: true }, 'checked'],
    ['that a bad row stops', { onReject: 'abort' }, {}, 'failed'],
  ] as const)(
    '%s writes all that it rejected, and nothing that it filtered',
    async (_name, overrides, more, outcome) => {
      const report = await world.importFiles(files, tables, overrides, more);
      expect(report.outcome).toBe(outcome);
      expect(await world.rejected()).toEqual(expected);
    },
  );

  test('writes more of them than samples, with few at a time in memory', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `,${i}`).join('\n');
    const report = await world.importFiles({ 'goods.csv': `id,name\n${lines}\n` }, tables);
    expect(report.tables[0]).toMatchObject({ rejected: 20_000, rowsOut: 0 });
    const rejected = await world.rejected();
    expect(rejected.map(({ row }) => row)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
  });

  test('that cannot write them is not carried out', async () => {
    const rejectsFile = join(world.folder, 'none', 'x.ndjson');
    const report = await world.importFiles(files, tables, {}, { rejectsFile });
    expect(report).toMatchObject({ outcome: 'failed', problem: expect.stringContaining('ENOENT') });
  });

  test('that rejects nothing leaves an empty file; one without the option none', async () => {
    await world.importFiles({ 'goods.csv': 'id,name\nP1,Tea\n' }, tables);
    expect(await world.rejected()).toEqual([]);
    rmSync(join(world.folder, 'rejects.ndjson'));
    await world.importFiles(files, tables, {}, { rejectsFile: undefined });
    expect(existsSync(join(world.folder, 'rejects.ndjson'))).toBe(false);
  });
});

describe('the end of an import', () => {
  let world: Awaited<ReturnType<typeof testImports>>;
  beforeEach(async () => {
    world = await testImports();
  });
  afterEach(() => world.close());
  const files = { 'goods.csv': 'id\nP1\n' };
  const tables = '    products: { sql: select id as product_id from goods }';

  test('what is done before the commit is there exactly when the rows are', async () => {
    const outcomes: string[] = [];
    const record = (report: ImportReport) => {
      outcomes.push(report.outcome);
      return { id: String(outcomes.length), startedAt: '', report, plan: { file: '', text: '' }, folder: '' };
    };
    const recorded = () =>
      world.warehouse.rows('select import_id, (select count(*) from products) from service.last_import');
    await world.importFiles(files, tables, {}, { record, isDryRun: true });
    expect(outcomes).toEqual([]);
    await world.importFiles(files, tables, {}, { record });
    expect(outcomes).toEqual(['imported']);
    expect(await recorded()).toEqual([['1', 1]]);
    const failing = () => {
      throw new AppError('import.failed', 'no record');
    };
    const again = await world.importFiles({ 'goods.csv': 'id\nP1\nP2\n' }, tables, {}, { record: failing });
    expect(again).toMatchObject({ outcome: 'failed', problem: 'committing: no record' });
    expect(await recorded()).toEqual([['1', 1]]);
  });

  test('one that is cancelled says so, and where', async () => {
    const controller = new AbortController();
    const rowsDone: (number | undefined)[] = [];
    const progress = (phase: string, _detail: string, rows?: number) => {
      rowsDone.push(rows);
      if (phase === 'committing') controller.abort(new AppError('import.cancelled', 'enough'));
    };
    const findings = { sources: [], tables: [] };
    const report = await world.importFiles(files, tables, {}, { progress, signal: controller.signal, findings });
    expect(report).toMatchObject({ outcome: 'cancelled', problem: 'stopped while committing' });
    expect(report.tables).toEqual(findings.tables);
    expect(rowsDone.at(-1)).toBe(1);
    expect(await world.warehouse.rows("select count(*) from duckdb_tables() where table_name = 'products'")).toEqual([
      [0],
    ]);
  });
});
