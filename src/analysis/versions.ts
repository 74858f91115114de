import type { Catalog } from '../data/catalog/model.ts';
import type { DataVersions } from '../data/warehouse/data-version.ts';
import { fileState } from '../lib/file-state.ts';

/**
 * The data version of tables: one number per managed table, in memory, raised by this process' own writes; what
 * shows of a file from outside (file-state.ts); everything together for derived tables, which may read any table.
 */
export type Versions = {
  /** A text that changes whenever rows of these tables may have changed. */
  of(tables: readonly string[]): string | Promise<string>;
  /** Numbers of the managed tables among `tables`, for meta. */
  numbers(tables: readonly string[]): DataVersions;
  /** A write of this process to these tables has been committed: every answer from now on has to know. */
  raise(tables: readonly string[]): void;
};

/** The numbers of one database's managed tables. They outlive a catalog: a write that began under the last one counts under the next. */
export type VersionNumbers = {
  of(table: string): number;
  /** All of them as one text. */
  together(): string;
  raise(tables: readonly string[]): void;
};

export function versionNumbers(start: DataVersions): VersionNumbers {
  const numbers = new Map(Object.entries(start));
  const join = () =>
    [...numbers]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version]) => `${name}:${version}`)
      .join(',');
  let together = join();
  return {
    of: (table) => numbers.get(table) ?? 0,
    together: () => together,
    raise(tables) {
      for (const table of tables) numbers.set(table, (numbers.get(table) ?? 0) + 1);
      together = join();
    },
  };
}

export function versionsFrom(numbers: VersionNumbers, catalog: Pick<Catalog, 'tables'>): Versions {
  const isFile = (name: string) => catalog.tables.get(name)?.source.kind === 'file';
  const stored = (name: string): string =>
    catalog.tables.get(name)?.source.kind === 'sql' ? `${name}:${numbers.together()}` : `${name}:${numbers.of(name)}`;
  const versionOf = async (name: string): Promise<string> => {
    const source = catalog.tables.get(name)?.source;
    return source?.kind === 'file' ? `${name}:${(await fileState(source.file)) ?? 'absent'}` : stored(name);
  };
  return {
    // No promise where no file is looked at: this is asked for every answer.
    of: (tables) =>
      tables.some(isFile)
        ? Promise.all(tables.map(versionOf)).then((texts) => texts.join(','))
        : tables.map(stored).join(','),
    numbers: (tables) => Object.fromEntries(tables.map((name) => [name, numbers.of(name)])),
    raise: numbers.raise,
  };
}
