import { countedWrites, type DataVersions } from '../data/warehouse/data-version.ts';
import type { Writer } from '../data/warehouse/port.ts';
import type { Versions } from './versions.ts';
import type { TableNow } from './write-operation.ts';

/**
 * Asks the database itself, once a transaction: an import is committed before it can say so, and after a commit that
 * failed nobody knows. `isPrepared`: versions are known to be stored there.
 */
export function tableNow(
  writer: Writer,
  versions: Pick<Versions, 'numbers'>,
  isPrepared: boolean,
  isChangedHere: (table: string) => boolean,
): TableNow {
  let stored: Promise<DataVersions> | undefined;
  return async (table) => {
    if (!isPrepared || isChangedHere(table)) return false;
    stored ??= countedWrites(writer);
    return ((await stored)[table] ?? 0) === versions.numbers([table])[table];
  };
}
