import { sourceOf } from './column-source.ts';
import { columnSpecs } from './column-spec.ts';
import { castColumn, typeExpressions } from './column-types.ts';
import { CORE_TABLES } from './core-tables.ts';
import type { CoreEntry } from './file-schema.ts';
import type { CatalogTable, CoreTableName, ValueMeaning } from './model.ts';
import { openRelation, type Resolver } from './relation.ts';
import { valueKindColumn } from './value-kind.ts';

/**
 * A core table with every core column, whatever the file maps, and its attributes:
 *
 *     entry -> relation (table, select, file) -> a source per column -> types from the engine -> casts
 *
 * Undefined when its rows cannot be read; all mistakes are reported. `hasFile` is false for the built-in catalog, where
 * further stored columns are attributes by themselves.
 */
export async function resolveCore(
  table: CoreTableName,
  entry: CoreEntry | undefined,
  resolver: Resolver,
  meaning: ValueMeaning,
  hasFile: boolean,
): Promise<CatalogTable | undefined> {
  const relation = await openRelation(table, entry, resolver);
  if (relation === undefined) return undefined;
  const sourced = columnSpecs(table, entry, relation, hasFile).flatMap((spec) =>
    sourceOf(table, spec, relation, resolver),
  );
  const typed = await typeExpressions(sourced, relation, resolver);
  const columns = typed.flatMap((spec) => castColumn(table, spec, resolver));
  if (table === 'customer_products') columns.push(...valueKindColumn(columns, meaning, resolver.warehouse.dialect));
  const description = entry?.description ?? CORE_TABLES[table].description;
  return { ...relation, name: table, isCore: true, description, columns };
}
