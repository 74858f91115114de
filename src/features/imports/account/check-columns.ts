import { AppError } from '../../../lib/app-error.ts';
import { CORE_TABLES, type CoreColumn } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import type { Column } from '../../../data/warehouse/port.ts';
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
      const what = `the stored table ${table} has the attribute "${column.name}" with another type (${tables.get(table)!.accountColumns.get(column.name)!.engineType})`;
      throw new AppError('import.failed', `${what}; drop the column in the account and import again`);
    }
  }
}

/**
 * Others may have made the tables that are filled. Throws `import.failed` for a core column whose type would change what
 * is put into it without a word: an amount rounded, a day written as the session writes days.
 */
export function checkCoreTypes({ tables: filled }: Pick<ImportPlan, 'tables'>, tables: AccountTables): void {
  const hasPlaceholders = filled.some(({ onMissingReference }) => onMissingReference === 'placeholder');
  for (const [name, { accountColumns }] of tables) {
    if (!hasPlaceholders && !filled.some(({ table }) => table === name)) continue;
    for (const core of CORE_TABLES[name].columns) {
      const column = accountColumns.get(core.name)!;
      if (holds(column, core)) continue;
      const what = `the stored table ${name} has the column ${core.name} as ${column.engineType}, which does not hold every ${core.engineType}`;
      throw new AppError('import.failed', `${what}; change it in the account, or name another schema`);
    }
  }
}

function holds({ type, engineType }: Column, core: CoreColumn): boolean {
  if (core.type !== 'decimal') return type === core.type;
  const [precision, scale] = digitsOf(engineType, /^NUMBER\((\d+), ?(\d+)\)$/);
  const [ourPrecision, ourScale] = digitsOf(core.engineType, /^DECIMAL\((\d+),(\d+)\)$/);
  return scale! >= ourScale! && precision! - scale! >= ourPrecision! - ourScale!;
}

/** NaN where the type is another. */
function digitsOf(type: string, pattern: RegExp): readonly [number, number] {
  const found = pattern.exec(type);
  return [Number(found?.[1]), Number(found?.[2])];
}
