import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import { createTable } from '../../../data/catalog/ddl.ts';
import type { ManagedAttribute } from '../../../data/catalog/ddl.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import type { Column } from '../../../data/warehouse/port.ts';
import { REFERENCES, type Reference } from '../tables/rules.ts';
import type { Load } from './shipment.ts';

/*
 * Statements of an import in an account, in Snowflake's spelling. Statements that make something commit by themselves
 * there, so they come before the transaction in which rows change.
 */
const { name: quoted, literal } = snowflakeDialect;
const list = (columns: readonly Column[], alias = '') =>
  columns.map(({ name }) => `${alias}${quoted(name)}`).join(', ');

export function makeTable(table: CoreTableName, attributes: readonly ManagedAttribute[]): string {
  return createTable(table, attributes, table, snowflakeDialect);
}

export function addColumn(table: CoreTableName, { name, engineType }: Column): string {
  return `alter table ${quoted(table)} add column if not exists ${quoted(name)} ${engineType}`;
}

/** Staged columns take any row that was checked: what the table itself does not take fails in the transaction. */
export function makeStaging(address: string, columns: readonly Column[]): string {
  const lines = columns.map(({ name, engineType }) => `  ${quoted(name)} ${engineType}`);
  return `create or replace transient table ${address} (\n${lines.join(',\n')}\n)`;
}

/** In quotes: a name in it may have blanks. */
const inStage = (stage: string, folder: string) => literal(`@${stage}/${folder}`);

/** For a statement that the driver itself carries out: the name of a file on this machine. */
export function putFile(file: string, stage: string, folder: string): string {
  return `put ${literal(`file://${file}`)} ${inStage(stage, folder)} auto_compress = false source_compression = gzip overwrite = true`;
}

const FORMAT = [
  'type = csv',
  'compression = gzip',
  "field_delimiter = ','",
  `field_optionally_enclosed_by = '"'`,
  'escape_unenclosed_field = none',
  'null_if = ()',
  'empty_field_as_null = true',
  "date_format = 'YYYY-MM-DD'",
  "timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF'",
];

export function copyFiles(address: string, columns: readonly Column[], stage: string, folder: string): string {
  return [
    `copy into ${address} (${list(columns)})`,
    `from ${inStage(stage, folder)}`,
    `file_format = (${FORMAT.join(' ')})`,
    'on_error = abort_statement',
    'force = true',
  ].join('\n');
}

export function countRows(address: string): string {
  return `select count(*) as row_count from ${address}`;
}

/** Relationships are read by customer: rows that lie together are read together. */
const ORDER: Readonly<Record<CoreTableName, readonly string[]>> = {
  customers: ['customer_id'],
  products: ['product_id'],
  customer_products: ['customer_id', 'product_id', 'start_date', 'relationship_id'],
};

export function deleteAll(table: CoreTableName): string {
  return `delete from ${quoted(table)}`;
}

export function insertAll({ table, columns }: Load, staging: string): string {
  const order = ORDER[table].map((column) => `s.${quoted(column)} nulls last`).join(', ');
  const into = `insert into ${quoted(table)} (${list(columns)})`;
  return `${into}\nselect ${list(columns, 's.')} from ${staging} s\norder by ${order}`;
}

export function deleteReplaced({ table }: Load, staging: string): string {
  const key = quoted(CORE_TABLES[table].key);
  return `delete from ${quoted(table)} where ${key} in (select s.${key} from ${staging} s)`;
}

/** Somebody else may have taken an id since it was found to be free: then fewer rows come in than are staged. */
export function insertFree({ table, columns }: Load, staging: string): string {
  const key = quoted(CORE_TABLES[table].key);
  return [
    `merge into ${quoted(table)} t`,
    `using ${staging} s`,
    `on t.${key} = s.${key}`,
    `when not matched then insert (${list(columns)}) values (${list(columns, 's.')})`,
  ].join('\n');
}

/** Relationships in `from` whose customer or product is not there. */
export function countDangling({ column, table }: Reference, from: string): string {
  const name = quoted(column);
  return [
    'select count(*) as dangling',
    `from ${from} c left join ${quoted(table)} r on r.${name} = c.${name}`,
    `where r.${name} is null`,
  ].join('\n');
}

/** What must still hold when the rows are in place: others may have deleted in the meantime what was found to be there. */
export function referencesToCheck(
  loads: readonly Load[],
  staging: Readonly<Record<string, string>>,
): readonly string[] {
  const staged = loads.find(({ table }) => table === 'customer_products');
  return REFERENCES.flatMap((reference) => {
    const isReplaced = loads.some(({ table, mode }) => table === reference.table && mode === 'replace');
    const stays = isReplaced && staged?.mode !== 'replace' ? [quoted('customer_products')] : [];
    const comes = !isReplaced && staged !== undefined && staged.rows > 0 ? [staging['customer_products']!] : [];
    return [...stays, ...comes].map((from) => countDangling(reference, from));
  });
}
