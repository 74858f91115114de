import { didYouMean } from '../../lib/near-name.ts';
import type { DatasetEntry } from './file-schema.ts';
import type { CatalogTable } from './model.ts';
import { quoted } from './problems.ts';
import { columnNamed, openRelation, type Resolver } from './relation.ts';

/** A dataset with all columns that its table, select or file has, that of the tenant left out; undefined when it cannot be read. */
export async function resolveDataset(
  name: string,
  entry: DatasetEntry,
  resolver: Resolver,
): Promise<CatalogTable | undefined> {
  const relation = await openRelation(name, entry, resolver);
  if (relation === undefined) return undefined;
  const personal = new Set<string>();
  for (const [i, wanted] of (entry.personal ?? []).entries()) {
    const column = columnNamed(relation.columns, wanted);
    if (column !== undefined) personal.add(column.name);
    else {
      const near = didYouMean(
        wanted,
        relation.columns.map((one) => one.name),
      );
      resolver.problems.report(
        ['tables', name, 'personal', i],
        'value',
        `${name} has no column ${quoted(wanted)}${near}`,
      );
    }
  }
  const columns = relation.columns
    .filter((column) => column.name !== relation.tenantColumn)
    .map(({ name: column, type, engineType }) => ({
      name: column,
      type,
      engineType,
      description: '',
      unit: undefined,
      isPersonal: personal.has(column),
      isAttribute: false,
      source: { kind: 'column', column } as const,
    }));
  return { ...relation, name, isCore: false, description: entry.description ?? '', columns };
}
