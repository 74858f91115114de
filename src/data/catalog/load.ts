import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson, shortHash } from '../../lib/canonical-json.ts';
import type { Isolation } from '../sql/compile.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Column, TableDescription, Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import { ATTRIBUTE_TYPES } from './ddl.ts';
import { tableFinder } from './find-table.ts';
import type { Catalog, CatalogTable } from './model.ts';
import { type CatalogFile, parseCatalogFile, refuseLargeFile } from './parse-file.ts';
import { collectProblems, invalidCatalog } from './problems.ts';
import { checkSourceFiles, managedAttributes } from './read-import-plan.ts';
import type { Resolver } from './relation.ts';
import { resolveCore } from './resolve-core.ts';
import { resolveDataset } from './resolve-dataset.ts';
import { isOriginDoubtful } from './table-rules.ts';
import { valueMeaningOf } from './value-kind.ts';

export type LoadOptions = {
  /** The catalog file; without file and text: the built-in catalog of managed tables. */
  readonly file?: string | undefined;
  /** Its text, where it was read already or is in no file. */
  readonly text?: string | undefined;
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  readonly isolation: Isolation;
  /** All tables, where they were listed just now. */
  readonly tables?: readonly TableDescription[] | undefined;
  /**
   * For a check before an import: the folder in which its files must be, those of datasets too; the tables that it fills are taken as it
   * will make them. Undefined: the import was, its files may be gone, and its tables are there.
   */
  readonly importFolder?: string | undefined;
};

/**
 * The catalog, checked against the warehouse and resolved: every table has its columns with types and says where each
 * comes from. Throws `catalog.invalid`, whose detail has one line `file:line:column problem` per mistake, all at once
 * and in the order of the file; and what the warehouse throws when it does not answer.
 */
export async function loadCatalog(options: LoadOptions): Promise<Catalog> {
  const { file, warehouse, tenant, isolation } = options;
  const text = options.text ?? (file === undefined ? undefined : readCatalogText(file));
  const parsed = text === undefined ? builtIn() : parseCatalogFile(text, file ?? 'catalog');
  const { core, datasets, problems } = parsed;
  if (options.importFolder !== undefined) checkSourceFiles(parsed, options.importFolder);
  const toCome =
    options.importFolder === undefined ? new Map<string, Column[]>() : importedTables(parsed, warehouse.dialect);
  const find = tableFinder(options.tables ?? (await warehouse.tables(tenant)), warehouse, tenant, isolation);
  const folder = options.importFolder ?? dirname(parsed.file);
  const resolver: Resolver = { warehouse, tenant, isolation, find, toCome, folder, problems };
  const valueMeaning = valueMeaningOf(core.customer_products);
  const resolved: (CatalogTable | undefined)[] = [];
  for (const table of CORE_TABLE_NAMES.filter((name) => isResolvable(name, parsed))) {
    resolved.push(await resolveCore(table, core[table], resolver, valueMeaning, text !== undefined));
  }
  for (const [name, entry] of datasets) {
    if (isResolvable(name, parsed)) resolved.push(await resolveDataset(name, entry, resolver));
  }
  problems.throwIfAny();
  const tables = resolved.filter((table) => table !== undefined);
  const byName = [...tables].sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = shortHash(canonicalJson({ tables: byName, valueMeaning }));
  return Object.freeze({ tables: new Map(tables.map((table) => [table.name, table])), valueMeaning, hash, file });
}

/** The text of a catalog file. Throws `catalog.invalid` when it cannot be read, is too large, or is not UTF-8. */
export function readCatalogText(file: string): string {
  try {
    refuseLargeFile(statSync(file).size, file);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw invalidCatalog([`${file}:1:1 the file is not UTF-8 text`], error);
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw invalidCatalog([`${file}:1:1 the file cannot be read (${String(error.code)})`], error);
  }
}

function importedTables({ core, imports }: CatalogFile, { fold }: Dialect): Map<string, Column[]> {
  const tables = CORE_TABLE_NAMES.filter((table) => imports?.tables[table] !== undefined);
  return new Map(
    tables.map((table) => {
      const attributes = managedAttributes(core[table]);
      const stored = attributes.map(({ name, type }) => ({ name, type, engineType: ATTRIBUTE_TYPES[type] }));
      return [
        table,
        [...CORE_TABLES[table].columns, ...stored].map((column) => ({ ...column, name: fold(column.name) })),
      ];
    }),
  );
}

function builtIn(): CatalogFile {
  const problems = collectProblems('built-in catalog', () => ({ line: 1, column: 1 }));
  return { file: '.', text: '', core: {}, datasets: new Map(), imports: undefined, problems };
}

/** Tables about which there is a mistake that leaves open what they are would only give follow-ups. */
function isResolvable(name: string, { problems }: CatalogFile): boolean {
  return !problems.isMarked(['tables', name]) && !isOriginDoubtful(name, problems);
}
