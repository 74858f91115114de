import { stat } from 'node:fs/promises';
import duckdb from '@duckdb/node-bindings';
import type { AppError } from '../../../lib/app-error.ts';
import type { Settings } from '../../../config/settings.ts';
import type { Watch } from '../deadline.ts';
import { closeLanes, openLanes, type Lanes } from '../lanes.ts';
import { createDayText, type DayText } from '../time-text.ts';
import { translateOpening } from './errors.ts';
import { PRELUDE } from './prelude.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { openSession, type Session } from './session.ts';

export type DatabaseOptions = {
  readonly settings: Settings;
  readonly spillDir: string;
  readonly mode: 'read-write' | 'read-only';
};

/** One file, opened once, with its connections. */
export type Database = {
  readonly file: string;
  readonly lanes: Lanes<Session>;
  readonly running: Set<Watch>;
  readonly dayText: DayText;
  readonly scratch: Scratch;
  /** Whether `file` still names what was opened: the engine goes on without, and what it writes then is lost. */
  isInPlace(): Promise<boolean>;
  /** Refuses what waits, stops what runs, waits for it and closes; what comes later is refused too. */
  close(reason: AppError): Promise<void>;
};

/** Opens a file or `:memory:`. Throws warehouse.locked, warehouse.unavailable or warehouse.disk_full. */
export async function openDatabase(file: string, options: DatabaseOptions): Promise<Database> {
  const { settings } = options;
  const handle = await openHandle(file, options);
  const identity = await identityOf(file);
  const running = new Set<Watch>();
  const lanes = openLanes(settings, () => openConnection(handle));
  return {
    file,
    lanes,
    running,
    dayText: createDayText(),
    scratch: createScratch(options),
    isInPlace: async () => (await identityOf(file)) === identity,
    async close(reason) {
      const sessions = await closeLanes(lanes, running, reason);
      // Closing a connection while a statement runs on it hangs the process (DuckDB 1.5.5).
      for (const session of sessions) session.close();
      duckdb.close_sync(handle);
    },
  };
}

/** Which file a name stands for; undefined when there is none. */
async function identityOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

async function openHandle(file: string, { settings, spillDir, mode }: DatabaseOptions): Promise<duckdb.Database> {
  const config = duckdb.create_config();
  const entries = {
    access_mode: mode === 'read-only' && file !== ':memory:' ? 'READ_ONLY' : 'READ_WRITE',
    threads: String(settings.THREADS),
    memory_limit: `${Math.ceil(settings.MEMORY_LIMIT / 1024)}KiB`,
    temp_directory: spillDir,
    default_null_order: 'nulls_last',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  };
  for (const [name, value] of Object.entries(entries)) duckdb.set_config(config, name, value);
  try {
    const handle = await duckdb.open(file, config);
    await configure(handle, settings);
    return handle;
  } catch (cause) {
    throw translateOpening(cause, file);
  }
}

/** What must be set after opening: given with it, max_temp_directory_size is shown but not kept to (DuckDB 1.5.5), and TimeZone is not known yet. */
async function configure(handle: duckdb.Database, settings: Settings): Promise<void> {
  const connection = await duckdb.connect(handle);
  await duckdb.query(
    connection,
    `set max_temp_directory_size = '${Math.ceil(settings.SPILL_BYTES / 1024)}KiB';
     set global TimeZone = 'UTC';
     set lock_configuration = true`,
  );
  duckdb.disconnect_sync(connection);
}

async function openConnection(handle: duckdb.Database): Promise<Session> {
  const session = await openSession(handle);
  await session.script(PRELUDE);
  return session;
}
