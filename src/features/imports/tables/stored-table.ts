import { ATTRIBUTE_TYPES, createTable } from '../../../data/catalog/ddl.ts';
import type { TableImport } from '../../../data/catalog/import-plan.ts';
import type { Column, Writer } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import * as queries from './queries.ts';
import { numberOf } from './table-report.ts';

/** The table that an import fills, as it is before: its columns, and the rows that stay or are updated. */
export type StoredTable = { readonly columns: readonly Column[]; readonly rowsBefore: number };

/**
 * Makes the table when it is not there, or anew when it is replaced. Throws `import.failed` when it is to be kept and
 * lacks an attribute of the plan.
 */
export async function prepareTable(writer: Writer, plan: TableImport): Promise<StoredTable> {
  const { table, mode, attributes } = plan;
  if (mode === 'replace') await writer.run(`drop table if exists ${table}`);
  await writer.run(createTable(table, attributes));
  const columns = (await writer.query(`select * from ${table} limit 0`)).schema;
  checkAttributes(plan, columns);
  return { columns, rowsBefore: await numberOf(writer, queries.countRows(table)) };
}

function checkAttributes({ table, mode, attributes }: TableImport, columns: readonly Column[]): void {
  for (const { name, type } of attributes) {
    const stored = columns.find((column) => column.name === name);
    if (stored?.engineType === ATTRIBUTE_TYPES[type]) continue;
    const what = stored === undefined ? 'has no' : `has another type (${stored.engineType}) for the`;
    throw new AppError(
      'import.failed',
      `the stored table ${table} ${what} attribute "${name}", and ${mode} keeps the table as it is; mode replace makes it anew`,
    );
  }
}
