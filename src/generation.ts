/*
 * One catalog, served. Another catalog is another generation over the same data, made beside the old one and put in its
 * place as a whole:
 *
 *   data ─ catalog ─ engine ─┬─ routes of every analysis
 *            state ─ cursors ┘  home, health, metrics, docs, imports, admin
 */
import { createEngine, type Engine } from './analysis/engine.ts';
import { FactsRow } from './analysis/facts/model.ts';
import { overviewOf } from './analysis/overview.ts';
import { registryOf } from './analysis/registry.ts';
import { savedIn } from './analysis/saved-definitions.ts';
import { membersOf } from './analysis/segments/members.ts';
import { openSession } from './analysis/session.ts';
import { versionsOf } from './analysis/versions.ts';
import type { Settings } from './config/settings.ts';
import type { Backups } from './data/backup/backups.ts';
import { CORE_TABLE_NAMES } from './data/catalog/core-tables.ts';
import { createTable } from './data/catalog/ddl.ts';
import { loadCatalog } from './data/catalog/load.ts';
import { missingTables } from './data/catalog/managed-tables.ts';
import { DEMO_CATALOG_TEXT } from './data/demo/index.ts';
import type { DataSource } from './data/source.ts';
import type { State } from './data/state/open-state.ts';
import { prepareDataVersions } from './data/warehouse/data-version.ts';
import type { TableDescription, Warehouse } from './data/warehouse/port.ts';
import type { Tenant } from './data/warehouse/tenant.ts';
import { ANALYSES, BUILT_AT_START, mountImports, mountSegments, TAGS, type ImportJobs } from './features/index.ts';
import { mountAdmin, type Admin } from './http/admin.ts';
import { mountBackup } from './http/admin-backup.ts';
import { mountAnalyses } from './http/analyses.ts';
import type { Cursors } from './http/cursor.ts';
import { mountHealth } from './http/health.ts';
import { mountHome, type ServedData } from './http/home.ts';
import type { OnceOnly } from './http/idempotency.ts';
import { markReady } from './http/lifecycle.ts';
import type { ComputePool } from './lib/compute/pool.ts';
import { mountMetrics, type Metrics } from './http/metrics.ts';
import { mountOpenApi } from './http/openapi.ts';
import { createServer, type App, type ServerOptions } from './http/server.ts';
import type { OpenData } from './open-data.ts';

/** What all generations share. */
export type Foundation = ServerOptions & {
  readonly settings: Settings;
  readonly clock: () => Date;
  readonly owner: Tenant;
  readonly state: State;
  readonly cursors: Cursors;
  readonly onceOnly: OnceOnly;
  readonly metrics: Metrics;
  readonly admin: Admin;
  readonly imports: ImportJobs;
  readonly backups: Backups;
  readonly compute: ComputePool;
};

export type Generation = {
  readonly source: DataSource;
  readonly data: OpenData;
  readonly engine: Engine;
  readonly app: App;
};

/** Reads the catalog of a source and checks it against the data. Throws catalog.invalid. */
export async function openEngine(
  { settings, clock, owner, state, compute }: Pick<Foundation, 'settings' | 'clock' | 'owner' | 'state' | 'compute'>,
  source: DataSource,
  { warehouse, numbers, changes }: OpenData,
): Promise<Engine> {
  const isManaged = source.catalogFile === undefined && source.kind !== 'demo';
  const tables = isManaged ? await prepareManagedTables(warehouse, owner) : undefined;
  const text = source.kind === 'demo' ? { text: DEMO_CATALOG_TEXT } : {};
  const file = source.catalogFile === undefined ? {} : { file: source.catalogFile };
  const where = { warehouse, tenant: owner, isolation: settings.ISOLATION, tables };
  const catalog = await loadCatalog({ ...text, ...file, ...where });
  const now = () => clock().getTime();
  const versions = versionsOf({ warehouse, tenant: owner, catalog, settings, numbers, now });
  const registry = registryOf(ANALYSES);
  const isDemo = source.kind === 'demo';
  return createEngine({
    settings,
    warehouse,
    catalog,
    versions,
    changes,
    registry,
    clock,
    isDemo,
    compute,
    saved: savedIn(state),
  });
}

/** The server of an engine, ready to be asked; it does not listen. */
export async function openGeneration(
  foundation: Foundation,
  source: DataSource,
  data: OpenData,
  engine: Engine,
): Promise<Generation> {
  const { owner, state } = foundation;
  const session = openSession(engine, owner, 'heavy', new AbortController().signal);
  // Of an account whoever asks pays, and not who only starts the service.
  if (!data.warehouse.isShared) for (const derivation of BUILT_AT_START) session.standing(derivation);
  const app = createServer(foundation);
  await mountOpenApi(app, { tags: TAGS });
  mountHome(app, { data: () => servedData(engine, source, owner) });
  mountHealth(app, {
    probes: [
      { name: 'warehouse', isRequired: true, check: async () => ({ latencyMs: await engine.warehouse.ping(owner) }) },
      { name: 'state', isRequired: true, check: () => Promise.resolve({ latencyMs: state.ping() }) },
    ],
  });
  mountMetrics(app, foundation.metrics);
  mountAdmin(app, foundation.admin);
  mountBackup(app, foundation.backups);
  mountImports(app, { jobs: foundation.imports, settings: foundation.settings });
  mountSegments(app, {
    state,
    members: membersOf(FactsRow, engine.catalog),
    cursors: foundation.cursors,
    onceOnly: foundation.onceOnly,
    tenantOf: () => owner,
  });
  mountAnalyses(app, {
    engine,
    cursors: foundation.cursors,
    writesOf: () => data.writes,
    onceOnly: foundation.onceOnly,
    tenantOf: () => owner,
  });
  await app.ready();
  markReady(app);
  return { source, data, engine, app };
}

async function servedData(engine: Engine, source: DataSource, owner: Tenant): Promise<ServedData> {
  return { source: source.catalogFile ?? source.kind, isDemo: engine.isDemo, ...(await overviewOf(engine, owner)) };
}

/**
 * A new database gets the three core tables, empty, so that the service answers before the first import. In an account
 * nothing is run for tables that are there. Gives the tables, where they were listed. Throws catalog.invalid.
 */
async function prepareManagedTables(
  warehouse: Warehouse,
  owner: Tenant,
): Promise<readonly TableDescription[] | undefined> {
  const listed = warehouse.isShared ? await warehouse.tables(owner) : undefined;
  const missing = listed === undefined ? CORE_TABLE_NAMES : missingTables(listed, warehouse.dialect);
  if (missing.length === 0) return listed;
  await warehouse.write(owner, async (writer) => {
    for (const name of missing) await writer.run(createTable(name, [], name, warehouse.dialect));
    if (!warehouse.isShared) await prepareDataVersions(writer);
  });
  return undefined;
}
