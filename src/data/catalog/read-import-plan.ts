import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import type { ManagedAttribute } from './ddl.ts';
import type { CoreEntry } from './file-schema.ts';
import type { ImportOverrides, ImportPlan, ImportSource, OnMissingReference, TableImport } from './import-plan.ts';
import { checkPlaceholders } from './import-rules.ts';
import { isKnownFormat } from './file-scan.ts';
import { type CatalogFile, parseCatalogFile } from './parse-file.ts';
import { type Path, type Problems, quoted } from './problems.ts';

/**
 * The import that a catalog describes; no database is needed. `dataDir` is the folder of the files, that of the catalog
 * file when left out; `overrides` win over the catalog in every table where they can apply. Throws `catalog.invalid` with
 * one line per mistake, missing files included: those of datasets (in `datasetDir`) too, for the catalog is served by
 * after the import.
 */
export function readImportPlan(
  text: string,
  file: string,
  dataDir: string = dirname(file),
  overrides: ImportOverrides = {},
  datasetDir: string = dataDir,
): ImportPlan {
  const parsed = parseCatalogFile(text, file);
  const { imports, problems } = parsed;
  if (imports === undefined) {
    problems.reportAbsence([], 'key', 'the catalog has no imports section', ['imports']);
    problems.throwIfAny();
  }
  checkSourceFiles(parsed, dataDir);
  checkServedFiles(parsed, datasetDir);
  if (overrides.onMissingReference === 'placeholder' && imports?.tables.customer_products !== undefined)
    checkPlaceholders(['imports', 'tables', 'customer_products'], 'key', parsed);
  problems.throwIfAny();
  return Object.freeze({ file, text, sources: importSources(parsed), tables: tableImports(parsed, overrides) });
}

function checkServedFiles({ core, datasets, problems }: CatalogFile, datasetDir: string): void {
  for (const [name, { file }] of [...Object.entries(core), ...datasets]) {
    if (file !== undefined && isKnownFormat(file))
      checkFile(['tables', name, 'file'], resolve(datasetDir, file), problems);
  }
}

/** Reports the source files of an import that are not there. */
export function checkSourceFiles({ imports, problems }: CatalogFile, dataDir: string): void {
  for (const [name, { file }] of Object.entries(imports?.sources ?? {})) {
    checkFile(['imports', 'sources', name, 'file'], resolve(dataDir, file), problems);
  }
}

function checkFile(path: Path, file: string, problems: Problems): void {
  if (!isFile(file)) problems.report(path, 'value', `there is no file ${quoted(file)}`);
}

/** Whether a file is there; none is under a path that no file can have (a zero byte, a name that is too long). */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The stored attributes of a managed core table. */
export function managedAttributes(entry: CoreEntry | undefined): ManagedAttribute[] {
  return Object.entries(entry?.attributes ?? {}).map(([name, { type = 'text' }]) => ({ name, type }));
}

function importSources({ imports }: CatalogFile): ImportSource[] {
  return Object.entries(imports?.sources ?? {}).map(([name, source]) => ({
    name,
    file: source.file,
    format: source.format,
    encoding: source.encoding,
    delimiter: source.delimiter,
    quote: source.quote,
    nullTexts: source.null_texts ?? [],
    columns: source.columns,
  }));
}

function tableImports({ core, imports }: CatalogFile, overrides: ImportOverrides): TableImport[] {
  return CORE_TABLE_NAMES.flatMap((table) => {
    const entry = imports?.tables[table];
    if (entry === undefined) return [];
    return {
      table,
      attributes: managedAttributes(core[table]),
      sql: entry.sql,
      filters: entry.filters ?? [],
      key: entry.key ?? [CORE_TABLES[table].key],
      onReject: overrides.onReject ?? entry.on_reject ?? 'abort',
      mode: overrides.mode ?? entry.mode ?? 'replace',
      onMissingReference: table === 'customer_products' ? missingReference(imports, overrides) : 'reject',
      sourceLines: entry.source_lines,
    };
  });
}

function missingReference(imports: CatalogFile['imports'], overrides: ImportOverrides): OnMissingReference {
  return overrides.onMissingReference ?? imports?.tables.customer_products?.on_missing_reference ?? 'reject';
}
