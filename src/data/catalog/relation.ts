import { resolve } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { didYouMean } from '../../lib/near-name.ts';
import type { Isolation } from '../sql/compile.ts';
import type { Column, Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { engineMessage } from './engine-message.ts';
import { fileScan } from './file-scan.ts';
import type { CoreEntry, DatasetEntry } from './file-schema.ts';
import type { TableFinder } from './find-table.ts';
import type { CatalogTable, TableSource } from './model.ts';
import { type Problems, quoted } from './problems.ts';
import { isFile } from './read-import-plan.ts';
import { originOf } from './table-rules.ts';

/** What tables are resolved with. */
export type Resolver = {
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  readonly isolation: Isolation;
  readonly find: TableFinder;
  /** Managed tables that an import is about to make, with their columns. */
  readonly toCome: ReadonlyMap<string, readonly Column[]>;
  /** Folder that the files of datasets are relative to. */
  readonly folder: string;
  readonly problems: Problems;
};

/** Where an entry's rows come from, with the columns that are there before any mapping. */
export type Relation = {
  readonly kind: CatalogTable['kind'];
  readonly source: TableSource;
  readonly columns: readonly Column[];
  readonly tenantColumn: string | undefined;
};

/** The relation of an entry; undefined when it cannot be read, which is reported then. */
export async function openRelation(
  name: string,
  entry: CoreEntry | DatasetEntry | undefined,
  resolver: Resolver,
): Promise<Relation | undefined> {
  const origin = originOf(entry);
  const opened =
    origin.kind === 'sql'
      ? await openSql(name, origin.value, resolver)
      : origin.kind === 'file'
        ? await openFile(name, origin.value, entry?.delimiter, resolver)
        : openTable(name, origin.value, resolver);
  return opened === undefined
    ? undefined
    : { ...opened, tenantColumn: tenantColumn(name, entry, opened.columns, resolver) };
}

type Opened = Omit<Relation, 'tenantColumn'>;

function openTable(name: string, table: string | undefined, resolver: Resolver): Opened | undefined {
  const { find, toCome, problems, warehouse } = resolver;
  const columns = table === undefined ? toCome.get(name) : undefined;
  if (columns !== undefined) {
    return { kind: 'managed', source: { kind: 'table', path: [warehouse.dialect.fold(name)] }, columns };
  }
  const found = find(table ?? name);
  if ('path' in found) {
    const source: TableSource = { kind: 'table', path: found.path };
    return { kind: table === undefined ? 'managed' : 'mapped', source, columns: found.description.columns };
  }
  if (table === undefined) {
    problems.reportAbsence(
      ['tables', name],
      'key',
      `${found.problem}; import it, or say with table, sql or file where it is`,
    );
  } else problems.report(['tables', name, 'table'], 'value', found.problem);
  return undefined;
}

async function openSql(name: string, text: string, resolver: Resolver): Promise<Opened | undefined> {
  const sql = text.trimEnd().replace(/;$/, '') + '\n';
  const columns = await describe(`select * from (${sql}) source`, ['tables', name, 'sql'], resolver);
  return columns && { kind: 'derived', source: { kind: 'sql', sql }, columns };
}

async function openFile(
  name: string,
  path: string,
  delimiter: string | undefined,
  resolver: Resolver,
): Promise<Opened | undefined> {
  if (resolver.warehouse.engine !== 'duckdb') {
    resolver.problems.report(['tables', name, 'file'], 'value', 'files are read on DuckDB only: load it into a table');
    return undefined;
  }
  const file = resolve(resolver.folder, path);
  if (!isFile(file)) {
    resolver.problems.report(['tables', name, 'file'], 'value', `there is no file ${quoted(file)}`);
    return undefined;
  }
  const scan = fileScan(file, delimiter);
  const columns = await describe(`select * from ${scan}`, ['tables', name, 'file'], resolver);
  return columns && { kind: 'file', source: { kind: 'file', file, scan }, columns };
}

async function describe(
  text: string,
  path: readonly string[],
  resolver: Resolver,
): Promise<readonly Column[] | undefined> {
  try {
    return await resolver.warehouse.describe(resolver.tenant, text);
  } catch (error) {
    resolver.problems.report(path, 'value', refusal(error));
    return undefined;
  }
}

/** Why the engine refused a statement, in its words or, with the grant that may be missing, in ours; throws what is no refusal again. */
export function refusal(error: unknown, names: Iterable<string> = []): string {
  if (error instanceof AppError && error.code === 'warehouse.failed') return engineMessage(error, names);
  // A table that is not there, or may not be seen: an account does not tell which.
  if (error instanceof AppError && error.code === 'warehouse.forbidden') return error.detail;
  throw error;
}

/** The column of a name; upper and lower case count only when two columns differ in nothing else. */
export function columnNamed(columns: readonly Column[], name: string): Column | undefined {
  const lower = name.toLowerCase();
  return (
    columns.find((column) => column.name === name) ?? columns.find((column) => column.name.toLowerCase() === lower)
  );
}

function tenantColumn(
  name: string,
  entry: CoreEntry | DatasetEntry | undefined,
  columns: readonly Column[],
  { isolation, problems }: Resolver,
): string | undefined {
  const path = ['tables', name];
  if (entry?.tenant_column === undefined) {
    if (isolation === 'column') {
      problems.reportAbsence(path, 'key', `${name} needs tenant_column, because of ISOLATION=column`, [
        ...path,
        'tenant_column',
      ]);
    }
    return undefined;
  }
  const found = columnNamed(columns, entry.tenant_column);
  if (found === undefined) {
    const near = didYouMean(
      entry.tenant_column,
      columns.map((column) => column.name),
    );
    problems.report([...path, 'tenant_column'], 'value', `${name} has no column ${quoted(entry.tenant_column)}${near}`);
  }
  return found?.name;
}
