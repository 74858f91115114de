import type { TSchema } from 'typebox';
import type { Analysis } from '../analysis/define.ts';

/** Names of the params that are lists of words, which an address gives separated by commas (OpenAPI's `explode: false`). */
export function listNames({ params }: Pick<Analysis, 'params'>): readonly string[] {
  const properties = Object.entries(params.properties as Record<string, TSchema & { explode?: boolean }>);
  return properties.filter(([, { explode }]) => explode === false).map(([name]) => name);
}

/** The query with these as lists; repeated ones are one list. */
export function splitLists(
  query: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const lists = names
    .filter((name) => Object.hasOwn(query, name))
    .map((name) => [name, [query[name]].flat().flatMap((text) => String(text).split(','))]);
  return { ...query, ...(Object.fromEntries(lists) as Record<string, unknown>) };
}
