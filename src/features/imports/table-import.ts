import { AppError } from '../../lib/app-error.ts';
import { didYouMean, nearName } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';
import { createTable } from '../../data/catalog/ddl.ts';
import type { TableImport } from '../../data/catalog/import-plan.ts';
import type { Column, Rows, Value, Writer } from '../../data/warehouse/port.ts';
import type { Progress, TableReason, TableReport } from './model.ts';
import * as queries from './queries.ts';
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
  options.progress(`${table}: checking`, '');
  const rules = await leaveOut(writer, plan, filled, given);
  options.progress(`${table}: storing`, '');
  await writer.run(queries.storeRows(table, filled));
  const report = await describe(writer, plan, rules, given, options.samples);
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
  const references = table === 'customer_products' ? REFERENCES : [];
  for (const { column, table: other } of references) {
    await writer.run(queries.leaveOutDangling(table, rules.length, column, other));
    rules.push({ kind: 'reject', reason: `${column}.unknown`, condition: '' });
  }
  for (const key of keysOf(plan)) {
    const columns = key.map((name) => findColumn(filled, name)).filter((column) => column !== undefined);
    await writer.run(queries.leaveOutDuplicates(table, rules.length, columns));
    rules.push({ kind: 'reject', reason: `${key.join('+')}.duplicate`, condition: '' });
  }
  return rules;
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

async function describe(
  writer: Writer,
  plan: TableImport,
  rules: readonly Rule[],
  given: readonly Column[],
  samples: number,
): Promise<TableReport> {
  const { table } = plan;
  const reasons = await reasonsOf(writer, plan, rules, given, samples);
  const of = (kind: Rule['kind']) => reasons.filter((reason) => reason.kind === kind).map(({ entry }) => entry);
  const report: TableReport = {
    table,
    rowsIn: await countRows(writer, queries.rowsOf(table)),
    filtered: total(of('filter')),
    rejected: total(of('reject')),
    rowsOut: await countRows(writer, table),
    filters: of('filter'),
    rejects: of('reject'),
    valueSum: null,
    warnings: [],
  };
  return table === 'customer_products' ? { ...report, ...(await relationshipFacts(writer)) } : report;
}

async function reasonsOf(
  writer: Writer,
  { table }: TableImport,
  rules: readonly Rule[],
  given: readonly Column[],
  samples: number,
): Promise<readonly { kind: Rule['kind']; entry: TableReason }[]> {
  const counted = rowsOf(await writer.query(queries.countLeftOut(table)));
  const shown = counted.length === 0 ? [] : rowsOf(await writer.query(queries.sampleLeftOut(table, given, samples)));
  return counted.map(([rule, rows]) => {
    const { kind, reason } = rules[Number(rule)]!;
    const own = shown.filter((sample) => sample[0] === rule);
    return { kind, entry: { reason, rows: Number(rows), samples: own.map((sample) => toSample(sample, given)) } };
  });
}

function toSample([, row, ...texts]: readonly Value[], given: readonly Column[]): TableReason['samples'][number] {
  const values = given.map(({ name }, i) => [name, texts[i] === null ? null : shorten(String(texts[i]), 100)] as const);
  return { row: Number(row), values: Object.fromEntries(values) };
}

async function relationshipFacts(writer: Writer): Promise<Pick<TableReport, 'valueSum' | 'warnings'>> {
  const [[valueSum, withoutStart, endsFirst] = []] = rowsOf(await writer.query(queries.STORED_RELATIONSHIPS));
  const warnings = [
    [withoutStart, 'rows without start_date: they are in no period'],
    [endsFirst, 'rows end before they start: they are in no period'],
  ] as const;
  return {
    valueSum: String(valueSum),
    warnings: warnings.filter(([rows]) => Number(rows) > 0).map(([rows, words]) => `${rows} ${words}`),
  };
}

export async function countRows(writer: Writer, table: string): Promise<number> {
  return Number((await writer.query(`select count(*) as stored from ${table}`)).columns[0]![0]);
}

function total(reasons: readonly TableReason[]): number {
  return reasons.reduce((sum, { rows }) => sum + rows, 0);
}

function findColumn<C extends Column>(columns: readonly C[], name: string): C | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function rowsOf({ rowCount, columns }: Rows): readonly (readonly Value[])[] {
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}
