import { join, id, sql, type Bind, type Sql } from '../data/sql/sql.ts';
import type { Rows, Value, Writer } from '../data/warehouse/port.ts';
import type { CompileContext } from '../data/sql/compile.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { deleteRows, insertRows, updateRows, type KeyedValues } from '../data/writes/bulk-statements.ts';
import type { Values, WriteStatement } from '../data/writes/statements.ts';
import { oneOf } from '../data/writes/one-of.ts';
import type { Target } from '../data/writes/target.ts';
import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import { compileFor, kitFor, type Engine } from './engine.ts';
import { knownIds } from './known-ids.ts';
import { valuesAt } from './record.ts';
import { requireRows, type QueuedWriter } from './write-operation.ts';

/** A record's values by field, as they are stored or as earlier lines leave them. */
export type Current = { readonly values: ReadonlyMap<string, Value> };

/** What a transaction of bulk lines has to know of the database, read once: rows by id, and what refers to what. */
export type Known = {
  /** Rows that were stored before; only their keys when the lines create. */
  readonly stored: ReadonlyMap<string, Current>;
  /** Relationships that refer to a row, by its id; the lines delete. */
  readonly related: ReadonlyMap<string, number>;
  readonly customers: ReadonlySet<string>;
  readonly products: ReadonlySet<string>;
};

/** What the lines come to, a row once. */
export type Outcome = {
  readonly inserts: Map<string, Values>;
  readonly updates: Map<string, Values>;
  readonly deletes: Set<string>;
};

export type Asked = {
  readonly ids: readonly string[];
  readonly needs: 'keys' | 'rows';
  readonly isDeleting: boolean;
  readonly customerIds: readonly string[];
  readonly productIds: readonly string[];
};

export async function readKnown(
  engine: Engine,
  tenant: Tenant,
  analysis: Analysis,
  asked: Asked,
  writer: QueuedWriter,
): Promise<Known> {
  const { tables: t, warehouse } = engine;
  const known = (table: string | undefined) => knownIds(engine, tenant, table, writer.isAsCommitted);
  const isKnown = await known(analysis.attributesOf);
  const ids = asked.ids.filter((one) => isKnown(one) !== false);
  const rows = (fragment: Sql) => {
    const { text, params } = compileFor(engine, tenant, fragment);
    return writer.query(text, params);
  };
  const present = async (table: string, named: readonly string[], fragment: (ids: readonly string[]) => Sql) => {
    const distinct = new Set(named);
    if (distinct.size === 0) return distinct;
    const isThere = await known(table);
    const unknown = [...distinct].filter((one) => isThere(one) === undefined);
    const found = unknown.length === 0 ? [] : (await rows(fragment(unknown))).columns[0]!;
    return new Set([...[...distinct].filter((one) => isThere(one) === true), ...(found as readonly string[])]);
  };
  return {
    stored: await storedRows(engine, analysis, { ids, needs: asked.needs }, rows),
    related: asked.isDeleting ? await relatedRows(engine, analysis, ids, rows) : new Map<string, number>(),
    customers: await present(
      'customers',
      asked.customerIds,
      (ids) =>
        sql`select c.customer_id from ${t.customers} c where ${oneOf(warehouse.dialect, sql`c.customer_id`, ids)}`,
    ),
    products: await present(
      'products',
      asked.productIds,
      (ids) => sql`select p.product_id from ${t.products} p where ${oneOf(warehouse.dialect, sql`p.product_id`, ids)}`,
    ),
  };
}

type Query = (fragment: Sql) => Promise<{ readonly rowCount: number; readonly columns: readonly (readonly Value[])[] }>;

async function storedRows(
  engine: Engine,
  analysis: Analysis,
  asked: Pick<Asked, 'ids' | 'needs'>,
  query: Query,
): Promise<Known['stored']> {
  if (asked.ids.length === 0) return new Map();
  const key = keyField(engine, analysis);
  const isAsked = oneOf(engine.warehouse.dialect, sql`q.${id(key.column)}`, asked.ids);
  if (asked.needs === 'keys') {
    const keys = await query(sql`select q.${id(key.column)}\nfrom ${tableOf(engine, analysis)} q\nwhere ${isAsked}`);
    return rowsByKey([key], key, keys);
  }
  const fields = engine.fieldsOf(analysis);
  const selected = join(
    fields.map(({ column }) => sql`q.${id(column)}`),
    ', ',
  );
  const inner = analysis.sql!({}, kitFor(engine, '')) as Sql;
  return rowsByKey(fields, key, await query(sql`select ${selected}\nfrom (${inner}) q\nwhere ${isAsked}`));
}

function tableOf({ tables }: Engine, { attributesOf: table }: Analysis) {
  return { customers: tables.customers, products: tables.products, customer_products: tables.customerProducts }[table!];
}

export function keyField(engine: Engine, analysis: Analysis): Field {
  return engine.fieldsOf(analysis).find(({ field }) => field === analysis.record!.param)!;
}

/** Rows by the text of their key; the columns are those of the fields. */
export function rowsByKey(
  fields: readonly Field[],
  key: Field,
  { rowCount, columns }: Pick<Rows, 'rowCount' | 'columns'>,
): ReadonlyMap<string, Current> {
  const keys = columns[fields.indexOf(key)]!;
  return new Map(
    Array.from({ length: rowCount }, (_, r): [string, Current] => [
      keys[r] as string,
      { values: valuesAt(fields, columns, r) },
    ]),
  );
}

async function relatedRows(
  engine: Engine,
  { attributesOf: table }: Analysis,
  ids: readonly string[],
  query: Query,
): Promise<Known['related']> {
  if (table === 'customer_products' || ids.length === 0) return new Map();
  const column = id(table === 'customers' ? 'customer_id' : 'product_id');
  const { rowCount, columns } = await query(sql`select r.${column}, count(*) as related
from ${engine.tables.customerProducts} r
where ${oneOf(engine.warehouse.dialect, sql`r.${column}`, ids)}
group by r.${column}`);
  return new Map(
    Array.from({ length: rowCount }, (_, r): [string, number] => [columns[0]![r] as string, Number(columns[1]![r])]),
  );
}

/**
 * Writes the outcome with few statements; throws what the engine throws when a row does not fit, and write.rolled_back
 * when somebody else took an id or a row meanwhile.
 */
export async function writeOutcome(
  target: Target,
  { inserts, updates, deletes }: Outcome,
  context: CompileContext,
  writer: Writer,
): Promise<void> {
  const keyed = (rows: Map<string, Readonly<Record<string, Bind>>>): KeyedValues[] =>
    Array.from(rows, ([key, values]) => ({ key, values }));
  const changes = keyed(updates).filter(({ values }) => Object.keys(values).length > 0);
  const write = async (statements: readonly WriteStatement[], rows: number) => {
    let written = 0;
    for (const { text, params } of statements) written += await writer.run(text, params);
    requireRows(written, rows);
  };
  await write(insertRows(target, keyed(inserts), context), inserts.size);
  if (changes.length > 0) await write([updateRows(target, changes, context)], changes.length);
  if (deletes.size > 0) await write([deleteRows(target, [...deletes], context)], deletes.size);
}
