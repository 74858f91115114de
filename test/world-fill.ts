import { CORE_TABLE_NAMES, CORE_TABLES } from '../src/data/catalog/core-tables.ts';
import { createTable, type ManagedAttribute } from '../src/data/catalog/ddl.ts';
import type { CoreTableName } from '../src/data/catalog/model.ts';
import type { Isolation } from '../src/data/sql/compile.ts';
import { raiseDataVersions } from '../src/data/warehouse/data-version.ts';
import type { Warehouse, Writer } from '../src/data/warehouse/port.ts';
import type { Tenant } from '../src/data/warehouse/tenant.ts';
import type { Stored, WorldRows } from './world-rows.ts';

/** The attributes that worlds have; their values are members `attribute_<name>` of the rows. */
export const WORLD_ATTRIBUTES: Readonly<Record<CoreTableName, readonly ManagedAttribute[]>> = {
  customers: [
    { name: 'tier', type: 'text' },
    { name: 'score', type: 'double' },
    { name: 'is_vip', type: 'boolean' },
    { name: 'seen', type: 'timestamp' },
  ],
  products: [{ name: 'weight', type: 'decimal' }],
  customer_products: [{ name: 'channel', type: 'text' }],
};

/**
 * Makes the core tables of a tenant where its isolation has them, and replaces their rows: a file each, a schema each,
 * or one table whose column `owner` names the tenant.
 */
export async function fillWorld(
  warehouse: Warehouse,
  tenant: Tenant,
  isolation: Isolation,
  rows: WorldRows,
  statements: readonly string[] = [],
): Promise<void> {
  await warehouse.write(tenant, async (writer) => {
    if (isolation === 'schema') await writer.run(`create schema if not exists "${tenant.id}"`);
    for (const table of CORE_TABLE_NAMES) await fillTable(writer, table, tenant, isolation, rows[table]);
    for (const statement of statements) await writer.run(statement);
    await raiseDataVersions(writer, CORE_TABLE_NAMES);
  });
}

async function fillTable(
  writer: Writer,
  table: CoreTableName,
  tenant: Tenant,
  isolation: Isolation,
  rows: readonly Stored[],
): Promise<void> {
  const name = isolation === 'schema' ? `"${tenant.id}"."${table}"` : `"${table}"`;
  const owner = isolation === 'column' ? [{ name: 'owner', type: 'text' as const }] : [];
  // Two tenants may have the same id: their rows cannot share a primary key.
  const made = createTable(table, [...WORLD_ATTRIBUTES[table], ...owner]).replace(`"${table}"`, name);
  await writer.run(isolation === 'column' ? made.replace(/,\n {2}primary key .*/, '') : made);
  await writer.run(
    `delete from ${name}${isolation === 'column' ? ' where owner = ?' : ''}`,
    owner.map(() => tenant.id),
  );
  if (rows.length === 0) return;
  const columns = [
    ...CORE_TABLES[table].columns.map((column) => column.name),
    ...WORLD_ATTRIBUTES[table].map((attribute) => `attribute_${attribute.name}`),
  ];
  const values = rows.flatMap((row) => [
    ...columns.map((column) => row[column] ?? null),
    ...owner.map(() => tenant.id),
  ]);
  const places = `(${[...columns, ...owner].map(() => '?').join(', ')})`;
  await writer.run(`insert into ${name} values ${rows.map(() => places).join(', ')}`, values);
}
