import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Engine } from './analysis/engine.ts';
import type { Settings } from './config/settings.ts';
import { ensureDemo } from './data/demo/index.ts';
import { chooseSource, dataPaths, makeDataFolders, type DataPaths, type DataSource } from './data/source.ts';
import { openState } from './data/state/open-state.ts';
import { tenant, type Tenant } from './data/warehouse/tenant.ts';
import { openEngine } from './generation.ts';
import { AppError } from './lib/app-error.ts';
import { computePool } from './lib/compute/pool.ts';
import { openData } from './open-data.ts';

/** An engine for a command: nobody else has its database meanwhile. */
export type LocalEngine = {
  readonly engine: Engine;
  readonly owner: Tenant;
  readonly source: DataSource;
  close(): Promise<void>;
};

export type LocalOptions = {
  readonly settings: Settings;
  /** The database file; what the service would serve without one. */
  readonly database: string | undefined;
  readonly say: (line: string) => void;
};

const THREADS = 2;

/** Throws what opening the database throws: `warehouse.locked` while a service runs on it. */
export async function openLocalEngine({ settings: given, database, say }: LocalOptions): Promise<LocalEngine> {
  const settings = database === undefined ? given : ofFile(given, database);
  const paths = dataPaths(settings);
  const source = chooseLocalSource(settings, paths, database);
  if (source.kind === 'demo' && database === undefined) await ensureDemo({ settings, progress: say });
  if (source.kind !== 'account' && !existsSync(source.database))
    throw new AppError('settings.invalid', `there is no database file ${source.database}`);
  makeDataFolders(paths);
  const owner = tenant('default');
  const clock = () => new Date();
  // Two processes that spill into one folder would write into each other's files.
  const spill = join(paths.spill, `command-${process.pid}`);
  const data = await openData(settings, { ...paths, spill }, source.database, owner);
  const compute = computePool({ size: THREADS });
  let closeState = () => {};
  const close = async () => {
    await compute.close();
    await data.warehouse.close();
    closeState();
    await rm(spill, { recursive: true, force: true });
  };
  try {
    const state = openState({ file: paths.state, clock });
    closeState = () => state.close();
    const engine = await openEngine({ settings, clock, owner, state, compute }, source, data);
    return { engine, owner, source, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function ofFile(settings: Settings, file: string): Settings {
  return { ...settings, WAREHOUSE: 'duckdb', DUCKDB_FILE: file };
}

/** Generated data has a catalog of its own, wherever its file is. */
function chooseLocalSource(settings: Settings, paths: DataPaths, database: string | undefined): DataSource {
  const isDemo =
    database !== undefined && basename(database) === basename(dataPaths({ ...settings, DUCKDB_FILE: '' }).demo);
  const hasTruth = isDemo && existsSync(join(dirname(database), 'demo-truth.json'));
  return hasTruth ? { kind: 'demo', database, catalogFile: undefined } : chooseSource(settings, paths);
}
