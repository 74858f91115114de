import { CORE_TABLE_NAMES, CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { keysOf, REFERENCES } from '../tables/rules.ts';

/** Stored rows are compared in this column with that of rows that come in. */
export type Comparison = { readonly column: string; readonly rowsOf: CoreTableName; readonly incoming: string };
export type Needed = {
  readonly table: CoreTableName;
  /** Stored columns that the checks look at, in lower case; the id is one of them. */
  readonly columns: readonly string[];
  /** A stored row matters when one of these finds it; undefined when every row matters. */
  readonly comparisons: readonly Comparison[] | undefined;
};

/**
 * What the checks of an import look at of stored tables: keys of rows that stay, ids that relationships may name, and
 * what relationships that stay name of a table that is replaced. Nothing of a table that is replaced.
 */
export function neededOf({ tables }: ImportPlan): readonly Needed[] {
  const modeOf = (name: CoreTableName) => tables.find(({ table }) => table === name)?.mode;
  const kept = CORE_TABLE_NAMES.filter((name) => modeOf(name) !== 'replace');
  return kept.flatMap((table) => {
    const own = CORE_TABLES[table].key;
    const plan = tables.find((one) => one.table === table);
    const keys = plan === undefined ? [] : keysOf(plan).map((key) => key.map((column) => column.toLowerCase()));
    const references =
      modeOf('customer_products') === undefined ? [] : REFERENCES.filter((reference) => reference.table === table);
    const names = table === 'customer_products' ? REFERENCES.filter((one) => modeOf(one.table) === 'replace') : [];
    const comparisons = [
      ...keys.map(([first]) => ({ column: first!, rowsOf: table, incoming: first! })),
      ...references.map(({ column }) => ({ column: own, rowsOf: 'customer_products' as const, incoming: column })),
    ];
    if (comparisons.length === 0 && names.length === 0) return [];
    const columns = [...new Set([own, ...keys.flat(), ...names.map(({ column }) => column)])];
    return [{ table, columns, comparisons: names.length > 0 ? undefined : comparisons }];
  });
}
