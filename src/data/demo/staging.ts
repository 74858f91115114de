import type { Writer } from '../warehouse/port.ts';
import type { SlotRange } from './distributions.ts';

/** Columns of a small table made in TypeScript: name -> SQL type. */
type Columns = Readonly<Record<string, 'INTEGER' | 'VARCHAR' | 'BOOLEAN' | 'DATE' | 'DECIMAL(18,4)'>>;
type Cell = string | number | boolean | null;

/** Makes a temporary table of these rows, passed as one bound JSON object of columns. */
export async function stage<C extends Columns>(
  writer: Writer,
  name: string,
  columns: C,
  rows: readonly Readonly<Record<keyof C & string, Cell>>[],
): Promise<void> {
  const names = Object.keys(columns);
  const data = Object.fromEntries(names.map((column) => [column, rows.map((row) => row[column]!)]));
  const shape = JSON.stringify(Object.fromEntries(names.map((column) => [column, [columns[column]]])));
  const list = names.map((column) => `unnest(j.${column}) as ${column}`).join(', ');
  await writer.run(
    `create or replace temp table ${name} as select ${list} from (select from_json(?, '${shape}') as j)`,
    [JSON.stringify(data)],
  );
}

/** Makes a temporary table with one row per slot: `key` is group * slots + slot. */
export async function stageSlots(
  writer: Writer,
  name: string,
  slots: number,
  groups: readonly (readonly SlotRange[])[],
): Promise<void> {
  const ranges = groups.flatMap((ranges, group) =>
    ranges.map(({ value, from, to }) => ({ value, low: group * slots + from, high: group * slots + to })),
  );
  await stage(writer, `${name}_ranges`, { value: 'INTEGER', low: 'INTEGER', high: 'INTEGER' }, ranges);
  await writer.run(
    `create or replace temp table ${name} as select cast(unnest(range(low, high)) as integer) as key, value from ${name}_ranges`,
  );
  await writer.run(`drop table ${name}_ranges`);
}

/** Makes a temporary table of quantiles: `key` is the slot. */
export async function stageQuantiles(writer: Writer, name: string, values: readonly number[]): Promise<void> {
  await stage(
    writer,
    name,
    { key: 'INTEGER', value: 'INTEGER' },
    values.map((value, key) => ({ key, value })),
  );
}

/** Rows of a statement as objects. */
export async function rowsOf(writer: Writer, text: string): Promise<Record<string, string | number | null>[]> {
  const rows = await writer.query(text);
  return Array.from({ length: rows.rowCount }, (_, r) =>
    Object.fromEntries(rows.schema.map(({ name }, c) => [name, rows.columns[c]![r] as string | number | null])),
  );
}
