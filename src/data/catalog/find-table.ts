import { nearName } from '../../lib/near-name.ts';
import type { Isolation } from '../sql/compile.ts';
import type { TableDescription, Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { quoted } from './problems.ts';

/** A table of the warehouse and how statements address it. */
export type FoundTable = { readonly path: readonly string[]; readonly description: TableDescription };
export type TableFinder = (name: string) => FoundTable | { readonly problem: string };

/**
 * Finds tables by `[schema.]table`, either part in double quotes where it holds a dot. Upper and lower case count only
 * when two names differ in nothing else. Without a schema: the tenant's own under ISOLATION=schema, else the default.
 */
export function tableFinder(
  tables: readonly TableDescription[],
  { dialect, defaultSchema }: Pick<Warehouse, 'dialect' | 'defaultSchema'>,
  tenant: Tenant,
  isolation: Isolation,
): TableFinder {
  const full = tables.map((description) => ({
    description,
    path: description.path.length === 1 ? [defaultSchema, ...description.path] : description.path,
  }));
  const ownSchema = isolation === 'schema' ? dialect.fold(tenant.id) : defaultSchema;
  return (name) => {
    const given = tablePath(name);
    if (given === undefined) return { problem: `must be a table or schema.table, not ${quoted(name)}` };
    const wanted = given.length === 1 ? [ownSchema, ...given] : given;
    const found =
      full.find(({ path }) => samePath(path, wanted)) ??
      full.find(({ path }) => samePath(path.map(lower), wanted.map(lower)));
    if (found !== undefined) {
      const isOwn = given.length === 1 && found.path[0] === ownSchema;
      return { description: found.description, path: isOwn ? found.path.slice(1) : found.path };
    }
    return {
      problem: `the warehouse has no table ${quoted(name)}${nearTable(
        name,
        full.map(({ description }) => description.path),
      )}`,
    };
  };
}

/** The parts of `[schema.]table`, without quotes; undefined when it is neither. */
export function tablePath(name: string): readonly string[] | undefined {
  const part = String.raw`(?:"(?:[^"]|"")+"|[^".\s][^".]*)`;
  if (!new RegExp(`^${part}(?:\\.${part})?$`, 'u').test(name.trim())) return undefined;
  return [...name.trim().matchAll(new RegExp(part, 'gu'))].map(([text]) =>
    text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.trim(),
  );
}

/** Near by the whole name, else by the table's own name in whatever schema. */
function nearTable(name: string, paths: readonly (readonly string[])[]): string {
  const byName = new Map(paths.map((path) => [path.join('.'), path.join('.')]));
  const byTable = new Map(paths.map((path) => [path.at(-1)!, path.join('.')]));
  const near =
    byName.get(nearName(name, byName.keys()) ?? '') ??
    byTable.get(nearName(name.split('.').at(-1)!, byTable.keys()) ?? '');
  return near === undefined ? '' : ` (did you mean ${quoted(near)}?)`;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

function lower(text: string): string {
  return text.toLowerCase();
}
