import type { Catalog } from '../../../data/catalog/model.ts';
import { compile, type Statement } from '../../../data/sql/compile.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';

/** These statements name no table of a catalog. */
const NO_CATALOG: Catalog = {
  tables: new Map(),
  valueMeaning: { default: 'once', byType: {} },
  hash: '',
  file: undefined,
};

export function printed(fragment: Sql, owner: Tenant): Statement {
  return compile(fragment, { dialect: snowflakeDialect, catalog: NO_CATALOG, tenant: owner, isolation: 'database' });
}
