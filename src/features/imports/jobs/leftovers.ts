import { readdir, readFile, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { DataPaths } from '../../../data/source.ts';

export const uploadFolder = ({ root }: DataPaths, id: string) => join(root, 'raw', `import-${id}`);
export const rejectsFolder = ({ root }: DataPaths) => join(root, 'processed', 'rejects');
export const rejectsFile = (paths: DataPaths, id: string) => join(rejectsFolder(paths), `${id}.ndjson`);

/**
 * Takes away what no import needs any more: uploaded files, unless the catalog that is kept reads them as datasets, and
 * all but the newest files of rejected rows. Call it while no import is under way.
 */
export async function removeLeftovers(paths: DataPaths, kept: number): Promise<void> {
  const raw = join(paths.root, 'raw');
  const served = await readFile(paths.catalog, 'utf8').catch(() => '');
  for (const name of await namesIn(raw, /^import-\d+$/)) {
    const folder = join(raw, name);
    if (!served.includes(folder + sep)) await rm(folder, { recursive: true, force: true });
  }
  const files = await namesIn(rejectsFolder(paths), /^\d+\.ndjson$/);
  const newestFirst = files.sort((a, b) => parseInt(b) - parseInt(a));
  for (const name of newestFirst.slice(kept)) await rm(join(rejectsFolder(paths), name), { force: true });
  // Rows of a rejects file that was being written when its process ended.
  for (const name of await namesIn(rejectsFolder(paths), /^\d+\.ndjson\.rows$/))
    await rm(join(rejectsFolder(paths), name), { force: true });
  for (const name of await namesIn(join(paths.root, 'processed'), /^import-\d+$/))
    await rm(join(paths.root, 'processed', name), { recursive: true, force: true });
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name));
}
