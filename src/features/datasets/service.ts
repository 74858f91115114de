import type { RunContext } from '../../analysis/define.ts';
import type { Derivation } from '../../analysis/derivation.ts';
import { sql } from '../../data/sql/sql.ts';
import type { CatalogTable } from '../../data/catalog/model.ts';
import { AppError } from '../../lib/app-error.ts';

/** One entry per table of the catalog, core tables first. A dataset that cannot be read says why and spoils no other. */
export async function describeDatasets({ catalog, derive }: Pick<RunContext, 'catalog' | 'derive'>) {
  const tables = [...catalog.tables.values()].sort(
    (a, b) => Number(b.isCore) - Number(a.isCore) || (a.name < b.name ? -1 : 1),
  );
  const described = [];
  // One after the other: many datasets at once would fill the queue of statements and be refused.
  for (const table of tables) described.push({ ...describe(table), ...(await counted(() => derive(rowCount(table)))) });
  return described;
}

function describe({ name, kind, isCore, description, columns }: CatalogTable) {
  return {
    name,
    kind,
    isCore,
    description,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      engineType: column.engineType,
      unit: column.unit ?? null,
      isPersonal: column.isPersonal,
      description: column.description,
    })),
  };
}

function rowCount({ name }: CatalogTable): Derivation<number> {
  return {
    name: `dataset.rows.${name}`,
    reads: [name],
    build: async ({ query, t }) =>
      Number((await query(sql`select count(*) as row_count from ${t.dataset(name)} x`)).columns[0]![0]),
    bytes: () => 8,
  };
}

/** What keeps a dataset, and no other, from being read. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'warehouse.failed': 'the warehouse refused to read it',
  'dataset.changed': 'its file changes while it is read',
  'dataset.unavailable': 'its file is not there',
};

async function counted(count: () => Promise<number>): Promise<{ rows: number | null; problem: string | null }> {
  try {
    return { rows: await count(), problem: null };
  } catch (error) {
    const problem = error instanceof AppError ? UNREADABLE[error.code] : undefined;
    if (problem === undefined) throw error;
    return { rows: null, problem };
  }
}
