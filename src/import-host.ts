import { existsSync } from 'node:fs';
import { CORE_TABLE_NAMES } from './data/catalog/core-tables.ts';
import { loadCatalog } from './data/catalog/load.ts';
import type { CatalogTable } from './data/catalog/model.ts';
import type { DataPaths } from './data/source.ts';
import type { State } from './data/state/open-state.ts';
import { compile } from './data/sql/compile.ts';
import { id, join, sql, type Sql } from './data/sql/sql.ts';
import type { Tenant } from './data/warehouse/tenant.ts';
import {
  accountTarget,
  databaseTarget,
  isKeptCatalog,
  openImportTarget,
  type ImportHost,
  type ImportTarget,
} from './features/index.ts';
import type { Generation } from './generation.ts';
import type { ServerOptions } from './http/server.ts';
import { AppError } from './lib/app-error.ts';

export type HostParts = ServerOptions & {
  readonly paths: DataPaths;
  readonly owner: Tenant;
  readonly state: State;
  readonly clock: () => Date;
  readonly current: () => Generation;
  readonly reload: () => Promise<unknown>;
  readonly hold: () => () => void;
};

/** The service as imports see it. */
export function importHost(parts: HostParts): ImportHost {
  const { settings, paths, owner, state, clock, current, reload, hold, logger: log } = parts;
  return {
    settings,
    paths,
    state,
    owner,
    now: () => clock().getTime(),
    log,
    served: () => {
      const { engine, source } = current();
      const { catalog, warehouse, isDemo } = engine;
      const context = { catalog, tenant: owner, dialect: warehouse.dialect, isolation: settings.ISOLATION };
      return {
        catalog,
        isDemo,
        isFixed: settings.CATALOG !== '' || (source.catalogFile !== undefined && !isKeptCatalog(source.catalogFile)),
        selectOf: (table) => withoutValues(compile(allOf(table), context)),
      };
    },
    async checkCatalog(text, folder) {
      const { warehouse } = current().data;
      await loadCatalog({
        text,
        file: 'catalog',
        warehouse,
        tenant: owner,
        isolation: settings.ISOLATION,
        importFolder: folder,
      });
    },
    expectCatalog() {
      const { lifecycle } = current().app;
      lifecycle.isStale = true;
      return () => void (lifecycle.isStale = false);
    },
    openTarget: () => openTarget(parts),
    hold,
    async serve() {
      await reload();
      // The catalog may be the one of before, and its app stays.
      current().app.lifecycle.isStale = false;
    },
  };
}

/** Columns by name: what a statement does not name is not read. */
function allOf({ name, columns }: CatalogTable): Sql {
  const named = columns.map((column) => sql`d.${id(column.name)}`);
  return sql`select ${join(named, ', ')} from ${Object.freeze({ kind: 'table', table: name } as const)} d`;
}

/** An import's SQL takes no values. */
function withoutValues({ text, params }: { text: string; params: readonly unknown[] }): string {
  if (params.length === 0) return text;
  throw new AppError('import.failed', 'this dataset is read with the tenant as a value, which an import cannot do');
}

async function openTarget({ settings, paths, owner, current }: HostParts): Promise<ImportTarget> {
  const { source, data } = current();
  if (source.kind !== 'demo') {
    const { warehouse } = data;
    const target = warehouse.isShared
      ? accountTarget({ settings, paths, owner, warehouse })
      : databaseTarget(warehouse, owner);
    return {
      ...target,
      keep: async () => data.replaced(CORE_TABLE_NAMES),
      discard: async () => {},
    };
  }
  if (existsSync(paths.main))
    throw new AppError(
      'import.failed',
      'the service serves the demo, but data were imported already: POST /v1/admin/catalog:reload first',
    );
  return openImportTarget({ settings, paths, owner });
}
