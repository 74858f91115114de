import { AppError } from '../../../lib/app-error.ts';
import { didYouMean, nearName } from '../../../lib/near-name.ts';
import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { TableImport } from '../../../data/catalog/import-plan.ts';
import type { Column, Writer } from '../../../data/warehouse/port.ts';
import type { Progress, TableReport } from '../model.ts';
import { addPlaceholders } from './placeholders.ts';
import * as queries from './queries.ts';
import type { RejectsFile } from '../rejects-file.ts';
import { copyRejected } from './report-queries.ts';
import { targetsOf, type Target } from './rules.ts';
import { prepareTable } from './stored-table.ts';
import { leaveOutRows } from './set-rules.ts';
import { numberOf, reportTable, type Judged, type LineOf } from './table-report.ts';

export type TableOptions = {
  readonly samples: number;
  readonly progress: Progress;
  readonly lineOf: LineOf | undefined;
  readonly rejects: RejectsFile | undefined;
};

/**
 * One table, after the answer of its mapping was kept:
 *
 *     rows -> rules of one row -> references -> keys -> placeholders -> stored, sorted -> report, rejected rows
 *
 * References come before keys, so that a row that cannot be stored never stands in for one that can.
 * Throws `import.failed` when the mapping lacks a column that a row cannot be without.
 */
export async function importTable(writer: Writer, plan: TableImport, options: TableOptions): Promise<TableReport> {
  const { table, sourceLines } = plan;
  const given = (await writer.query(`select * from ${queries.rowsOf(table)} limit 0`)).schema;
  const { columns, rowsBefore } = await prepareTable(writer, plan);
  const targets = targetsOf(plan, columns);
  const filled = targets.filter(({ name }) => findColumn(given, name) !== undefined);
  checkColumns(plan, targets, given);
  const rowsIn = await numberOf(writer, queries.countRows(queries.rowsOf(table)));
  options.progress(`${table}: checking`, `${rowsIn} rows`);
  const rules = await leaveOutRows(writer, plan, { filled, given, hasOthers: rowsBefore > 0 });
  options.progress(`${table}: storing`, `${rowsIn} rows`);
  const shown = { given, sourceLines, samples: options.samples, lineOf: options.lineOf };
  const placeholders = plan.onMissingReference === 'placeholder' ? await addPlaceholders(writer, shown) : [];
  const counts = await storeRows(writer, plan, { filled, rowsBefore });
  const judged = { table, rowsIn, ...counts, hasOthers: rowsBefore > 0, rules, filled, placeholders, ...shown };
  const report = await reportTable(writer, judged);
  const unfilled = targets.filter((target) => !filled.includes(target));
  report.warnings.push(...unfilled.flatMap((target) => misspelt(target, targets, given)));
  if (report.rejected > 0) await writeRejected(writer, judged, report.rejected, options);
  for (const statement of queries.dropRows(table)) await writer.run(statement);
  return report;
}

/** Stores what is left; stored rows of the same id make place for it in an upsert. */
async function storeRows(
  writer: Writer,
  { table, mode }: TableImport,
  { filled, rowsBefore }: { readonly filled: readonly Target[]; readonly rowsBefore: number },
): Promise<Pick<TableReport, 'rowsOut' | 'updated'>> {
  const id = findColumn(filled, CORE_TABLES[table].key)!;
  const isUpdate = mode === 'upsert' && rowsBefore > 0;
  const updated = isUpdate ? await writer.run(queries.deleteReplaced(table, id)) : 0;
  await writer.run(queries.storeRows(table, filled));
  const rowsAfter = await numberOf(writer, queries.countRows(table));
  return { rowsOut: rowsAfter - rowsBefore + updated, updated };
}

async function writeRejected(
  writer: Writer,
  judged: Judged,
  rejected: number,
  { rejects, lineOf, progress }: TableOptions,
): Promise<void> {
  if (rejects === undefined) return;
  const phase = `${judged.table}: writing rejected rows`;
  progress(phase, `${rejected} rows`);
  await writer.run(copyRejected(judged.table, judged.rules, judged.given, rejects.rowsPath));
  await rejects.takeRows(lineOf, (rows) => progress(phase, `${rows} of ${rejected} rows`));
}

function checkColumns(plan: TableImport, targets: readonly Target[], given: readonly Column[]): void {
  const { table, key, sourceLines } = plan;
  const names = given.map(({ name }) => name);
  const required = targets.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const needed = [...required, ...key, ...(sourceLines === undefined ? [] : [sourceLines])];
  const missing = needed.find((name) => findColumn(given, name) === undefined);
  if (missing !== undefined) {
    const list = names.map((name) => JSON.stringify(name)).join(', ');
    throw refused(table, `the sql gives no column "${missing}"${didYouMean(missing, names)}; it gives ${list}`);
  }
  // The engine would read this column where the place of a row is meant.
  if (findColumn(given, 'rowid') !== undefined) throw refused(table, 'the sql may not call a column rowid');
  const lines = sourceLines === undefined ? undefined : findColumn(given, sourceLines);
  if (lines !== undefined && lines.type !== 'integer') {
    throw refused(table, `source_lines: the column "${sourceLines}" must be an integer, not ${lines.engineType}`);
  }
}

function refused(table: string, problem: string): AppError {
  return new AppError('import.failed', `${table}: ${problem}`);
}

function misspelt({ name }: Target, targets: readonly Target[], given: readonly Column[]): string[] {
  const others = given.filter((column) => findColumn(targets, column.name) === undefined).map((column) => column.name);
  const near = nearName(name, others);
  return near === undefined ? [] : [`${name} is empty in every row; the sql gives "${near}"`];
}

function findColumn<C extends Column>(columns: readonly C[], name: string): C | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
