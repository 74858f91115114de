import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan, TableImport } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Statement } from '../../../data/sql/compile.ts';
import { id, join, sql } from '../../../data/sql/sql.ts';
import type { Batch, Column, Value, Warehouse, Writer } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { Progress } from '../model.ts';
import { recordsOf } from '../tables/table-report.ts';
import { duckdbType, type AccountTable, type AccountTables } from './account-tables.ts';
import { IMPORT_SECONDS } from './import-seconds.ts';
import { conditionsOf } from './incoming.ts';
import { neededOf, type Needed } from './needed.ts';
import { printed } from './printed.ts';

const { name: quoted } = duckdbDialect;

export type Fetching = {
  readonly warehouse: Pick<Warehouse, 'stream'>;
  readonly owner: Tenant;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
};

/** Stored rows that were read: new ones in the same table have row ids from `nextRowId` on. */
export type StoredRows = { readonly rows: number; readonly nextRowId: string };

/**
 * Makes the core tables that the checks look at in a database beside the account, with the rows and columns they look
 * at, other columns being empty. The answers of the mappings are there already: few rows are compared with few.
 */
export async function fetchStored(
  writer: Writer,
  plan: ImportPlan,
  tables: AccountTables,
  fetching: Fetching,
): Promise<ReadonlyMap<CoreTableName, StoredRows>> {
  const stored = new Map<CoreTableName, StoredRows>();
  for (const needed of neededOf(plan)) {
    const table = tables.get(needed.table);
    if (table !== undefined) stored.set(needed.table, await fetchTable(writer, needed, table, fetching));
  }
  return stored;
}

async function fetchTable(
  writer: Writer,
  { table, columns: names, comparisons }: Needed,
  { columns: all }: AccountTable,
  fetching: Fetching,
): Promise<StoredRows> {
  const made = all.map((column) => `${quoted(column.name)} ${column.engineType}`);
  await writer.run(`create table ${table} (${made.join(', ')})`);
  // A key may name an attribute that the table does not have yet; the import then stops by its own words.
  const columns = all.filter(({ name }) => names.includes(name.toLowerCase()));
  const list = join(
    columns.map((column) => sql`t.${id(column.name)}`),
    ', ',
  );
  const select = sql`select ${list} from ${id(table)} t`;
  const say = (rows: number) => fetching.progress(`${table}: reading what is stored`, `${rows} rows`);
  const conditions = comparisons && (await conditionsOf(writer, comparisons, all));
  say(0);
  if (conditions === undefined) {
    const { batches } = await openStream(fetching, printed(select, fetching.owner));
    await insertBatches(writer, { table, columns }, batches, say);
  } else {
    for (const condition of conditions) {
      const { batches } = await openStream(fetching, printed(sql`${select} where ${condition}`, fetching.owner));
      // Two conditions may find the same row.
      await insertBatches(writer, { table, columns, unless: CORE_TABLES[table].key }, batches, say);
    }
  }
  return storedRows(writer, table);
}

/** Row ids of rows that their own transaction made start anywhere, and go up. */
async function storedRows(writer: Writer, table: CoreTableName): Promise<StoredRows> {
  const facts = `select count(*) as row_count, cast(coalesce(max(rowid) + 1, 0) as varchar) as next_id from ${table}`;
  const [[rows, next] = []] = recordsOf(await writer.query(facts));
  return { rows: Number(rows), nextRowId: next as string };
}

function openStream({ warehouse, owner, signal }: Fetching, statement: Statement) {
  return warehouse.stream(owner, statement, { lane: 'heavy', seconds: IMPORT_SECONDS, signal });
}

type Into = {
  readonly table: string;
  readonly columns: readonly Column[];
  /** A column; rows whose value is there already are left out. */
  readonly unless?: string;
};

/** Values are texts as the wire has them, which this engine reads without loss. */
async function insertBatches(
  writer: Writer,
  { table, columns, unless }: Into,
  batches: AsyncIterable<Batch>,
  onRows: (rows: number) => void,
): Promise<void> {
  const values = columns.map(({ name, engineType }, i) => `cast(r[${i + 1}] as ${engineType}) as ${quoted(name)}`);
  const into = `insert into ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')})`;
  const given = `select ${values.join(', ')} from (select unnest(cast(cast(? as json) as varchar[][])) as r)`;
  const isNew = unless && `where not exists (select 1 from ${quoted(table)} t where t.${unless} = s.${unless})`;
  const text = `${into}\nselect * from (${given}) s ${isNew ?? ''}`;
  let rows = 0;
  for await (const batch of batches) {
    if (batch.rowCount === 0) continue;
    await writer.run(text, [jsonOf(batch)]);
    rows += batch.rowCount;
    onRows(rows);
  }
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

async function fetchDataset(writer: Writer, { table, sql: given }: TableImport, fetching: Fetching): Promise<string> {
  const into = `dataset for ${table}`;
  const say = (rows: number) => fetching.progress(`${table}: reading the dataset`, `${rows} rows`);
  say(0);
  const { schema, batches } = await openStream(fetching, {
    text: given,
    params: [],
    reads: { tables: [], columns: [] },
  });
  const columns = schema.map((column) => ({ ...column, engineType: duckdbType(column) }));
  const made = columns.map(({ name, engineType }) => `${quoted(name)} ${engineType}`).join(', ');
  try {
    await writer.run(`create table ${quoted(into)} (${made})`);
  } catch (error) {
    await batches[Symbol.asyncIterator]().return?.();
    throw error;
  }
  await insertBatches(writer, { table: into, columns }, batches, say);
  return `select * from ${quoted(into)}`;
}
