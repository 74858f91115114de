import { CORE_TABLE_NAMES } from '../../../data/catalog/core-tables.ts';
import { createTable } from '../../../data/catalog/ddl.ts';
import type { ImportPlan, ImportSource } from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import type { Writer } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { mapTables } from './map-tables.ts';
import type { Progress, TableReport } from '../model.ts';
import * as queries from './queries.ts';
import type { RejectsFile } from '../rejects-file.ts';
import { REFERENCES } from './rules.ts';
import type { Findings } from '../service.ts';
import type { ReadySource } from '../sources/source.ts';
import * as sourceQueries from '../sources/source-queries.ts';
import { importTable } from './table-import.ts';
import { numberOf } from './table-report.ts';

export type Filling = {
  readonly plan: ImportPlan;
  readonly sources: readonly ReadySource[];
  readonly findings: Findings;
  readonly progress: Progress;
  readonly samples: number;
  readonly maxBytes: number;
  readonly rejects: RejectsFile | undefined;
  /** Runs when the answers of the mappings are there and the core tables have not been looked at. */
  readonly beforeChecks?: (() => Promise<void>) | undefined;
};

/**
 * The part of an import that is one transaction. Sources are dropped before the tables are touched: they hide tables of
 * the same name. Returns how many rows were stored. Throws `import.failed` when a rejected row is to stop the import, after all of them were counted.
 */
export async function fillTables(writer: Writer, filling: Filling): Promise<number> {
  const { plan, sources, findings, progress, samples, rejects } = filling;
  for (const source of sources) await readSource(writer, source, filling);
  const warnings = await mapTables(writer, plan.tables, filling);
  await requireSameFiles(sources);
  for (const { source } of sources) await writer.run(sourceQueries.dropSource(source.name, isKept(source, plan)));
  await filling.beforeChecks?.();
  const others = CORE_TABLE_NAMES.filter((name) => !plan.tables.some(({ table }) => table === name));
  for (const table of others) await writer.run(createTable(table));
  let rowsDone = 0;
  const say: Progress = (phase, detail) => progress(phase, detail, rowsDone);
  for (const table of plan.tables) {
    const lineOf = sources.find(({ source }) => source.name === table.source)?.lineOf;
    const report = await importTable(writer, table, { samples, progress: say, lineOf, rejects });
    report.warnings.push(...warnings.get(table)!);
    findings.tables.push(report);
    checkSum(report);
    rowsDone += report.rowsOut;
  }
  rejects?.flush();
  say('checking the whole', '');
  await checkStoredRelationships(writer, plan);
  stopOnRejects(plan, findings);
  return rowsDone;
}

async function readSource(writer: Writer, source: ReadySource, { plan, progress, maxBytes }: Filling): Promise<void> {
  const { name, file } = source.source;
  progress(`reading ${file}`, `${source.scan.read} rows`);
  await writer.run(sourceQueries.readSource(source, isKept(source.source, plan), maxBytes));
  const stored = await numberOf(writer, sourceQueries.countSource(name));
  if (stored !== source.scan.read) {
    throw new AppError(
      'import.failed',
      `${source.scan.read} rows of ${name} are sound, and the warehouse read ${stored}`,
    );
  }
}

function isKept({ name }: ImportSource, { tables }: ImportPlan): boolean {
  return sourceQueries.mustBeKept(
    name,
    tables.map(({ sql }) => sql),
  );
}

/** A file is read several times; what was judged must be what was stored. */
async function requireSameFiles(sources: readonly ReadySource[]): Promise<void> {
  for (const { source, isSame } of sources) {
    if (!(await isSame())) throw new AppError('import.failed', `${source.file} changed while it was read`);
  }
}

/** Every row is accounted for, or nothing is stored. */
function checkSum({ table, rowsIn, filtered, rejected, rowsOut }: TableReport): void {
  if (rowsIn === filtered + rejected + rowsOut) return;
  const sum = `${rowsIn} in, ${filtered} filtered, ${rejected} rejected, ${rowsOut} out`;
  throw new AppError('import.failed', `the rows of ${table} do not add up: ${sum}`);
}

/** Relationships that this import does not replace must keep their customers and products. */
async function checkStoredRelationships(writer: Writer, plan: ImportPlan): Promise<void> {
  const isReplaced = (name: CoreTableName) =>
    plan.tables.some(({ table, mode }) => table === name && mode === 'replace');
  if (isReplaced('customer_products')) return;
  for (const { column, table } of REFERENCES.filter((reference) => isReplaced(reference.table))) {
    const dangling = await numberOf(writer, queries.countDangling(column, table));
    if (dangling === 0) continue;
    const what = `${dangling} stored relationships have a ${column} that the new ${table} do not have`;
    throw new AppError('import.failed', `${what}; import customer_products with them`);
  }
}

function stopOnRejects(plan: ImportPlan, { sources, tables }: Findings): void {
  const stopping = new Set<string>(plan.tables.filter((table) => table.onReject === 'abort').map(({ table }) => table));
  // A file feeds several tables: one that takes no loss is enough.
  const stoppingSources = stopping.size > 0 ? sources : [];
  const parts = [
    ...stoppingSources.map(({ file, rejected }) => ({ name: file, rejected })),
    ...tables.filter(({ table }) => stopping.has(table)).map(({ table, rejected }) => ({ name: table, rejected })),
  ].filter(({ rejected }) => rejected > 0);
  if (parts.length === 0) return;
  const list = parts.map(({ name, rejected }) => `${rejected} of ${name}`).join(', ');
  throw new AppError('import.failed', `rejected rows: ${list}; on_reject: reject leaves them out instead`);
}
