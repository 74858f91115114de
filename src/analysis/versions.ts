import type { Settings } from '../config/settings.ts';
import type { Catalog } from '../data/catalog/model.ts';
import { readDataVersions, type DataVersions } from '../data/warehouse/data-version.ts';
import type { Warehouse } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { fileState } from '../lib/file-state.ts';
import { tokenReader } from './change-tokens.ts';
import { sharedVersions } from './shared-versions.ts';

/**
 * The data version of tables. Where nobody else writes (versionsFrom): one number per managed table, in memory, raised by this process' own writes; what
 * shows of a file from outside (file-state.ts); everything together for derived tables, which may read any table. Where others do: shared-versions.ts.
 */
export type Versions = {
  /** A text that changes whenever rows of these tables may have changed. */
  of(tables: readonly string[]): string | Promise<string>;
  /** The same when nobody has to be asked for it, neither the warehouse nor the disk; where others write, of what has a token. */
  now(tables: readonly string[]): string | undefined;
  /** Writes of this process; where nobody else writes, the versions of the managed tables among `tables`. */
  numbers(tables: readonly string[]): DataVersions;
  /** For meta, by table as far as they are known: numbers, or what the warehouse itself calls them. */
  said(tables: readonly string[]): SaidVersions;
  /** A write of this process to these tables has been committed: every answer from now on has to know. */
  raise(tables: readonly string[]): void;
};

export type SaidVersions = Readonly<Record<string, number | string>>;

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

/** Of the tables of a catalog, as the warehouse asks for it: its own numbers, or change tokens. */
export function versionsOf({ warehouse, tenant, catalog, settings, numbers, now }: VersionsParts): Versions {
  if (!warehouse.isShared) return versionsFrom(numbers, catalog);
  const readTokens = tokenReader({ warehouse, tenant, catalog, isolation: settings.ISOLATION, now });
  return sharedVersions({ numbers, catalog, readTokens, ttlSeconds: settings.VERSION_TTL_SECONDS, now });
}

type VersionsParts = {
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  readonly catalog: Pick<Catalog, 'tables'>;
  readonly settings: Pick<Settings, 'ISOLATION' | 'VERSION_TTL_SECONDS'>;
  readonly numbers: VersionNumbers;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** The numbers of a database as it is opened. Of what others write to nothing is stored. */
export async function openNumbers(warehouse: Warehouse, tenant: Tenant): Promise<VersionNumbers> {
  return versionNumbers(warehouse.isShared ? {} : await readDataVersions(warehouse, tenant));
}

export function versionsFrom(numbers: VersionNumbers, catalog: Pick<Catalog, 'tables'>): Versions {
  const isFile = (name: string) => catalog.tables.get(name)?.source.kind === 'file';
  const stored = (name: string): string =>
    catalog.tables.get(name)?.source.kind === 'sql' ? `${name}:${numbers.together()}` : `${name}:${numbers.of(name)}`;
  const versionOf = async (name: string): Promise<string> => {
    const source = catalog.tables.get(name)?.source;
    return source?.kind === 'file' ? `${name}:${(await fileState(source.file)) ?? 'absent'}` : stored(name);
  };
  const numbersOf = (tables: readonly string[]) => Object.fromEntries(tables.map((name) => [name, numbers.of(name)]));
  return {
    // No promise where no file is looked at: this is asked for every answer.
    of: (tables) =>
      tables.some(isFile)
        ? Promise.all(tables.map(versionOf)).then((texts) => texts.join(','))
        : tables.map(stored).join(','),
    now: (tables) => (tables.some(isFile) ? undefined : tables.map(stored).join(',')),
    numbers: numbersOf,
    said: numbersOf,
    raise: numbers.raise,
  };
}
