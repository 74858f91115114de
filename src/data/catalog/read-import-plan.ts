import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import type { ManagedAttribute } from './ddl.ts';
import type { CoreEntry } from './file-schema.ts';
import type { ImportPlan, ImportSource, TableImport } from './import-plan.ts';
import { type CatalogFile, parseCatalogFile } from './parse-file.ts';
import { quoted } from './problems.ts';

/**
 * The import that a catalog describes; no database is needed. `dataDir` is the folder of the source files, that of the
 * catalog file when left out. Throws `catalog.invalid` with one line per mistake, missing files included.
 */
export function readImportPlan(text: string, file: string, dataDir: string = dirname(file)): ImportPlan {
  const parsed = parseCatalogFile(text, file);
  const { imports, problems } = parsed;
  if (imports === undefined) {
    problems.reportAbsence([], 'key', 'the catalog has no imports section', ['imports']);
    problems.throwIfAny();
  }
  checkSourceFiles(parsed, dataDir);
  problems.throwIfAny();
  return Object.freeze({ file, text, sources: importSources(parsed), tables: tableImports(parsed) });
}

/** Reports the source files of an import that are not there. */
export function checkSourceFiles({ imports, problems }: CatalogFile, dataDir: string): void {
  for (const [name, { file }] of Object.entries(imports?.sources ?? {})) {
    if (isFile(resolve(dataDir, file))) continue;
    problems.report(
      ['imports', 'sources', name, 'file'],
      'value',
      `there is no file ${quoted(resolve(dataDir, file))}`,
    );
  }
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The stored attributes of a managed core table. */
export function managedAttributes(entry: CoreEntry | undefined): ManagedAttribute[] {
  return Object.entries(entry?.attributes ?? {}).map(([name, { type = 'text' }]) => ({ name, type }));
}

function importSources({ imports }: CatalogFile): ImportSource[] {
  return Object.entries(imports?.sources ?? {}).map(([name, source]) => ({
    name,
    file: source.file,
    delimiter: source.delimiter,
    quote: source.quote,
    nullTexts: source.null_texts ?? [],
    columns: source.columns,
  }));
}

function tableImports({ core, imports }: CatalogFile): TableImport[] {
  return CORE_TABLE_NAMES.flatMap((table) => {
    const entry = imports?.tables[table];
    if (entry === undefined) return [];
    return {
      table,
      attributes: managedAttributes(core[table]),
      sql: entry.sql,
      filters: entry.filters ?? [],
      key: entry.key ?? [CORE_TABLES[table].key],
      onReject: entry.on_reject ?? 'abort',
    };
  });
}
