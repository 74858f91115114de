/*
 * The table of contents: every part of the service, by name, in the order in which it is put together.
 *
 *   settings ─ data source ─ warehouse ─ catalog ─ engine ─┬─ routes of every analysis
 *                                     state ─ cursors ─────┘  home, health, metrics, docs
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { FastifyBaseLogger } from 'fastify';
import { createEngine, type Engine } from './analysis/engine.ts';
import { overviewOf } from './analysis/overview.ts';
import { registryOf } from './analysis/registry.ts';
import { openSession } from './analysis/session.ts';
import { loadVersions } from './analysis/versions.ts';
import { writeQueue } from './analysis/write-queue.ts';
import type { Settings } from './config/settings.ts';
import { loadCatalog } from './data/catalog/load.ts';
import { CORE_TABLE_NAMES } from './data/catalog/core-tables.ts';
import { createTable } from './data/catalog/ddl.ts';
import { DEMO_CATALOG_TEXT, ensureDemo } from './data/demo/index.ts';
import { chooseSource, dataPaths, makeDataFolders, type DataSource } from './data/source.ts';
import { cursorSecret } from './data/state/cursor-secret.ts';
import { idempotencyKeys } from './data/state/idempotency.ts';
import { openState, type State } from './data/state/open-state.ts';
import { openDuckdb } from './data/warehouse/duckdb/warehouse.ts';
import { prepareDataVersions } from './data/warehouse/data-version.ts';
import type { Warehouse } from './data/warehouse/port.ts';
import { tenant, type Tenant } from './data/warehouse/tenant.ts';
import { ANALYSES, BUILT_AT_START, TAGS } from './features/index.ts';
import { mountAnalyses } from './http/analyses.ts';
import { cursorsOf } from './http/cursor.ts';
import { mountHealth } from './http/health.ts';
import { mountHome, type ServedData } from './http/home.ts';
import { onceOnly } from './http/idempotency.ts';
import { markReady } from './http/lifecycle.ts';
import { mountMetrics } from './http/metrics.ts';
import { mountOpenApi } from './http/openapi.ts';
import { createServer, type App } from './http/server.ts';
import { AppError } from './lib/app-error.ts';

export type ServiceOptions = {
  readonly settings: Settings;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  readonly clock: () => Date;
  /** Lines for a person who waits (making demo data). */
  readonly progress: (line: string) => void;
};

export type Service = {
  readonly app: App;
  readonly engine: Engine;
  readonly source: DataSource;
  readonly owner: Tenant;
  close(): Promise<void>;
};

/** Everything but listening. Closes what it opened when a later step fails. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { settings } = options;
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const source = chooseSource(settings, paths);
  if (source.kind === 'demo') await ensureDemo({ settings, progress: options.progress });
  const isNew = !existsSync(source.database);
  const warehouse = await openDuckdb({ settings, fileOf: () => source.database, spillDir: paths.spill });
  const state = openState({ file: paths.state, clock: options.clock });
  try {
    const owner = tenant('default');
    const engine = await openEngine(options, warehouse, source, owner);
    const session = openSession(engine, owner, 'heavy', new AbortController().signal);
    for (const derivation of BUILT_AT_START) session.standing(derivation);
    const app = await mount(options, engine, source, state, owner);
    return { app, engine, source, owner, close: () => closeAll(app, warehouse, state) };
  } catch (error) {
    // While it is open, so that nobody else can have it.
    if (isNew) await takeAway(source.database, error);
    await warehouse.close();
    state.close();
    throw error;
  }
}

/** An empty database would be served from the next start on, in place of the demo. One that is locked was made by another process. */
async function takeAway(database: string, error: unknown): Promise<void> {
  if (error instanceof AppError && error.code === 'warehouse.locked') return;
  await rm(database, { force: true }).catch(() => undefined);
}

async function openEngine(
  { settings, clock }: ServiceOptions,
  warehouse: Warehouse,
  source: DataSource,
  owner: Tenant,
): Promise<Engine> {
  if (source.catalogFile === undefined && source.kind === 'main') await prepareManagedTables(warehouse, owner);
  const text = source.kind === 'demo' ? { text: DEMO_CATALOG_TEXT } : {};
  const file = source.catalogFile === undefined ? {} : { file: source.catalogFile };
  const catalog = await loadCatalog({ ...text, ...file, warehouse, tenant: owner, isolation: settings.ISOLATION });
  const versions = await loadVersions(warehouse, owner, catalog);
  const registry = registryOf(ANALYSES);
  return createEngine({ settings, warehouse, catalog, versions, registry, clock, isDemo: source.kind === 'demo' });
}

async function mount(
  { settings, logger, version }: ServiceOptions,
  engine: Engine,
  source: DataSource,
  state: State,
  owner: Tenant,
): Promise<App> {
  const app = createServer({ settings, logger, version });
  const secret = settings.CURSOR_SECRET === '' ? await cursorSecret(state, randomBytes) : settings.CURSOR_SECRET;
  const tenantOf = () => owner;
  await mountOpenApi(app, { tags: TAGS });
  mountHome(app, { data: () => servedData(engine, source, owner) });
  mountHealth(app, {
    probes: [
      { name: 'warehouse', isRequired: true, check: async () => ({ latencyMs: await engine.warehouse.ping(owner) }) },
      { name: 'state', isRequired: true, check: () => Promise.resolve({ latencyMs: state.ping() }) },
    ],
  });
  mountMetrics(app, { laneStates: () => engine.warehouse.state() });
  const writes = writeQueue(engine, owner);
  mountAnalyses(app, {
    engine,
    cursors: cursorsOf(secret),
    writesOf: () => writes,
    onceOnly: onceOnly(idempotencyKeys(state)),
    tenantOf,
  });
  await app.ready();
  markReady(app);
  return app;
}

async function servedData(engine: Engine, source: DataSource, owner: Tenant): Promise<ServedData> {
  return { source: source.catalogFile ?? source.kind, isDemo: engine.isDemo, ...(await overviewOf(engine, owner)) };
}

/** A new database gets the three core tables, empty, so that the service answers before the first import. */
async function prepareManagedTables(warehouse: Warehouse, owner: Tenant): Promise<void> {
  await warehouse.write(owner, async (writer) => {
    for (const name of CORE_TABLE_NAMES) await writer.run(createTable(name));
    await prepareDataVersions(writer);
  });
}

async function closeAll(app: App, warehouse: Warehouse, state: State): Promise<void> {
  await app.close();
  await warehouse.close();
  state.close();
}
