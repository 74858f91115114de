import { AppError } from '../../lib/app-error.ts';
import type { Catalog, CatalogTable } from '../catalog/model.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import type { Dialect } from './dialect.ts';
import type { Bind, ColumnsValue, DerivedValue, Part, Sql } from './sql.ts';

/** Tables of the catalog that a statement prints, and the columns of theirs that it can use (`customers.region`). */
export type Reads = { readonly tables: readonly string[]; readonly columns: readonly string[] };
export type Statement = { readonly text: string; readonly params: readonly Bind[]; readonly reads: Reads };
export type Isolation = 'database' | 'schema' | 'column';
export type CompileContext = {
  readonly dialect: Dialect;
  readonly catalog: Catalog;
  readonly tenant: Tenant;
  readonly isolation: Isolation;
  /** Where an intermediate table is built, as the engine addresses it; the others are printed as their selects. */
  readonly builtAt?: ((table: DerivedValue) => readonly string[] | undefined) | undefined;
};

/**
 * Prints a fragment for one engine and one tenant. Every table is printed as a sub-select that renames the user's
 * columns and holds the tenant's scope, so that no statement can forget it. Only columns whose names occur in the
 * statement are printed: that keeps the text short and gives the lineage in `reads`.
 * Throws TypeError without a tenant, RangeError for a table that the catalog does not have, and unsupported.feature for
 * a file where the engine reads none.
 */
export function compile(fragment: Sql, context: CompileContext): Statement {
  if (!context.tenant?.id) throw new TypeError('a statement needs a tenant');
  const names = namesIn(fragment.parts, context.catalog);
  const reads = { tables: new Set<string>(), columns: new Set<string>() };
  const params: Bind[] = [];
  let text = '';
  for (const part of fragment.parts) {
    switch (part.kind) {
      case 'text':
        text += part.text;
        break;
      case 'id':
        text += context.dialect.name(part.name);
        break;
      case 'stored':
        text += context.dialect.quote(part.name);
        break;
      case 'columns':
        text += printColumns(part, context);
        break;
      case 'param':
        params.push(part.value);
        text += '?';
        break;
      case 'table': {
        const table = tableNamed(context.catalog, part.table);
        const used = table.columns.filter((column) => names.has(column.name));
        reads.tables.add(table.name);
        for (const column of used) reads.columns.add(`${table.name}.${column.name}`);
        const printed = printTable(table, used, context);
        text += printed.text;
        params.push(...printed.params);
        break;
      }
      case 'derived': {
        const made = compile(part.select, context);
        for (const table of made.reads.tables) reads.tables.add(table);
        for (const column of made.reads.columns) reads.columns.add(column);
        const address = context.builtAt?.(part);
        text += address === undefined ? `(${made.text})` : address.map(context.dialect.quote).join('.');
        if (address === undefined) params.push(...made.params);
        break;
      }
    }
  }
  return { text: text.trim(), params, reads: { tables: [...reads.tables].sort(), columns: [...reads.columns].sort() } };
}

function printColumns({ table, alias }: ColumnsValue, { catalog, dialect }: CompileContext): string {
  return tableNamed(catalog, table)
    .columns.map((column) => `${alias}.${dialect.name(column.name)}`)
    .join(', ');
}

function printTable(table: CatalogTable, used: CatalogTable['columns'], context: CompileContext) {
  const { quote, name: nameOf } = context.dialect;
  const selected = used.map(({ name, source }) => {
    const expression = source.kind === 'column' ? quote(source.column) : `(${source.sql})`;
    const ours = nameOf(name);
    return expression === ours ? expression : `${expression} as ${ours}`;
  });
  const scope = context.isolation === 'column' ? tenantScope(table, context) : { text: '', params: [] };
  const list = selected.length > 0 ? selected.join(', ') : '1 as one';
  return { text: `(select ${list} from ${printSource(table, context)}${scope.text})`, params: scope.params };
}

function printSource(table: CatalogTable, context: CompileContext): string {
  switch (table.source.kind) {
    case 'table':
      return printAddress(table.source.path, context);
    case 'sql':
      return `(${table.source.sql}) source`;
    case 'file':
      if (context.dialect.engine === 'duckdb') return table.source.scan;
      throw new AppError('unsupported.feature', `${table.name} is a file, and files are read on DuckDB only`);
  }
}

/** How a statement addresses a table: the schema of the tenant under ISOLATION=schema, unless the path names another. */
export function printAddress(
  path: readonly string[],
  { dialect, tenant, isolation }: Pick<CompileContext, 'dialect' | 'tenant' | 'isolation'>,
): string {
  const own = isolation === 'schema' && path.length === 1 ? [dialect.fold(tenant.id)] : [];
  return [...own, ...path].map(dialect.quote).join('.');
}

function tenantScope(table: CatalogTable, context: CompileContext): { text: string; params: Bind[] } {
  if (table.tenantColumn === undefined) {
    throw new TypeError(`ISOLATION=column needs tenant_column on table ${table.name}`);
  }
  return { text: ` where ${context.dialect.quote(table.tenantColumn)} = ?`, params: [context.tenant.id] };
}

function namesIn(parts: readonly Part[], catalog: Catalog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const part of parts) {
    if (part.kind === 'text') for (const [name] of part.text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) names.add(name);
    if (part.kind === 'text')
      for (const [, name] of part.text.matchAll(/"((?:[^"]|"")+)"/g)) names.add(name!.replaceAll('""', '"'));
    if (part.kind === 'id') names.add(part.name);
    if (part.kind === 'columns') for (const { name } of tableNamed(catalog, part.table).columns) names.add(name);
  }
  return names;
}

function tableNamed(catalog: Catalog, name: string): CatalogTable {
  const table = catalog.tables.get(name);
  if (table === undefined) throw new RangeError(`the catalog has no table ${JSON.stringify(name)}`);
  return table;
}
