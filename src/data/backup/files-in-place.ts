import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseCatalogFile } from '../catalog/parse-file.ts';
import { AppError } from '../../lib/app-error.ts';
import type { Manifest } from './manifest.ts';

/** The files that the saved catalog reads where they are, which are not in the backup. `kept` is DATA_DIR/catalog.yaml. */
export function filesInPlace(folder: string, { namedCatalog }: Manifest, kept: string): readonly string[] {
  const saved = join(folder, namedCatalog === null ? 'catalog.yaml' : 'named-catalog.yaml');
  if (!existsSync(saved)) return [];
  const place = dirname(namedCatalog ?? kept);
  try {
    const { core, datasets } = parseCatalogFile(readFileSync(saved, 'utf8'), saved);
    const entries = [...Object.values(core), ...datasets.values()];
    return entries.flatMap(({ file }) => (file === undefined ? [] : [resolve(place, file)]));
  } catch (error) {
    // A catalog that cannot be read is saved as it is.
    if (error instanceof AppError) return [];
    throw error;
  }
}
