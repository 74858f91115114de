import { CORE_TABLE_NAMES } from '../catalog/core-tables.ts';
import { createTable, type ManagedAttribute } from '../catalog/ddl.ts';
import { raiseDataVersions } from '../warehouse/data-version.ts';
import type { CoreTableName } from '../catalog/model.ts';
import type { Warehouse, Writer } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { CATEGORIES } from './categories.ts';
import { makeCustomers } from './customers.ts';
import { DIRT, type DirtKind } from './dirt.ts';
import { makeIdentities } from './identities.ts';
import { measure } from './measure.ts';
import { dirtyProducts, makeProducts, type Product } from './products.ts';
import { makeRelationships } from './relationships.ts';
import { rowsOf, stage } from './staging.ts';
import type { DemoTruth } from './truth.ts';
import { dayText, DEMO_SIZES, FIRST_DAY, LAST_DAY, type DemoSize } from './world.ts';

export type DemoOptions = {
  /** An empty database that nobody else uses until this is done; a run that fails leaves what it made so far. */
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  readonly size: DemoSize;
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** Hears what is being done and the share of the whole work that is done. */
  readonly progress: (phase: string, share: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Relationships made at once: memory grows with it, the rows do not depend on it. */
  readonly portionRows?: number;
};

/** Columns of the demo tables besides those that every core table has. */
export const DEMO_ATTRIBUTES = Object.freeze({
  customers: [
    { name: 'email', type: 'text' },
    { name: 'newsletter', type: 'boolean' },
  ],
  products: [{ name: 'list_price', type: 'decimal' }],
  customer_products: [],
} as const satisfies Record<CoreTableName, readonly ManagedAttribute[]>);

/**
 * Fills the core tables and service.demo_segments with the demo data of this size and seed, and says what was planted.
 * The same size and seed give the same rows, always and everywhere. Rejects with the signal's reason when aborted.
 *
 *     products (TypeScript) -> identities -> customers -> demand by month -> relationships, in portions -> truth
 */
export async function generateDemo(options: DemoOptions): Promise<DemoTruth> {
  const { size, seed, progress, signal, portionRows = 2_000_000 } = options;
  const writer = statementWriter(options);
  const step = (phase: string, share: number) => {
    signal?.throwIfAborted();
    progress(phase, share);
  };
  const counts = DEMO_SIZES[size];
  step('products', 0);
  await createTables(writer);
  const products = makeProducts(counts.products, seed);
  await insertProducts(writer, products);
  step('customers', 0.02);
  await makeIdentities(writer, counts.customers, seed);
  const dirtyCustomers = await makeCustomers(writer, counts.customers, seed);
  const work = (share: number) => step('relationships', 0.12 + 0.75 * share);
  const dirtyRelationships = await makeRelationships(writer, { ...counts, portionRows }, products, seed, work);
  step('truth', 0.87);
  const measured = await measure(writer, products, size);
  await dropStaging(writer);
  await raiseDataVersions(writer, CORE_TABLE_NAMES);
  const dirt = dirtOf({ ...dirtyCustomers, ...dirtyProducts(products), ...dirtyRelationships });
  step('done', 1);
  return { generator: 1, size, seed, firstDay: FIRST_DAY, lastDay: LAST_DAY, ...measured, dirt };
}

/**
 * Each statement in a transaction of its own: DuckDB (1.5.5) has no statistics of tables made in the same transaction,
 * and joins them half as fast. The staging tables are temporary tables of the tenant's one writing connection.
 */
function statementWriter({ warehouse, tenant, signal }: DemoOptions): Writer {
  const options = signal === undefined ? {} : { signal };
  return {
    run: (text, params) => warehouse.write(tenant, (writer) => writer.run(text, params), options),
    query: (text, params) => warehouse.write(tenant, (writer) => writer.query(text, params), options),
  };
}

async function createTables(writer: Writer): Promise<void> {
  await writer.run('create schema if not exists service');
  for (const table of CORE_TABLE_NAMES) await writer.run(createTable(table, DEMO_ATTRIBUTES[table]));
}

async function insertProducts(writer: Writer, products: readonly Product[]): Promise<void> {
  const rows = products.map((product) => ({
    ...product,
    is_plan: product.isPlan,
    launch_day: product.launchDay,
    launched: dayText(product.launchDay),
    category_name: CATEGORIES[product.category]!.name,
  }));
  const whole = 'INTEGER' as const;
  const word = 'VARCHAR' as const;
  const texts = { id: word, name: word, category_name: word, type: word, launched: 'DATE', status: word } as const;
  const columns = {
    no: whole,
    cents: whole,
    launch_day: whole,
    substitute: whole,
    is_plan: 'BOOLEAN',
    ...texts,
  } as const;
  await stage(writer, 'demo_product', columns, rows);
  await writer.run(`insert into products
  (product_id, product_name, product_category, product_type, launch_date, status, list_price)
select id, name, category_name, type, launched, status, cast(cents as decimal(12, 0)) * 0.01
from demo_product
order by no`);
}

async function dropStaging(writer: Writer): Promise<void> {
  const tables = await rowsOf(
    writer,
    "select table_name from duckdb_tables() where temporary and starts_with(table_name, 'demo_') order by table_name",
  );
  for (const { table_name: name } of tables) await writer.run(`drop table temp."${name}"`);
}

function dirtOf(keys: Readonly<Record<DirtKind, readonly string[]>>): DemoTruth['dirt'] {
  return (Object.keys(DIRT) as DirtKind[]).map((kind) => ({ kind, ...DIRT[kind], keys: [...keys[kind]].sort() }));
}
