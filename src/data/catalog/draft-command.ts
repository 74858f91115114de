import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSettings, type Settings } from '../../config/settings.ts';
import { dataPaths } from '../source.ts';
import type { CatalogFlags, CatalogIo } from './command-io.ts';
import { draftCatalog } from './draft/draft.ts';
import { placeOf } from './open-database.ts';

/** Writes a catalog for the tables of a database, to `--out` (a new file) or as the output. */
export async function draftCommand(flags: CatalogFlags, io: CatalogIo): Promise<number> {
  const out = flags.out === undefined ? undefined : resolve(io.cwd, flags.out);
  if (out !== undefined && existsSync(out)) {
    io.stderr(`${out} exists; --out takes the name of a new file`);
    return 1;
  }
  const settings = readSettings(io.env);
  const given = flags.database === undefined ? undefined : resolve(io.cwd, flags.database);
  const place = placeOf(settings, given, ownDatabase(settings));
  const { text, missing } = await place.run(async (warehouse, owner) =>
    draftCatalog(await warehouse.tables(owner), warehouse.dialect, place.called),
  );
  if (out === undefined) io.stdout(text.trimEnd());
  else writeFileSync(out, text, { flag: 'wx' });
  for (const table of missing)
    io.stderr(`no table of ${place.called} looks like ${table}; say in the draft where it is`);
  if (out !== undefined)
    io.stderr(`written to ${out}; check it with: npm run catalog -- check --catalog ${out}${place.flag}`);
  return 0;
}

function ownDatabase(settings: Settings): string {
  const { main, demo } = dataPaths(settings);
  return existsSync(main) || !existsSync(demo) ? main : demo;
}
