import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_TABLE_NAMES } from '../../../data/catalog/core-tables.ts';
import type { DataPaths } from '../../../data/source.ts';
import type { Warehouse } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import { writeWhole } from '../../../lib/durable.ts';
import { inPlace, type ServicePlace } from '../jobs/record-place.ts';

/** Where the rows of one import wait in the account; named so that no other import has the same. */
export type LoadNames = { readonly stage: string; readonly tables: Readonly<Record<string, string>> };

export function loadNames(place: ServicePlace, token: string): LoadNames {
  const name = (what: string) => inPlace(place, `import_${token}${what}`);
  const tables = Object.fromEntries(CORE_TABLE_NAMES.map((table) => [table, name(`_${table}`)]));
  return { stage: name(''), tables };
}

type Left = {
  readonly warehouse: Pick<Warehouse, 'write'>;
  readonly owner: Tenant;
  readonly paths: Pick<DataPaths, 'root'>;
  readonly place: ServicePlace;
};

const folderOf = ({ root }: Pick<DataPaths, 'root'>) => join(root, 'processed', 'loads');
const TOKEN = /^[a-z0-9]{1,40}$/;

/** Notes here that the account is about to get a stage and tables of this name: looking there at every start would cost a statement. */
export async function noteLoad(paths: Pick<DataPaths, 'root'>, token: string): Promise<void> {
  await mkdir(folderOf(paths), { recursive: true });
  writeWhole(join(folderOf(paths), token), '');
}

/** Drops the stage and the staging tables of a load: `made` of them, else all that it may have. Throws what the account says. */
export async function dropLoad(
  { warehouse, owner, paths, place }: Left,
  token: string,
  made: readonly string[] = allOf(loadNames(place, token)),
): Promise<void> {
  if (made.length > 0)
    await warehouse.write(owner, async (writer) => {
      for (const thing of made) await writer.run(`drop ${thing}`);
    });
  await rm(join(folderOf(paths), token), { force: true });
}

const allOf = ({ stage, tables }: LoadNames) => [
  ...Object.values(tables).map((table) => `table if exists ${table}`),
  `stage if exists ${stage}`,
];

/** Takes away what imports that were killed left in the account; what cannot be removed now is removed the next time. */
export async function removeLeftStages(left: Left): Promise<void> {
  const names = await readdir(folderOf(left.paths)).catch(() => []);
  for (const token of names.filter((name) => TOKEN.test(name))) await dropLoad(left, token).catch(() => undefined);
}
