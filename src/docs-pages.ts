import { registryOf } from './analysis/registry.ts';
import { coreCatalog } from './data/catalog/core-catalog.ts';
import { duckdbDialect } from './data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from './data/sql/snowflake-dialect.ts';
import { REFERENCE_PAGES, type ReferencePage } from './delivery/reference/command.ts';
import { sqlPages } from './delivery/reference/sql-pages.ts';
import { ANALYSES } from './features/index.ts';

/** Every generated page: those that need nothing but the code, and those that read the list of analyses. */
export function docsPages(): readonly ReferencePage[] {
  const registry = registryOf(ANALYSES);
  const statements = [duckdbDialect, snowflakeDialect].flatMap((dialect) =>
    sqlPages(registry, coreCatalog(dialect), dialect),
  );
  return [...REFERENCE_PAGES, ...statements.map(({ path, text }) => ({ path, render: () => text }))];
}
