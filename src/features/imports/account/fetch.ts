import type { ImportPlan, TableImport } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import type { Batch, Column, Value, Warehouse, Writer } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { Progress } from '../model.ts';
import { duckdbType, type AccountTable, type AccountTables } from './account-tables.ts';
import { neededColumns } from './needed.ts';

const { name: quoted } = duckdbDialect;
/** Reading all ids of a large table is no question of a user: it may take longer than STREAM_SECONDS. */
const FETCH_SECONDS = 6 * 3600;

export type Fetching = {
  readonly warehouse: Pick<Warehouse, 'stream'>;
  readonly owner: Tenant;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
};

/**
 * Makes the core tables that the checks look at in a database beside the account, with the columns they look at filled
 * and the others empty. Tells how many rows each has: their row ids are 0 up to that.
 */
export async function fetchStored(
  writer: Writer,
  plan: ImportPlan,
  tables: AccountTables,
  fetching: Fetching,
): Promise<ReadonlyMap<CoreTableName, number>> {
  const rows = new Map<CoreTableName, number>();
  for (const [name, needed] of neededColumns(plan)) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const columns = table.columns.map((column) => `${quoted(column.name)} ${column.engineType}`);
    await writer.run(`create table ${name} (${columns.join(', ')})`);
    rows.set(name, await fetchColumns(writer, name, columnsNamed(table, needed), fetching));
  }
  return rows;
}

/** A key may name an attribute that the table does not have yet; the import then fails by its own words. */
function columnsNamed({ columns }: AccountTable, names: readonly string[]): readonly Column[] {
  return columns.filter(({ name }) => names.includes(name.toLowerCase()));
}

async function fetchColumns(
  writer: Writer,
  table: CoreTableName,
  columns: readonly Column[],
  fetching: Fetching,
): Promise<number> {
  const { name } = snowflakeDialect;
  const list = columns.map((column) => `t.${name(column.name)}`).join(', ');
  const { batches } = await openStream(fetching, `select ${list} from ${name(table)} t`);
  return insertBatches(writer, { table, columns }, batches, (rows) => {
    fetching.progress(`${table}: reading what is stored`, `${rows} rows`);
  });
}

function openStream({ warehouse, owner, signal }: Fetching, text: string) {
  const statement = { text, params: [], reads: { tables: [], columns: [] } };
  return warehouse.stream(owner, statement, { lane: 'heavy', seconds: FETCH_SECONDS, signal });
}

type Into = { readonly table: string; readonly columns: readonly Column[] };

/** Values are texts as the wire has them, which this engine reads without loss. */
async function insertBatches(
  writer: Writer,
  { table, columns }: Into,
  batches: AsyncIterable<Batch>,
  onRows: (rows: number) => void,
): Promise<number> {
  const values = columns.map(({ engineType }, i) => `cast(r[${i + 1}] as ${engineType})`);
  const into = `insert into ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')})`;
  const text = `${into}\nselect ${values.join(', ')} from (select unnest(cast(cast(? as json) as varchar[][])) as r)`;
  let rows = 0;
  onRows(0);
  for await (const batch of batches) {
    if (batch.rowCount === 0) continue;
    await writer.run(text, [jsonOf(batch)]);
    rows += batch.rowCount;
    onRows(rows);
  }
  return rows;
}

function jsonOf({ rowCount, columns }: Batch): string {
  return JSON.stringify(Array.from({ length: rowCount }, (_, row) => columns.map((column) => textOf(column[row]!))));
}

function textOf(value: Value): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A plan whose rows are those of a dataset of the account: they are read into the database beside it, and imported from there. */
export async function fetchDatasets(writer: Writer, plan: ImportPlan, fetching: Fetching): Promise<ImportPlan> {
  const tables: TableImport[] = [];
  for (const table of plan.tables) {
    tables.push(table.isOfWarehouse ? { ...table, sql: await fetchDataset(writer, table, fetching) } : table);
  }
  return { ...plan, tables };
}

async function fetchDataset(writer: Writer, { table, sql }: TableImport, fetching: Fetching): Promise<string> {
  const into = `dataset for ${table}`;
  const { schema, batches } = await openStream(fetching, sql);
  const columns = schema.map((column) => ({ ...column, engineType: duckdbType(column) }));
  const made = columns.map(({ name, engineType }) => `${quoted(name)} ${engineType}`).join(', ');
  await writer.run(`create table ${quoted(into)} (${made})`);
  await insertBatches(writer, { table: into, columns }, batches, (rows) => {
    fetching.progress(`${table}: reading the dataset`, `${rows} rows`);
  });
  return `select * from ${quoted(into)}`;
}
