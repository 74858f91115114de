import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Analysis } from '../src/analysis/define.ts';
import { CORE_TABLE_NAMES } from '../src/data/catalog/core-tables.ts';
import { changeLog } from '../src/analysis/change-log.ts';
import { createEngine, type Engine } from '../src/analysis/engine.ts';
import { writeQueue, type WriteQueue } from '../src/analysis/write-queue.ts';
import { savedIn } from '../src/analysis/saved-definitions.ts';
import type { ReadSaved } from '../src/analysis/saved.ts';
import { computePool, type ComputePool } from '../src/lib/compute/pool.ts';
import { registryOf } from '../src/analysis/registry.ts';
import { openNumbers, versionsOf, type Versions } from '../src/analysis/versions.ts';
import { settingsWith, type Settings } from '../src/config/settings.ts';
import { loadCatalog } from '../src/data/catalog/load.ts';
import { idempotencyKeys } from '../src/data/state/idempotency.ts';
import { openState, type State } from '../src/data/state/open-state.ts';
import { openDuckdb } from '../src/data/warehouse/duckdb/warehouse.ts';
import type { Statement } from '../src/data/sql/compile.ts';
import type { Warehouse } from '../src/data/warehouse/port.ts';
import { tenant, type Tenant } from '../src/data/warehouse/tenant.ts';
import { ANALYSES, TAGS } from '../src/features/index.ts';
import { mountAnalyses } from '../src/http/analyses.ts';
import { cursorsOf } from '../src/http/cursor.ts';
import { onceOnly, type OnceOnly } from '../src/http/idempotency.ts';
import { mountOpenApi } from '../src/http/openapi.ts';
import { createServer, type App } from '../src/http/server.ts';
import { fillWorld } from './world-fill.ts';
import { clientOf, type Client } from './world-client.ts';
import { TINY, WORLD_CATALOG, WORLD_DAY, type WorldRows } from './world-rows.ts';

export type WorldOptions = {
  /** Rows of the tenant who asks; TINY when left out. */
  readonly rows?: WorldRows | undefined;
  /** Rows of other tenants of the same warehouse, by tenant. */
  readonly others?: Readonly<Record<string, WorldRows>>;
  readonly settings?: Partial<Settings>;
  /** YAML of the catalog; WORLD_CATALOG when left out. */
  readonly catalog?: string;
  readonly analyses?: readonly Analysis[];
  readonly isDemo?: boolean;
  /** The clock of the service's own records; it stands at noon of WORLD_DAY when left out. */
  readonly stateClock?: () => Date;
  /** Statements that run before the catalog is read: further tables, views. */
  readonly statements?: readonly string[];
  /** What the warehouse is to the service: others may write to it (shared-warehouse.ts), or it fails. */
  readonly wrap?: (warehouse: Warehouse) => Warehouse;
  /** Milliseconds by which versions are held; they stand when left out. */
  readonly now?: () => number;
};

export type World = Client & {
  readonly engine: Engine;
  readonly app: App;
  readonly warehouse: Warehouse;
  readonly owner: Tenant;
  readonly writesOf: (tenant: Tenant) => WriteQueue;
  readonly onceOnly: OnceOnly;
  readonly state: State;
  /** Every statement that the service ran so far, oldest first; empty it by `ran.length = 0`. */
  readonly ran: Statement[];
  /** What went wrong on our side while requests were answered: to be empty at the end. */
  readonly faults: readonly unknown[];
  /** Puts other rows in place of those of the tenant who asks; engine and app know of it as of a write. */
  refill(rows: WorldRows): Promise<void>;
  close(): Promise<void>;
};

/**
 * A small real service for tests: rows in a DuckDB file of its own, catalog, engine, and the server with the routes of
 * every analysis and OpenAPI. Nothing listens: `world.get('/v1/customers?limit=2')` goes straight in. Its today is
 * WORLD_DAY. Close it when done; it deletes its folder.
 *
 *     const world = await openWorld();
 *     const { status, json } = await world.get('/v1/customers/C1/products');
 *     await world.close();
 */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'world-'));
  const settings = settingsWith({ DATA_DIR: folder, MEMORY_LIMIT: 512 * 1024 ** 2, THREADS: 2, ...options.settings });
  const owner = tenant('default');
  const fileOf = ({ id }: Tenant) =>
    join(folder, settings.ISOLATION === 'database' ? `${id}.duckdb` : 'everybody.duckdb');
  const ran: Statement[] = [];
  const opened = await openDuckdb({ settings, fileOf, spillDir: join(folder, 'spill') });
  const warehouse = recorded(options.wrap?.(opened) ?? opened, ran);
  const rows = { ...options.others, [owner.id]: options.rows ?? TINY };
  for (const [id, stored] of Object.entries(rows)) {
    await fillWorld(warehouse, tenant(id), settings.ISOLATION, stored, options.statements);
  }
  const compute = computePool({ size: 1 });
  const clock = options.stateClock ?? (() => new Date(`${WORLD_DAY}T12:00:00Z`));
  const state = openState({ file: join(folder, 'state.sqlite'), clock });
  const parts = { warehouse, owner, settings, compute, saved: savedIn(state) };
  const { engine, reload } = await engineOf(parts, options);
  const app = createServer({ settings, logger: pino({ level: 'silent' }), version: '0.0.0-test' });
  const faults: unknown[] = [];
  app.onRequestEnd(({ facts }) => void (facts.err !== undefined && faults.push(facts.err)));
  await mountOpenApi(app, { tags: TAGS });
  const queues = new Map<string, WriteQueue>();
  const writesOf = (asking: Tenant) => {
    const queue = queues.get(asking.id) ?? writeQueue({ ...engine, waitSeconds: settings.QUEUE_SECONDS }, asking);
    queues.set(asking.id, queue);
    return queue;
  };
  const once = onceOnly(idempotencyKeys(state));
  mountAnalyses(app, {
    engine,
    cursors: cursorsOf('a secret of the tests'),
    writesOf,
    onceOnly: once,
    tenantOf: () => owner,
  });
  await app.ready();
  return {
    ...clientOf(app),
    engine,
    app,
    warehouse,
    owner,
    writesOf,
    onceOnly: once,
    state,
    ran,
    faults,
    async refill(next) {
      await fillWorld(warehouse, owner, settings.ISOLATION, next);
      await reload();
    },
    async close() {
      await app.close();
      await compute.close();
      await warehouse.close();
      state.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same warehouse; what it is asked is written down. */
function recorded(warehouse: Warehouse, ran: Statement[]): Warehouse {
  return {
    ...warehouse,
    query: (tenant, statement, options) => (ran.push(statement), warehouse.query(tenant, statement, options)),
    stream: (tenant, statement, options) => (ran.push(statement), warehouse.stream(tenant, statement, options)),
    pack: (tenant, statement, options) => (ran.push(statement), warehouse.pack(tenant, statement, options)),
  };
}

type EngineWorld = {
  readonly warehouse: Warehouse;
  readonly owner: Tenant;
  readonly settings: Settings;
  readonly compute: ComputePool;
  readonly saved: ReadSaved;
};

async function engineOf(
  { warehouse, owner, settings, compute, saved }: EngineWorld,
  { catalog: text, analyses = ANALYSES, isDemo = false, now = () => 0 }: WorldOptions,
): Promise<{ engine: Engine; reload: () => Promise<void> }> {
  const scoped = settings.ISOLATION === 'column' ? withTenantColumns(text ?? WORLD_CATALOG) : (text ?? WORLD_CATALOG);
  const catalog = await loadCatalog({ text: scoped, warehouse, tenant: owner, isolation: settings.ISOLATION });
  const stored = async () => {
    const numbers = await openNumbers(warehouse, owner);
    return versionsOf({ warehouse, tenant: owner, catalog, settings, numbers, now });
  };
  let current = await stored();
  const versions: Versions = {
    of: (tables) => current.of(tables),
    now: (tables) => current.now(tables),
    numbers: (tables) => current.numbers(tables),
    said: (tables) => current.said(tables),
    raise: (tables) => current.raise(tables),
  };
  const registry = registryOf(analyses);
  const clock = () => new Date(`${WORLD_DAY}T12:00:00Z`);
  const engine = createEngine({
    settings,
    warehouse,
    catalog,
    versions,
    changes: changeLog(),
    registry,
    clock,
    isDemo,
    compute,
    saved,
  });
  const reload = async () => {
    current = await stored();
    const now = current.numbers(CORE_TABLE_NAMES);
    for (const table of CORE_TABLE_NAMES) engine.changes.note(table, now[table]!, 'all');
  };
  return { engine, reload };
}

/** The same catalog with the column `owner` as the tenant of each core table. */
function withTenantColumns(text: string): string {
  return text.replace(/^ {2}(customers|products|customer_products):$/gm, '$&\n    tenant_column: owner');
}
