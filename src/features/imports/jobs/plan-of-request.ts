import { dirname } from 'node:path';
import type { ManagedAttribute } from '../../../data/catalog/ddl.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { readCatalogText } from '../../../data/catalog/load.ts';
import { attributeColumn, type Catalog, type CatalogTable, type CoreTableName } from '../../../data/catalog/model.ts';
import { readImportPlan } from '../../../data/catalog/read-import-plan.ts';
import { AppError } from '../../../lib/app-error.ts';
import { didYouMean } from '../../../lib/near-name.ts';
import { directPlan } from '../direct-plan.ts';
import type { ImportRequest } from './status-model.ts';
import type { Received } from './upload.ts';

/** What is served while an import is asked for. */
export type Served = {
  readonly catalog: Catalog;
  /** The catalog is named by CATALOG, or was put into DATA_DIR by hand: no import replaces it. */
  readonly isFixed: boolean;
  readonly isDemo: boolean;
  /** Prints the rows of a dataset as a select. */
  readonly selectOf: (table: CatalogTable) => string;
};

/** Where the rows come from: uploaded files in a folder, or a dataset of the catalog. */
export type Given =
  | ({ readonly kind: 'upload'; readonly folder: string } & Received)
  | { readonly kind: 'dataset'; readonly dataset: string };

/**
 * The import that a request asks for:
 *
 *     catalog + files             rows by the imports section of that catalog, which is served from then on
 *     table + one file            the records of the file are the rows
 *     table + dataset             the rows of the dataset are the rows
 *     files alone                 rows by the imports section of the catalog that is served
 *
 * Throws catalog.invalid with the mistakes of a catalog, import.failed when the parts do not go together,
 * catalog.read_only when the rows would not be served.
 */
export function planOf(request: ImportRequest, given: Given, served: Served): ImportPlan {
  const { table } = request;
  if (given.kind === 'dataset') return planOfDataset(request, given.dataset, served);
  const { catalog, files, folder } = given;
  if (catalog !== undefined) {
    if (table !== undefined) throw refused('send a catalog, or name a table: the catalog says which tables are filled');
    if (served.isFixed)
      throw refused(
        'the catalog that is served is named by CATALOG or was put into DATA_DIR by hand, and an import does not replace it: add the imports section there and send the files alone',
      );
    return readImportPlan(catalog, 'catalog', folder, overridesOf(request));
  }
  if (table !== undefined) {
    if (files.length !== 1) throw refused(`a table is filled from one file, and ${files.length} were sent`);
    return planOfTable(request, table, files[0]!, served);
  }
  const kept = served.isDemo ? undefined : served.catalog.file;
  if (kept === undefined)
    throw refused('name the table that the file fills (?table=customers), or send a catalog with it');
  const plan = readImportPlan(readCatalogText(kept), kept, folder, overridesOf(request), dirname(kept));
  return Object.freeze({ ...plan, text: '' });
}

function planOfTable(request: ImportRequest, table: CoreTableName, file: string, served: Served): ImportPlan {
  const { mode = 'append', onError: onReject = 'abort', onMissingReference = 'reject' } = request;
  const { format, encoding, delimiter, quote } = request;
  const attributes = served.isDemo ? [] : storedAttributes(served.catalog, table);
  const form = { format, encoding, delimiter, quote };
  return directPlan({ ...form, table, file, attributes, mode, onReject, onMissingReference });
}

function planOfDataset(request: ImportRequest, name: string, served: Served): ImportPlan {
  const { catalog, isDemo, selectOf } = served;
  if (request.table === undefined) throw refused('name the table that the dataset fills: ?table=customers');
  if (isDemo) throw refused('the demo has no datasets; send a file');
  const dataset = catalog.tables.get(name);
  if (dataset === undefined)
    throw new AppError(
      'dataset.not_found',
      `there is no dataset ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, catalog.tables.keys())}`,
    );
  if (dataset.name === request.table) throw refused(`${name} cannot fill itself`);
  if (dataset.source.kind === 'file') return planOfTable(request, request.table, dataset.source.file, served);
  const plan = planOfTable(request, request.table, name, served);
  const tables = plan.tables.map((table) => ({
    ...table,
    sql: selectOf(dataset),
    source: undefined,
    isOfWarehouse: true,
  }));
  return Object.freeze({ ...plan, sources: [], tables });
}

/** Throws unless the table is one whose rows we store. */
function storedAttributes(catalog: Catalog, name: CoreTableName): ManagedAttribute[] {
  const table = catalog.tables.get(name);
  if (table === undefined) return [];
  if (table.kind !== 'managed')
    throw new AppError(
      'catalog.read_only',
      `${name} is not stored by the service: the catalog says where its rows are`,
    );
  const prefix = attributeColumn('');
  return table.columns
    .filter(({ isAttribute }) => isAttribute)
    .map(({ name: column, type }) => ({ name: column.slice(prefix.length), type }));
}

function overridesOf({ mode, onError, onMissingReference }: ImportRequest) {
  return { mode, onReject: onError, onMissingReference };
}

function refused(why: string): AppError {
  return new AppError('import.failed', why);
}
