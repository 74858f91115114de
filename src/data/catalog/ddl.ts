import { duckdbDialect } from '../sql/duckdb-dialect.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { WireType } from '../warehouse/port.ts';
import { CORE_TABLES } from './core-tables.ts';
import type { CoreTableName } from './model.ts';

export type ManagedAttribute = { readonly name: string; readonly type: WireType };

/** Type of the stored column for each type of attribute. */
export const ATTRIBUTE_TYPES: Readonly<Record<WireType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DECIMAL(18,4)',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  json: 'VARCHAR',
};

/**
 * The statement that makes a managed table, extra attributes as columns of their own name. customers and products get a
 * primary key; customer_products gets none (it is stored ordered by customer_id, product_id, and a key over 20 M text
 * ids does not fit into 1.5 GB): its keys and references are checked when rows are written. Snowflake holds nobody to a
 * primary key, only to `not null`.
 */
export function createTable(
  table: CoreTableName,
  attributes: readonly ManagedAttribute[] = [],
  as: string = table,
  dialect: Dialect = duckdbDialect,
): string {
  const core = CORE_TABLES[table];
  const lines = core.columns.map((c) => `  ${c.name} ${c.engineType}${c.isRequired ? ' not null' : ''}`);
  for (const { name, type } of attributes) lines.push(`  ${dialect.name(name)} ${ATTRIBUTE_TYPES[type]}`);
  if (table !== 'customer_products') lines.push(`  primary key (${core.key})`);
  return `create table if not exists ${dialect.name(as)} (\n${lines.join(',\n')}\n)`;
}
