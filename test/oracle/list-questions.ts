import { fieldsOf, type Field } from '../../src/analysis/columns.ts';
import { filterKey, type Operator } from '../../src/analysis/filter.ts';
import { withQuery, type Envelope, type Row } from '../world-client.ts';
import type { World } from '../world.ts';
import type { Flat } from './naive-list.ts';
import type { RandomRequest } from './random-world.ts';

export const LISTS = [
  { name: 'customers.list', path: '/v1/customers', table: 'customers' },
  { name: 'products.list', path: '/v1/products', table: 'products' },
  { name: 'relationships.list', path: '/v1/relationships', table: 'customer_products' },
] as const;
export type List = (typeof LISTS)[number];

export type ListShape = {
  readonly fields: readonly Field[];
  readonly key: readonly string[];
  readonly search: readonly string[];
};

export function shapeOf({ engine }: World, { name }: { readonly name: string }): ListShape {
  const analysis = engine.registry.get(name);
  return { fields: fieldsOf(analysis, engine.catalog), ...analysis.listing! };
}

/** The parameters of a request, without cursor. */
export function parametersOf({ filters, q, sort, fields, limit }: RandomRequest): Record<string, unknown> {
  return {
    ...Object.fromEntries(filters.map((one) => [filterKey(one.field, one.operator as Operator), one.values])),
    ...(q === undefined ? {} : { q }),
    ...(sort.length === 0
      ? {}
      : { sort: sort.map((key) => (key.isDescending ? `-${key.field}` : key.field)).join(',') }),
    fields: fields.join(','),
    limit,
  };
}

/** A row of an answer by field. */
export function flatRow(row: Row): Flat {
  const { attributes = {}, ...rest } = row as Row & { attributes?: Row };
  const own = Object.entries(attributes).map(([name, value]) => [`attributes.${name}`, value]);
  return { ...rest, ...Object.fromEntries(own) };
}

export function projected(rows: readonly Flat[], fields: readonly string[]): Flat[] {
  return rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])));
}

/** The answer; throws with the problem when there is none. */
export async function ask(world: World, path: string, parameters: Record<string, unknown>): Promise<Envelope> {
  const { status, text, json } = await world.get(withQuery(path, parameters));
  if (status !== 200) throw new Error(`${status} ${text}`);
  return json;
}

/** All pages of a list; `between` runs after each but the last. */
export async function allPages(
  world: World,
  path: string,
  parameters: Record<string, unknown>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Row[][]> {
  const pages: Row[][] = [];
  let cursor: string | null | undefined;
  do {
    const { data, page } = await ask(world, path, { ...parameters, ...(cursor === undefined ? {} : { cursor }) });
    pages.push([...data]);
    cursor = page!.nextCursor;
    if (cursor !== null) await between();
  } while (cursor !== null);
  return pages;
}

/** How often a property is tried: more with ORACLE_RUNS. Shrinking asks hundreds of pages: it ends after a while. */
export const RUNS = { numRuns: Number(process.env['ORACLE_RUNS'] ?? 12), interruptAfterTimeLimit: 90_000 };
