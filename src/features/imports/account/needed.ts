import { CORE_TABLE_NAMES, CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { keysOf, REFERENCES } from '../tables/rules.ts';

/**
 * The stored columns that the checks of an import look at, by table: keys of rows that stay, ids that relationships may
 * name, and what relationships that stay name of a table that is replaced. Nothing of a table that is replaced.
 */
export function neededColumns({ tables }: ImportPlan): ReadonlyMap<CoreTableName, readonly string[]> {
  const modeOf = (name: CoreTableName) => tables.find(({ table }) => table === name)?.mode;
  const needed = CORE_TABLE_NAMES.filter((name) => modeOf(name) !== 'replace').map((name) => {
    const own = tables.find(({ table }) => table === name);
    const keys = own === undefined ? [] : keysOf(own).flat();
    const isNamed = modeOf('customer_products') !== undefined && REFERENCES.some(({ table }) => table === name);
    const names = name === 'customer_products' ? REFERENCES.filter(({ table }) => modeOf(table) === 'replace') : [];
    const all = [...keys, ...(isNamed ? [CORE_TABLES[name].key] : []), ...names.map(({ column }) => column)];
    return [name, [...new Set(all.map((column) => column.toLowerCase()))]] as const;
  });
  return new Map(needed.filter(([, columns]) => columns.length > 0));
}
