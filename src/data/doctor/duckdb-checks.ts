import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { findService } from '../backup/running-service.ts';
import { chooseSource, type DataPaths, type DataSource } from '../source.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { catalogFinding } from './catalog-check.ts';
import { type Finding, lacking, well, wrong } from './finding.ts';
import { gigabytes } from './local-checks.ts';

/** The embedded warehouse: its file, who has it open, whether the catalog fits it, its memory. Nothing is changed. */
export async function duckdbFindings(settings: Settings, paths: DataPaths): Promise<readonly Finding[]> {
  const source = chooseSource(settings, paths);
  return [memory(settings), ...(await databaseFindings(settings, paths, source))];
}

async function databaseFindings(settings: Settings, paths: DataPaths, source: DataSource): Promise<Finding[]> {
  const { database, kind } = source;
  if (!existsSync(database)) return [missing(source)];
  const spillDir = mkdtempSync(join(tmpdir(), 'doctor-'));
  try {
    const options = { settings, fileOf: () => database, spillDir, mode: 'read-only' } as const;
    const warehouse = await openDuckdb(options);
    try {
      const opened = well('database', `${database} (${await versionOf(warehouse)}${kind === 'demo' ? ', demo' : ''})`);
      // The demo is ours, and so is its catalog.
      if (kind === 'demo') return [opened];
      return [opened, await catalogFinding(source.catalogFile, warehouse, tenant('default'), settings)];
    } finally {
      await warehouse.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [await notOpened(error, database, paths)];
  } finally {
    rmSync(spillDir, { recursive: true, force: true });
  }
}

function missing({ database, kind }: DataSource): Finding {
  if (kind === 'demo') return well('database', 'none yet: demo data is made at the start');
  return lacking('database', `there is no file ${database}; the service makes an empty one`, [
    'npm run import -- --catalog FILE   # brings data in; or set DUCKDB_FILE to a database that is there',
  ]);
}

async function versionOf(warehouse: Warehouse): Promise<string> {
  const asked = { text: 'select version() as version', params: [], reads: { tables: [], columns: [] } };
  const { columns } = await warehouse.query(tenant('default'), asked, { lane: 'fast' });
  return `DuckDB ${columns[0]![0] as string}`;
}

/** DuckDB names who has the file: `Conflicting lock is held in /usr/bin/node (PID 12)`. */
async function notOpened(error: AppError, database: string, paths: DataPaths): Promise<Finding> {
  const words = error.cause instanceof Error ? error.cause.message : '';
  if (error.code !== 'warehouse.locked') return wrong('database', error.detail, [words.split('\n')[0]!]);
  const address = await findService(paths);
  if (address !== undefined) {
    return well('database', `${database} is open in the service at ${address}; ${address}/health tells how it is`);
  }
  const holder = /held in (.+?) \(PID (\d+)\)/.exec(words);
  const who = holder === null ? 'another process' : `process ${holder[2]} (${holder[1]})`;
  const stop = holder === null ? 'stop it' : `kill ${holder[2]}`;
  return wrong('database', `${database} is open in ${who}`, [
    `${stop}   # or set DATA_DIR or DUCKDB_FILE to another one`,
  ]);
}

/** What DuckDB may take must leave room for the service itself, which keeps answers and derivations. */
function memory({ MEMORY_LIMIT, CACHE_BYTES, DERIVATION_BYTES }: Settings): Finding {
  const machine = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const says = `MEMORY_LIMIT ${gigabytes(MEMORY_LIMIT)} of ${gigabytes(machine)}`;
  if (MEMORY_LIMIT <= machine * 0.9) return well('memory', says);
  const own = CACHE_BYTES + DERIVATION_BYTES;
  return wrong('memory', `${says} leaves nothing for the service, which takes up to ${gigabytes(own)} more`, [
    'MEMORY_LIMIT=50%',
  ]);
}
