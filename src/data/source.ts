import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../lib/app-error.ts';
import { finishRestore } from './backup/restore-journal.ts';

/** Folders and files below DATA_DIR. */
export type DataPaths = {
  readonly root: string;
  readonly main: string;
  readonly demo: string;
  readonly catalog: string;
  readonly state: string;
  readonly spill: string;
  readonly backups: string;
  /** Says which process serves this folder, and where. */
  readonly service: string;
  /** The rest of a restore that was cut off. */
  readonly journal: string;
  readonly folders: readonly string[];
};

export function dataPaths(settings: Pick<Settings, 'DATA_DIR' | 'DUCKDB_FILE'>): DataPaths {
  const root = resolve(settings.DATA_DIR);
  return {
    root,
    main: settings.DUCKDB_FILE === '' ? join(root, 'main.duckdb') : resolve(settings.DUCKDB_FILE),
    demo: join(root, 'demo.duckdb'),
    catalog: join(root, 'catalog.yaml'),
    state: join(root, 'state.sqlite'),
    spill: join(root, 'processed', 'spill'),
    backups: join(root, 'backups'),
    service: join(root, 'service.json'),
    journal: join(root, 'restore.json'),
    folders: ['raw', 'processed', 'exports'].map((name) => join(root, name)),
  };
}

/** Makes DATA_DIR and its folders, and finishes a restore that was cut off. Throws settings.invalid with the reason when that is not possible. */
export function makeDataFolders(paths: DataPaths): void {
  try {
    for (const folder of [...paths.folders, paths.spill]) mkdirSync(folder, { recursive: true });
    finishRestore(paths);
  } catch (error) {
    throw new AppError(
      'settings.invalid',
      `DATA_DIR=${JSON.stringify(paths.root)}: the folder cannot be made (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/**
 * Which data the service serves, and by which catalog; without a catalog file by the built-in one of managed tables.
 * `database` is a file, or in an account of Snowflake the database and schema.
 */
export type DataSource = {
  readonly kind: 'main' | 'demo' | 'account';
  readonly database: string;
  readonly catalogFile: string | undefined;
};

/**
 * The user's own data as soon as there is any: an account or a catalog is named, or something was imported. Until then
 * the demo, unless DEMO=off.
 */
export function chooseSource(settings: Settings, paths: DataPaths): DataSource {
  const isAccount = settings.WAREHOUSE === 'snowflake';
  const isNamed = settings.CATALOG !== '' || settings.DUCKDB_FILE !== '' || settings.DEMO === 'off';
  if (!isAccount && !isNamed && !existsSync(paths.main))
    return { kind: 'demo', database: paths.demo, catalogFile: undefined };
  const kept = existsSync(paths.catalog) ? paths.catalog : undefined;
  const catalogFile = settings.CATALOG === '' ? kept : resolve(settings.CATALOG);
  if (!isAccount) return { kind: 'main', database: paths.main, catalogFile };
  return { kind: 'account', database: `${settings.SNOWFLAKE_DATABASE}.${settings.SNOWFLAKE_SCHEMA}`, catalogFile };
}
