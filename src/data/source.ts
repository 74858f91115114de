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

/** Which data the service serves, and by which catalog. `file` undefined: the built-in catalog of managed tables. */
export type DataSource = {
  readonly kind: 'main' | 'demo';
  readonly database: string;
  readonly catalogFile: string | undefined;
};

/** The user's own data as soon as there is any: a catalog is named, or something was imported. Until then the demo, unless DEMO=off. */
export function chooseSource(
  settings: Pick<Settings, 'CATALOG' | 'DEMO' | 'DUCKDB_FILE'>,
  paths: DataPaths,
): DataSource {
  const isOwn =
    settings.CATALOG !== '' || settings.DUCKDB_FILE !== '' || settings.DEMO === 'off' || existsSync(paths.main);
  if (!isOwn) return { kind: 'demo', database: paths.demo, catalogFile: undefined };
  const kept = existsSync(paths.catalog) ? paths.catalog : undefined;
  return {
    kind: 'main',
    database: paths.main,
    catalogFile: settings.CATALOG === '' ? kept : resolve(settings.CATALOG),
  };
}
