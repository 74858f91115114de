import { AppError } from '../../lib/app-error.ts';
import { didYouMean, nearName } from '../../lib/near-name.ts';
import { createTable } from '../../data/catalog/ddl.ts';
import type { TableImport } from '../../data/catalog/import-plan.ts';
import type { Column, Writer } from '../../data/warehouse/port.ts';
import type { Progress, TableReport } from './model.ts';
import * as queries from './queries.ts';
import { numberOf, reportTable } from './table-report.ts';
import { keysOf, REFERENCES, rowRules, targetsOf, type Rule, type Target } from './rules.ts';

/**
 * One table, after the answer of its mapping was kept:
 *
 *     rows -> rules of one row -> references -> duplicates -> stored, sorted
 *
 * References come before duplicates, so that a row that cannot be stored never stands in for one that can.
 * Throws `import.failed` when the mapping lacks a column that a row cannot be without.
 */
export async function importTable(
  writer: Writer,
  plan: TableImport,
  options: { readonly samples: number; readonly progress: Progress },
): Promise<TableReport> {
  const { table } = plan;
  const given = (await writer.query(`select * from ${queries.rowsOf(table)} limit 0`)).schema;
  await writer.run(`drop table if exists ${table}`);
  await writer.run(createTable(table, plan.attributes));
  const targets = targetsOf(plan, (await writer.query(`select * from ${table} limit 0`)).schema);
  const filled = targets.filter(({ name }) => findColumn(given, name) !== undefined);
  checkColumns(plan, targets, given);
  const rowsIn = await numberOf(writer, queries.countRows(queries.rowsOf(table)));
  options.progress(`${table}: checking`, `${rowsIn} rows`);
  const rules = await leaveOut(writer, plan, filled, given);
  options.progress(`${table}: storing`, `${rowsIn} rows`);
  await writer.run(queries.storeRows(table, filled));
  const report = await reportTable(writer, { table, rowsIn, rules, given, samples: options.samples });
  const unfilled = targets.filter((target) => !filled.includes(target));
  report.warnings.push(...unfilled.flatMap((target) => misspelt(target, targets, given)));
  for (const statement of queries.dropRows(table)) await writer.run(statement);
  return report;
}

async function leaveOut(
  writer: Writer,
  plan: TableImport,
  filled: readonly Target[],
  given: readonly Column[],
): Promise<readonly Rule[]> {
  const { table } = plan;
  const rules = [...rowRules(plan, filled, given)];
  await writer.run(queries.leaveOut(table, rules));
  if (table === 'customer_products') {
    await writer.run(queries.leaveOutDangling(table, rules.length, REFERENCES));
    rules.push(...REFERENCES.map(({ column }) => setRule(`${column}.unknown`)));
  }
  for (const key of keysOf(plan)) {
    const columns = key.map((name) => findColumn(filled, name)).filter((column) => column !== undefined);
    await writer.run(queries.leaveOutDuplicates(table, rules.length, columns));
    rules.push(setRule(`${key.join('+')}.duplicate`));
  }
  return rules;
}

/** A rule over many rows: its statement is of its own. */
function setRule(reason: string): Rule {
  return { kind: 'reject', reason, condition: '' };
}

function checkColumns({ table, key }: TableImport, targets: readonly Target[], given: readonly Column[]): void {
  const names = given.map(({ name }) => name);
  const needed = [...targets.filter(({ isRequired }) => isRequired).map(({ name }) => name), ...key];
  const missing = needed.find((name) => findColumn(given, name) === undefined);
  if (missing !== undefined) {
    const list = names.map((name) => JSON.stringify(name)).join(', ');
    throw new AppError(
      'import.failed',
      `${table}: the sql gives no column "${missing}"${didYouMean(missing, names)}; it gives ${list}`,
    );
  }
  // The engine would read this column where the place of a row is meant.
  if (findColumn(given, 'rowid') !== undefined) {
    throw new AppError('import.failed', `${table}: the sql may not call a column rowid`);
  }
}

function misspelt({ name }: Target, targets: readonly Target[], given: readonly Column[]): string[] {
  const others = given.filter((column) => findColumn(targets, column.name) === undefined).map((column) => column.name);
  const near = nearName(name, others);
  return near === undefined ? [] : [`${name} is empty in every row; the sql gives "${near}"`];
}

function findColumn<C extends Column>(columns: readonly C[], name: string): C | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
