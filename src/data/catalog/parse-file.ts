import Value from 'typebox/value';
import { CORE_TABLE_NAMES, isCoreTable } from './core-tables.ts';
import { CatalogFileSchema, CORE_ENTRIES, type CoreEntry, DatasetEntry, ImportsEntry } from './file-schema.ts';
import { checkImportRules } from './import-rules.ts';
import type { CoreTableName } from './model.ts';
import { invalidCatalog, type Problems } from './problems.ts';
import { readYaml } from './read-yaml.ts';
import { checkShape } from './shape-check.ts';
import { checkCoreRules, checkDatasetRules, reportMisspeltCoreTables } from './table-rules.ts';

/** A catalog file as far as it could be understood; `problems` holds what could not. */
export type CatalogFile = {
  readonly file: string;
  readonly text: string;
  readonly core: Readonly<Partial<Record<CoreTableName, CoreEntry>>>;
  readonly datasets: ReadonlyMap<string, DatasetEntry>;
  readonly imports: ImportsEntry | undefined;
  readonly problems: Problems;
};

/** Largest catalog file. The parser takes up to 10 s for a megabyte of the worst text. */
export const CATALOG_BYTES = 1024 ** 2;

/**
 * Reads a catalog with all rules that need no warehouse:
 *
 *     text -> YAML tree with places -> shape (file-schema.ts) -> rules over several fields
 *
 * Mistakes are collected in `problems`, so that those found in the warehouse can join them. Throws `catalog.invalid`
 * at once only for what must not be read at all: a file that is too large, and YAML aliases.
 */
export function parseCatalogFile(text: string, file: string): CatalogFile {
  refuseLargeFile(Buffer.byteLength(text), file);
  const { root, problems } = readYaml(text, file);
  reportMisspeltCoreTables(root, problems);
  const sections = members(checkShape(CatalogFileSchema, { node: root, path: [], problems }));
  const tables = members(sections['tables']);
  const parsed: CatalogFile = {
    file,
    text,
    core: coreEntries(tables),
    datasets: datasetEntries(tables),
    imports: Value.Check(ImportsEntry, sections['imports']) ? sections['imports'] : undefined,
    problems,
  };
  for (const table of CORE_TABLE_NAMES) checkCoreRules(table, parsed);
  for (const name of parsed.datasets.keys()) checkDatasetRules(name, parsed);
  checkImportRules(parsed);
  return parsed;
}

/** Throws `catalog.invalid` for more bytes than a catalog may have. */
export function refuseLargeFile(bytes: number, file: string): void {
  if (bytes <= CATALOG_BYTES) return;
  throw invalidCatalog([`${file}:1:1 the file has ${bytes} bytes; a catalog may have ${CATALOG_BYTES}`]);
}

type Members = Readonly<Record<string, unknown>>;

function coreEntries(tables: Members): CatalogFile['core'] {
  const entries: Partial<Record<CoreTableName, CoreEntry>> = {};
  for (const table of CORE_TABLE_NAMES) {
    const entry = tables[table];
    if (Value.Check(CORE_ENTRIES[table], entry)) entries[table] = entry;
  }
  return entries;
}

function datasetEntries(tables: Members): CatalogFile['datasets'] {
  const entries = new Map<string, DatasetEntry>();
  for (const [name, entry] of Object.entries(tables)) {
    if (!isCoreTable(name) && Value.Check(DatasetEntry, entry)) entries.set(name, entry);
  }
  return entries;
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
