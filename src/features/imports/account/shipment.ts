import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Column, Writer } from '../../../data/warehouse/port.ts';
import type { Progress } from '../model.ts';
import type { StoredRows } from './fetch.ts';
import { numberOf, recordsOf } from '../tables/table-report.ts';

/** What is to be put into one table of the account. */
export type Load = {
  readonly table: CoreTableName;
  /** replace: instead of all rows; upsert: instead of those with the same id; append: beside them, their ids being free. */
  readonly mode: 'replace' | 'append' | 'upsert';
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Stored rows that an upsert replaces. */
  readonly replaced: number;
  readonly content: Content;
};
/** files: gzipped CSV, a null empty and every value in quotes; json: arrays of rows as JSON, for few rows. */
export type Content =
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | { readonly kind: 'json'; readonly arrays: readonly string[] };

export type Limits = {
  /** Up to so many rows go as values of statements. */
  readonly smallRows: number;
  /** Size of a file at which the next one begins. */
  readonly fileBytes: number;
};
/** Snowflake advises files of 100 to 250 MB; they are read side by side (https://docs.snowflake.com/en/user-guide/data-load-considerations-prepare). */
export const LOAD_LIMITS: Limits = Object.freeze({ smallRows: 2000, fileBytes: 64 << 20 });
/** Of one JSON array, and of all that go as values of statements. */
const JSON_CHARS = 256 << 10;
const SMALL_CHARS = 8 * JSON_CHARS;

const { name: quoted, literal } = duckdbDialect;

const NONE: StoredRows = { rows: 0, nextRowId: '0' };

export type Shipping = {
  readonly plan: ImportPlan;
  /** Rows of a table that were stored before (fetch.ts); none for one that is replaced or was not there. */
  readonly stored: ReadonlyMap<CoreTableName, StoredRows>;
  readonly folder: string;
  readonly limits: Limits;
  readonly progress: Progress;
};

/** Takes what an import stored out of the database in which it was checked, within its transaction: what was there before is left out by its row ids. */
export async function packShipment(writer: Writer, shipping: Shipping): Promise<readonly Load[]> {
  const loads: Load[] = [];
  for (const table of CORE_TABLE_NAMES) {
    const mode = shipping.plan.tables.find((one) => one.table === table)?.mode ?? 'append';
    const stored = shipping.stored.get(table) ?? NONE;
    const from = `${quoted(table)} where rowid >= ${stored.nextRowId}`;
    const rows = await numberOf(writer, `select count(*) as row_count from ${from}`);
    if (rows === 0 && mode !== 'replace') continue;
    const columns = ownColumns(
      shipping.plan,
      table,
      (await writer.query(`select * from ${quoted(table)} limit 0`)).schema,
    );
    const kept = `select count(*) as row_count from ${quoted(table)} where rowid < ${stored.nextRowId}`;
    const replaced = stored.rows - (await numberOf(writer, kept));
    shipping.progress(`${table}: writing files`, `${rows} rows`);
    const content = await packRows(writer, { table, columns, rows, from }, shipping);
    loads.push({ table, mode, columns, rows, replaced, content });
  }
  return loads;
}

/** Others may have added columns to the table in the account: what becomes of those is up to it. */
function ownColumns({ tables }: ImportPlan, table: CoreTableName, stored: readonly Column[]): readonly Column[] {
  const attributes = tables.find((one) => one.table === table)?.attributes ?? [];
  const ours = new Set([...CORE_TABLES[table].columns, ...attributes].map(({ name }) => name));
  return stored.filter(({ name }) => ours.has(name));
}

type Packing = Pick<Load, 'table' | 'columns' | 'rows'> & { readonly from: string };

async function packRows(writer: Writer, packing: Packing, { folder, limits }: Shipping): Promise<Content> {
  const { table, columns, rows, from } = packing;
  if (rows <= limits.smallRows) {
    const texts = columns.map(({ name }) => `cast(${quoted(name)} as varchar)`).join(', ');
    const arrays = jsonArrays(recordsOf(await writer.query(`select ${texts} from ${from} order by rowid`)));
    if (arrays.reduce((sum, { length }) => sum + length, 0) <= SMALL_CHARS) return { kind: 'json', arrays };
  }
  const into = join(folder, table);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  await writer.run(copyText(`select ${names} from ${from} order by rowid`, into, limits.fileBytes));
  return { kind: 'files', files: await filesOf(into) };
}

function jsonArrays(rows: readonly (readonly unknown[])[]): string[] {
  const arrays: string[] = [];
  let array: string[] = [];
  let chars = 0;
  const end = () => {
    if (array.length > 0) arrays.push(`[${array.join(',')}]`);
    array = [];
    chars = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (chars + text.length > JSON_CHARS) end();
    array.push(text);
    chars += text.length + 1;
  }
  end();
  return arrays;
}

/** An empty text is "" and a null is nothing: Snowflake reads them back as they were (FIELD_OPTIONALLY_ENCLOSED_BY, EMPTY_FIELD_AS_NULL). */
function copyText(select: string, folder: string, fileBytes: number): string {
  const options = [
    'format csv',
    'header false',
    "delimiter ','",
    `quote '"'`,
    `escape '"'`,
    "nullstr ''",
    'force_quote *',
    'compression gzip',
    "file_extension 'csv.gz'",
    `file_size_bytes ${fileBytes}`,
    'overwrite_or_ignore true',
  ];
  return `copy (${select}) to ${literal(folder)} (${options.join(', ')})`;
}

async function filesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort((a, b) => parseInt(a.slice(5)) - parseInt(b.slice(5)));
  const files = names.map((name) => join(folder, name));
  const sizes = await Promise.all(files.map((file) => stat(file)));
  return files.filter((_, i) => sizes[i]!.size > 0);
}
