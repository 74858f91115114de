import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import { settingsWith } from '../../../src/config/settings.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../../../src/data/catalog/core-tables.ts';
import type { ImportOverrides } from '../../../src/data/catalog/import-plan.ts';
import { readImportPlan } from '../../../src/data/catalog/read-import-plan.ts';
import { dataPaths, makeDataFolders } from '../../../src/data/source.ts';
import { openDuckdb } from '../../../src/data/warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../../../src/data/warehouse/port.ts';
import { openSnowflake } from '../../../src/data/warehouse/snowflake/warehouse.ts';
import { tenant } from '../../../src/data/warehouse/tenant.ts';
import { accountTarget } from '../../../src/features/imports/account/account-target.ts';
import type { Limits } from '../../../src/features/imports/account/shipment.ts';
import { databaseTarget, type ImportTarget } from '../../../src/features/imports/import-target.ts';
import { runImport, type ImportOptions } from '../../../src/features/imports/service.ts';
import { testStandIn } from '../driver.ts';
import type { StandIn } from '../stand-in.ts';
import { plainDriver, type Hook } from './plain-driver.ts';

export const owner = tenant('default');
export type Files = Readonly<Record<string, string>>;

/** A folder, and imports of files into a target. */
export function importsInto(target: Pick<ImportTarget, 'store'>, root: string) {
  const startedAt = new Date(1_700_000_000_000).toISOString();
  let count = 0;
  return {
    /** `tables` is the YAML under imports.tables; every file is a source of its name without the ending. */
    async importFiles(
      files: Files,
      tables: string,
      overrides: ImportOverrides = {},
      more: Partial<ImportOptions> = {},
      { head = '', sources = Object.keys(files) }: { head?: string; sources?: readonly string[] } = {},
    ) {
      for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
      const used = sources.filter((name) => tables.includes(name.split('.')[0]!));
      const lines = used.map((name) => `    ${name.split('.')[0]}: { file: ${name} }`);
      const text = ['version: 1', head, 'imports:', '  sources:', ...lines, '  tables:', tables].join('\n');
      const plan = readImportPlan(text, join(root, 'catalog.yaml'), dirname(join(root, 'x')), overrides);
      const id = String((count += 1));
      return runImport({
        plan,
        dataDir: root,
        target,
        settings: { REJECT_SAMPLES: 2, IMPORT_RECORD_BYTES: 1000, IMPORT_BYTES: 1e9 },
        workDir: join(root, 'processed', 'work'),
        rejectsFile: join(root, 'rejects.ndjson'),
        now: () => 1_700_000_000_000,
        record: (report) => ({ id, startedAt, report, plan, folder: root }),
        ...more,
      });
    },
    rejected: () => readFile(join(root, 'rejects.ndjson'), 'utf8'),
  };
}

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'imports-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

async function rowsOf(warehouse: Warehouse, text: string) {
  const { rowCount, columns } = await warehouse.query(
    owner,
    { text, params: [], reads: { tables: [], columns: [] } },
    { lane: 'fast' },
  );
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}

/** The core tables, in the order of their keys. */
async function stored(warehouse: Warehouse, extra: Readonly<Record<string, readonly string[]>> = {}) {
  const tables = CORE_TABLE_NAMES.map(async (name) => {
    const { key, columns } = CORE_TABLES[name];
    const texts = [...columns.map((column) => column.name), ...(extra[name] ?? [])];
    const list = texts.map((column) => `cast(${column} as varchar) as ${column}`).join(', ');
    return [name, await rowsOf(warehouse, `select ${list} from ${name} order by ${key} nulls last`)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

export type Side = Awaited<ReturnType<typeof onDuckdb>>;

export async function onDuckdb() {
  const root = folder();
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 1e9 });
  const warehouse = await openDuckdb({ settings, fileOf: () => ':memory:', spillDir: '' });
  onTestFinished(() => warehouse.close());
  return {
    root,
    ...importsInto(databaseTarget(warehouse, owner), root),
    rows: (text: string) => rowsOf(warehouse, text),
    stored: (extra?: Readonly<Record<string, readonly string[]>>) => stored(warehouse, extra),
  };
}

/** Writes the rows of a statement of DuckDB. */
export async function writeParquet(select: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${file}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

export type AccountOptions = {
  readonly hook?: Hook;
  readonly limits?: Limits;
  readonly databases?: Readonly<Record<string, readonly string[]>>;
};

/** Every row by a file, however few there are. */
export const BY_FILES: Limits = Object.freeze({ smallRows: 0, fileBytes: 64 << 20 });

export async function onAccount({ hook, limits, databases = { DEMO: ['PUBLIC', 'SERVICE'] } }: AccountOptions = {}) {
  const root = folder();
  const standIn: StandIn = await testStandIn({ databases });
  const settings = settingsWith({
    DATA_DIR: root,
    WAREHOUSE: 'snowflake',
    SNOWFLAKE_DATABASE: 'DEMO',
    THREADS: 2,
    MEMORY_LIMIT: 1e9,
  });
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const texts: string[] = [];
  const noting: Hook = (text) => {
    texts.push(text);
    return hook === undefined ? 'send' : hook(text);
  };
  const warehouse = await openSnowflake({ settings, driver: plainDriver(standIn, noting) });
  onTestFinished(() => warehouse.close());
  const target = accountTarget({ settings, paths, owner, warehouse, limits, pauseMs: 1 });
  return {
    root,
    paths,
    settings,
    standIn,
    warehouse,
    target,
    /** What was sent. */
    texts,
    ...importsInto(target, root),
    rows: (text: string) => rowsOf(warehouse, text),
    stored: (extra?: Readonly<Record<string, readonly string[]>>) => stored(warehouse, extra),
    /** What imports left beside the tables. */
    left: async () =>
      (await standIn.admin(`select table_name from duckdb_tables() where table_name like 'IMPORT_%'`)) as unknown[],
  };
}
