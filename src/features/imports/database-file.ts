import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { sync } from '../../lib/durable.ts';

/**
 * Where an import writes. A database that is not there yet is made under another name and takes its own when the import
 * is done: the service serves its demo data until main.duckdb is there, and must not find an empty one.
 */
export type DatabaseFile = {
  readonly path: string;
  readonly isNew: boolean;
  /** After the database was closed. Throws `import.failed` when another process made the file in the meantime. */
  keep(): Promise<void>;
  /** After the database was closed: takes a new file away again. */
  discard(): Promise<void>;
};

export function databaseFile(main: string): DatabaseFile {
  const isNew = !existsSync(main);
  const path = isNew ? `${main}.importing` : main;
  const discard = async () => {
    if (!isNew) return;
    // What stays is written over by the next import.
    for (const file of [path, `${path}.wal`]) await rm(file, { force: true }).catch(() => undefined);
  };
  const keep = async () => {
    if (!isNew) return;
    if (existsSync(main)) {
      await discard();
      throw new AppError('import.failed', `${main} was made by another process in the meantime; run the import again`);
    }
    await rename(path, main);
    await sync(dirname(main));
  };
  return { path, isNew, keep, discard };
}
