/*
 * The table of contents: every part of the service, by name, in the order in which it is put together.
 *
 *   settings ─ state ─ source ─ data (open-data.ts) ─ generation (generation.ts): catalog, engine, app
 *                         └────────── reload: another generation, and other data when there is ──┘
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Settings } from './config/settings.ts';
import { backupsOf } from './data/backup/backups.ts';
import { ensureDemo } from './data/demo/index.ts';
import { chooseSource, dataPaths, makeDataFolders, type DataPaths } from './data/source.ts';
import { cursorSecret } from './data/state/cursor-secret.ts';
import { idempotencyKeys } from './data/state/idempotency.ts';
import { openState, type State } from './data/state/open-state.ts';
import { tenant } from './data/warehouse/tenant.ts';
import { importJobs, settleImports } from './features/index.ts';
import { openEngine, openGeneration, type Foundation, type Generation } from './generation.ts';
import type { Reloaded } from './http/admin.ts';
import { cursorsOf } from './http/cursor.ts';
import type { FrontDoor } from './http/front-door.ts';
import { onceOnly } from './http/idempotency.ts';
import { serviceMetrics } from './http/metrics.ts';
import { AppError } from './lib/app-error.ts';
import { importHost } from './import-host.ts';
import { computePool } from './lib/compute/pool.ts';
import { inTurn } from './lib/in-turn.ts';
import { openData } from './open-data.ts';
import { retire } from './retire.ts';

/** Threads for maths beside those of the warehouse: what counts pairs is cut in two. */
const COMPUTE_THREADS = 2;

export type ServiceOptions = {
  readonly settings: Settings;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  readonly clock: () => Date;
  /** Lines for a person who waits (making demo data). */
  readonly progress: (line: string) => void;
  /** Who listens; left out where nobody does. */
  readonly door?: Pick<FrontDoor, 'handOver' | 'hold'>;
};

export type Service = {
  /** What is served now; a reload puts another in its place. */
  current(): Generation;
  /** Serves by the catalog and the database as they are now. Throws catalog.invalid and what opening throws; what was served is served on then. */
  reload(): Promise<Reloaded>;
  close(): Promise<void>;
};

/** Everything but listening. Closes what it opened when a later step fails. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { settings } = options;
  const paths = dataPaths(settings);
  makeDataFolders(paths);
  const source = chooseSource(settings, paths);
  if (source.kind === 'demo') await ensureDemo({ settings, progress: options.progress });
  const isNew = source.kind !== 'account' && !existsSync(source.database);
  const owner = tenant('default');
  const state = openState({ file: paths.state, clock: options.clock });
  const log = (line: object) => options.logger.debug(line, 'statement');
  const data = await openData(settings, paths, source.database, owner, log).catch((error: unknown) => {
    state.close();
    throw error;
  });
  try {
    let current: Generation;
    const retiring = new Set<Promise<void>>();
    const reload = inTurn(async () => {
      const next = await nextGeneration(foundation, paths, current);
      if (next === undefined) return { isChanged: false, ...saidOf(current) };
      const last = current;
      current = next;
      options.door?.handOver(next.app);
      const ended: Promise<void> = retire(last, next, settings)
        .catch((err: unknown) => options.logger.error({ err }, 'what was served before could not be closed'))
        .finally(() => retiring.delete(ended));
      retiring.add(ended);
      return { isChanged: true, ...saidOf(next) };
    });
    const compute = computePool({ size: COMPUTE_THREADS });
    const metrics = serviceMetrics({
      laneStates: () => current.data.warehouse.state(),
      derivationStats: () => current.engine.derivations.stats(),
    });
    const served = () => ({ source: current.source, warehouse: current.data.warehouse });
    const backups = backupsOf({ paths, served, tenant: owner, version: options.version, clock: options.clock });
    const imports = importJobs(
      importHost({
        ...options,
        paths,
        owner,
        state,
        current: () => current,
        reload,
        hold: options.door?.hold ?? (() => () => {}),
      }),
    );
    const foundation = await layFoundation(options, state, {
      owner,
      metrics,
      admin: { reload },
      backups,
      imports,
      compute,
    });
    await settleImports({ state, owner, paths, settings }, data.warehouse);
    // An import that is settled now may have had its catalog kept.
    const settled = chooseSource(settings, paths);
    current = await openGeneration(foundation, settled, data, await openEngine(foundation, settled, data));
    return {
      current: () => current,
      reload,
      async close() {
        await imports.close();
        await current.app.close();
        await compute.close();
        await current.data.warehouse.close();
        await Promise.all(retiring);
        state.close();
      },
    };
  } catch (error) {
    // While it is open, so that nobody else can have it.
    if (isNew) await takeAway(source.database, error);
    await data.warehouse.close();
    state.close();
    throw error;
  }
}

async function layFoundation(
  { settings, logger, version, clock }: ServiceOptions,
  state: State,
  rest: Pick<Foundation, 'owner' | 'metrics' | 'admin' | 'backups' | 'imports' | 'compute'>,
): Promise<Foundation> {
  const secret = settings.CURSOR_SECRET === '' ? await cursorSecret(state, randomBytes) : settings.CURSOR_SECRET;
  const once = onceOnly(idempotencyKeys(state));
  return { settings, logger, version, clock, state, cursors: cursorsOf(secret), onceOnly: once, ...rest };
}

/** Undefined when the same database would be served by the same catalog. */
async function nextGeneration(
  foundation: Foundation,
  paths: DataPaths,
  current: Generation,
): Promise<Generation | undefined> {
  const { settings, owner } = foundation;
  const source = chooseSource(settings, paths);
  const isSame = source.database === current.data.database;
  const data = isSame ? current.data : await openData(settings, paths, source.database, owner);
  try {
    const engine = await openEngine(foundation, source, data);
    if (isSame && engine.catalog.hash === current.engine.catalog.hash) return undefined;
    return await openGeneration(foundation, source, data, engine);
  } catch (error) {
    if (!isSame) await data.warehouse.close();
    throw error;
  }
}

function saidOf({ engine: { catalog } }: Generation): Omit<Reloaded, 'isChanged'> {
  return { catalogHash: catalog.hash, tables: [...catalog.tables.keys()] };
}

/** An empty database would be served from the next start on, in place of the demo. One that is locked was made by another process. */
async function takeAway(database: string, error: unknown): Promise<void> {
  if (error instanceof AppError && error.code === 'warehouse.locked') return;
  await rm(database, { force: true }).catch(() => undefined);
}
