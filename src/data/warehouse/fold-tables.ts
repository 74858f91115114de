import type { Batch, TableDescription, Value } from './port.ts';

/** What a row tells of its table, and the column that it is of. */
export type ColumnRow = {
  readonly table: Pick<TableDescription, 'kind' | 'rowCount'>;
  readonly column: TableDescription['columns'][number];
};

/**
 * One description per table, of rows of one column each that begin with schema and table; `read` gets the rest of a row.
 * Tables of `defaultSchema` are named without it.
 */
export function foldTables(
  { rowCount, columns }: Batch,
  defaultSchema: string,
  read: (rest: readonly Value[]) => ColumnRow,
): readonly TableDescription[] {
  const tables = new Map<string, TableDescription & { readonly columns: ColumnRow['column'][] }>();
  for (let row = 0; row < rowCount; row++) {
    const [schema, name, ...rest] = columns.map((values) => values[row]!) as [string, string, ...Value[]];
    const path = schema === defaultSchema ? [name] : [schema, name];
    const { table, column } = read(rest);
    const key = JSON.stringify(path);
    const described = tables.get(key) ?? { path, ...table, columns: [] };
    tables.set(key, described);
    described.columns.push(column);
  }
  return [...tables.values()];
}
