import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImportOverrides, ImportPlan } from '../../data/catalog/import-plan.ts';
import { readImportPlan } from '../../data/catalog/read-import-plan.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { databaseTarget } from './import-target.ts';
import type { ImportReport, TableReport } from './model.ts';
import type { Rejected } from './rejects-file.ts';
import { runImport, type ImportOptions } from './service.ts';
import { testWarehouse } from './test-warehouse.ts';

export type Files = Readonly<Record<string, string>>;

/** A database in memory and a folder of files, for tests that import several times. */
export async function testImports() {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  const warehouse = await testWarehouse();
  const path = (name: string) => join(folder, name);
  const rejectsFile = path('rejects.ndjson');
  const write = async (files: Files) => {
    for (const [name, content] of Object.entries(files)) await writeFile(path(name), content);
  };
  const run = (plan: ImportPlan, more: Partial<ImportOptions> = {}): Promise<ImportReport> =>
    runImport({
      plan,
      dataDir: folder,
      target: databaseTarget(warehouse, tenant('default')),
      settings: { REJECT_SAMPLES: 2, IMPORT_RECORD_BYTES: 1000, IMPORT_BYTES: 1e9 },
      workDir: path('work'),
      rejectsFile,
      now: () => 1_700_000_000_000,
      ...more,
    });
  return {
    folder,
    warehouse,
    run,
    write,
    /** `tables` is the YAML under imports.tables; every file is a source of its name without the ending. */
    async importFiles(files: Files, tables: string, overrides: ImportOverrides = {}, more?: Partial<ImportOptions>) {
      await write(files);
      const used = Object.keys(files).filter((name) => tables.includes(name.split('.')[0]!));
      const sources = used.map((name) => `    ${name.split('.')[0]}: { file: ${name} }`);
      const text = ['version: 1', 'imports:', '  sources:', ...sources, '  tables:', tables].join('\n');
      return run(readImportPlan(text, path('catalog.yaml'), dirname(path('x')), overrides), more);
    },
    async rejected(): Promise<Rejected[]> {
      const lines = (await readFile(rejectsFile, 'utf8')).split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Rejected);
    },
    async close() {
      await warehouse.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Reasons and how many rows each left out, filters too. */
export function reasonsOf({ filters, rejects }: TableReport): Record<string, number> {
  return Object.fromEntries([...filters, ...rejects].map(({ reason, rows }) => [reason, rows]));
}
