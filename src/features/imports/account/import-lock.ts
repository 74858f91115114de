import { join } from 'node:path';
import type { Settings } from '../../../config/settings.ts';
import type { DataPaths } from '../../../data/source.ts';
import { AppError } from '../../../lib/app-error.ts';
import { holdFile } from '../../../lib/hold-file.ts';

type Where = { readonly settings: Pick<Settings, 'WAREHOUSE'>; readonly paths: Pick<DataPaths, 'root'> };

/**
 * The imports of this DATA_DIR for one process, until the returned function is called; undefined while another process
 * imports. Only an account needs that: a database file is open in one process at a time.
 */
export function holdImports({ settings, paths }: Where): (() => void) | undefined {
  return settings.WAREHOUSE === 'snowflake' ? holdFile(join(paths.root, 'processed', 'imports.lock')) : () => {};
}

/** The same; throws `warehouse.locked` while another process imports. */
export function lockImports(where: Where): () => void {
  const release = holdImports(where);
  if (release !== undefined) return release;
  const detail = 'another process with this DATA_DIR is importing into the account; wait until it has ended';
  throw new AppError('warehouse.locked', detail, { headers: { 'retry-after': '5' } });
}
