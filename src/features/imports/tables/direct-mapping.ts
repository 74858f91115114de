import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { TableImport } from '../../../data/catalog/import-plan.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Writer } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { didYouMean } from '../../../lib/near-name.ts';
import { shorten } from '../../../lib/shorten.ts';

const { quote: quoteName, literal } = duckdbDialect;

export type Mapping = { readonly select: string; readonly warnings: readonly string[] };

/**
 * The select that makes the rows of a table: the plan's own, or for a direct import one that gives the columns of the
 * file the names of the table. Throws `import.failed` when the file lacks an id, or two of its columns mean the same.
 */
export async function mappingOf(writer: Writer, plan: TableImport): Promise<Mapping> {
  if (plan.source === undefined) return { select: plan.sql, warnings: [] };
  const from = quoteName(plan.source);
  const names = (await writer.query(`select * from ${from} limit 0`)).schema.map(({ name }) => name);
  const { matched, others } = matchColumns(plan, names);
  const columns = [...matched].map(([target, name]) => `${quoteName(name)} as ${quoteName(target)}`);
  const nested = others.find((name) => name.toLowerCase() === NESTED);
  const inner = plan.attributes.map(({ name }) => name).filter((name) => nested !== undefined && !matched.has(name));
  columns.push(...inner.map((name) => `${memberOf(nested!, name)} as ${quoteName(name)}`));
  // The rows whose value is no object are rejected (rules.ts).
  if (nested !== undefined) columns.push(`${quoteName(nested)} as ${NESTED}`);
  const keys = nested === undefined ? [] : (await keysIn(writer, from, nested)).filter((key) => !inner.includes(key));
  const unused = [...others.filter((name) => name !== nested), ...keys.map((key) => `${NESTED}.${key}`)];
  return {
    select: `select ${columns.join(', ')} from ${from}`,
    warnings: unused.length === 0 ? [] : [`not stored: ${shorten(unused.join(', '), 900)}`],
  };
}

/** One member of the object that our own JSON has for all attributes of a record, as text; the path is a JSON pointer. */
function memberOf(nested: string, name: string): string {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return `json_extract_string(try_cast(${quoteName(nested)} as json), ${literal(pointer)})`;
}

async function keysIn(writer: Writer, from: string, nested: string): Promise<readonly string[]> {
  const object = `try_cast(${quoteName(nested)} as json)`;
  const keys = `select distinct unnest(json_keys(${object})) as key from ${from} where json_type(${object}) = 'OBJECT'`;
  return (await writer.query(`${keys} order by key limit 1000`)).columns[0]!.map((key) => key as string);
}

type Matches = { readonly matched: ReadonlyMap<string, string>; readonly others: readonly string[] };

/** Columns of a file by the column of the table that they fill, and those that fill none. */
function matchColumns(plan: TableImport, names: readonly string[]): Matches {
  const core = CORE_TABLES[plan.table].columns;
  const matched = new Map<string, string>();
  const others: string[] = [];
  for (const name of names) {
    const target = targetOf(
      name,
      core.map((column) => column.name),
      plan.attributes.map((attribute) => attribute.name),
    );
    const rival = target && matched.get(target);
    if (rival !== undefined) {
      throw refused(plan, `the columns ${listed([rival, name])} of the file both mean ${target}; keep one of them`);
    }
    if (target === undefined) others.push(name);
    else matched.set(target, name);
  }
  const missing = core.find((column) => column.isRequired && !matched.has(column.name))?.name;
  if (missing !== undefined) {
    const near = didYouMean(missing, others);
    throw refused(plan, `the file has no column "${missing}"${near}; it has ${listed(names)}`);
  }
  return { matched, others };
}

/** Column for all attributes in one, when a file has no column of its own for each. */
export const NESTED = 'attributes';
const ATTRIBUTE = /^attributes\./i;

/**
 * Our own exports are read again: JSON says customerId where the table says customer_id, and an attribute is
 * attributes.phone. A name that fits letter by letter goes before one that fits without its underscores.
 */
function targetOf(name: string, core: readonly string[], attributes: readonly string[]): string | undefined {
  const targets = ATTRIBUTE.test(name) ? attributes : [...core, ...attributes];
  const wanted = name.replace(ATTRIBUTE, '').toLowerCase();
  const bare = (text: string) => text.toLowerCase().replaceAll('_', '');
  return (
    targets.find((target) => target.toLowerCase() === wanted) ?? targets.find((target) => bare(target) === bare(wanted))
  );
}

function listed(names: readonly string[]): string {
  return shorten(names.map((name) => JSON.stringify(name)).join(', '), 1000);
}

function refused({ table }: TableImport, problem: string): AppError {
  return new AppError('import.failed', `${table}: ${problem}`);
}
