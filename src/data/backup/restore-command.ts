import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataPaths } from '../source.ts';
import { readArguments, settingsOf, sizeText, type BackupIo } from './command-io.ts';
import type { Manifest } from './manifest.ts';
import { restore } from './restore.ts';

const USAGE = `npm run restore -- DIR [--replace]

Puts the backup in DIR in the place of the data of DATA_DIR, all of it or nothing. The service must not run.

  --replace  move data that are there to DATA_DIR/replaced-<time> first; nothing is deleted

Exit code: 0 done, 1 not carried out, 2 wrong use.`;

/** `npm run restore`. Throws AppError when the backup or DATA_DIR does not allow it, and then nothing was changed. */
export async function restoreCommand(args: readonly string[], io: BackupIo): Promise<number> {
  const wish = readArguments(args, io, { usage: USAGE, takesReplace: true });
  if (typeof wish === 'number') return wish;
  const began = performance.now();
  const settings = settingsOf(io);
  const paths = dataPaths(settings);
  const { manifest, movedTo } = await restore({ ...wish, paths, settings, clock: () => new Date() });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  for (const { name, bytes } of manifest.files) io.stdout(`  ${name.padEnd(20)} ${sizeText(bytes).padStart(10)}`);
  io.stdout(`${paths.root} holds the data of ${manifest.createdAt}; restored in ${seconds} s`);
  for (const folder of movedTo) io.stdout(`what was there is in ${folder}`);
  sayNamedCatalog(wish.folder, manifest, io);
  io.stdout('next: npm start');
  return 0;
}

/** A catalog that CATALOG names belongs to whoever wrote it, and is not put back. */
function sayNamedCatalog(folder: string, { namedCatalog }: Manifest, io: BackupIo): void {
  if (namedCatalog === null) return;
  const saved = join(folder, 'named-catalog.yaml');
  const isSame = existsSync(namedCatalog) && readFileSync(namedCatalog).equals(readFileSync(saved));
  io.stderr(
    isSame
      ? `it was served by CATALOG=${namedCatalog}, which is as it was`
      : `it was served by CATALOG=${namedCatalog}, which is missing or has changed; as it was: ${saved}`,
  );
}
