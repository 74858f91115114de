import { AppError } from '../../../lib/app-error.ts';
import { duckdbType, type AccountTables } from './account-tables.ts';
import type { Load } from './shipment.ts';

/**
 * A column cannot change its type in the transaction that replaces its rows: in an account such a statement commits by
 * itself. Throws `import.failed` for one that would have to.
 */
export function checkColumns(loads: readonly Load[], tables: AccountTables): void {
  for (const { table, columns } of loads) {
    const stored = tables.get(table)?.columns ?? [];
    for (const column of columns) {
      const there = stored.find(({ name }) => name === column.name);
      if (there === undefined || there.engineType === duckdbType(column)) continue;
      const what = `the stored table ${table} has the attribute "${column.name}" with another type (${tables.get(table)!.accountTypes.get(column.name)})`;
      throw new AppError('import.failed', `${what}; drop the column in the account and import again`);
    }
  }
}
