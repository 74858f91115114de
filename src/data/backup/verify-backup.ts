import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { AppError } from '../../lib/app-error.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { hashFile } from './hash-file.ts';
import { BACKUP_FILES, MANIFEST, Manifest, type BackupFile } from './manifest.ts';

/** The manifest of a folder whose files are all as they were saved. Throws `restore.failed` with what is wrong. */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = await hashFile(join(folder, name)).catch((error: unknown) => refuse(folder, reasonOf(error, name)));
    if (found.bytes !== bytes) refuse(folder, `${name} has ${found.bytes} bytes, and was saved with ${bytes}`);
    if (found.sha256 !== sha256) refuse(folder, `${name} is damaged: its checksum differs`);
  }
  return manifest;
}

function readManifest(folder: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(folder, `${MANIFEST} is not JSON`);
    return refuse(folder, `${reasonOf(error, MANIFEST)}; a backup that was cut off has none`);
  }
  const { format } = (value ?? {}) as { format?: unknown };
  if (typeof format === 'number' && format !== 1)
    return refuse(folder, `its format is ${format}; this version reads format 1`);
  if (!Value.Check(Manifest, value)) return refuse(folder, `${MANIFEST} is not one that this version wrote`);
  const names = value.files.map(({ name }) => name);
  if (
    new Set(names).size < names.length ||
    !(['main.duckdb', 'state.sqlite'] as const).every((one) => names.includes(one))
  )
    return refuse(folder, `${MANIFEST} does not name main.duckdb and state.sqlite once each`);
  return value;
}

/** The files that a manifest names, in the order of the list. */
export function namesIn(manifest: Manifest): readonly BackupFile[] {
  return BACKUP_FILES.filter((name) => manifest.files.some((file) => file.name === name));
}

function reasonOf(error: unknown, name: string): string {
  if (isSystemError(error)) return error.code === 'ENOENT' ? `${name} is missing` : error.message;
  throw error;
}

function refuse(folder: string, why: string): never {
  throw new AppError('restore.failed', `${folder} is not a whole backup: ${why}`);
}
