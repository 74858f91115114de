import { CORE_TABLE_NAMES, isCoreTable } from '../../catalog/core-tables.ts';
import { tableFinder, tablePath } from '../../catalog/find-table.ts';
import { readCatalogText } from '../../catalog/load.ts';
import type { CoreTableName } from '../../catalog/model.ts';
import { parseCatalogFile } from '../../catalog/parse-file.ts';
import { originOf } from '../../catalog/table-rules.ts';
import type { TableDescription } from '../../warehouse/port.ts';
import type { Account } from './account.ts';
import { addressed } from './names.ts';
import { storedName } from '../../sql/snowflake-names.ts';

/** A table of the account that the catalog names, or that the service keeps itself. */
export type NamedTable = {
  readonly core: CoreTableName | undefined;
  readonly isManaged: boolean;
  /** Whether the role sees it. */
  readonly isSeen: boolean;
  readonly kind: 'TABLE' | 'VIEW';
  readonly schema: string;
  /** Whole, as a statement writes it. */
  readonly address: string;
};

type Named = { readonly entry: string; readonly table: string; readonly isManaged: boolean };

/** In the order of the catalog. Throws `catalog.invalid` when it cannot be read. */
export function namedTables(
  file: string | undefined,
  tables: readonly TableDescription[],
  account: Account,
): readonly NamedTable[] {
  const { database, schema, owner, settings } = account;
  const find = tableFinder(tables, account.warehouse, owner, settings.ISOLATION);
  return named(file).map(({ entry, table, isManaged }) => {
    const found = find(table);
    const core = isCoreTable(entry) ? entry : undefined;
    const isSeen = 'path' in found;
    const path = isSeen ? found.path : (tablePath(table) ?? [table]).map(storedName);
    const [name, place = schema] = path.toReversed();
    const kind = isSeen && found.description.kind === 'view' ? 'VIEW' : 'TABLE';
    return { core, isManaged, isSeen, kind, schema: place, address: addressed(database, place, name!) };
  });
}

function named(file: string | undefined): readonly Named[] {
  const parsed = file === undefined ? undefined : parseCatalogFile(readCatalogText(file), file);
  const core = CORE_TABLE_NAMES.map((name) => [name, parsed?.core[name]] as const);
  return [...core, ...(parsed?.datasets ?? [])].flatMap(([entry, said]): Named[] => {
    const origin = originOf(said);
    if (origin.kind === 'managed') return isCoreTable(entry) ? [{ entry, table: entry, isManaged: true }] : [];
    return origin.kind === 'table' ? [{ entry, table: origin.value, isManaged: false }] : [];
  });
}

export const namesOf = (tables: readonly NamedTable[]): string => tables.map(({ address }) => address).join(', ');
