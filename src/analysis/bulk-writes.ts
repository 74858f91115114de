/*
 * Many lines, one transaction: what is stored is read once, the lines are applied to it in memory one after the other by
 * the rules of single writes, and what they come to is written with few statements.
 *
 *   lines ─ read: rows by id, references ─ apply each: done, or this line's error ─ write ─ one answer a line
 */
import type { CompileContext } from '../data/sql/compile.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { targetOf } from '../data/writes/target.ts';
import { AppError } from '../lib/app-error.ts';
import { readKnown, writeOutcome } from './bulk-sheet.ts';
import type { Analysis } from './define.ts';
import type { Engine } from './engine.ts';
import type { WriteOperation } from './write-operation.ts';
import {
  askedBy,
  changedBy,
  MODES,
  openSheet,
  takenBefore,
  type Applied,
  type BulkMode,
  type Sheet,
} from './write-sheet.ts';

type Body = Readonly<Record<string, unknown>>;

/** A line as it was read: the id that it names (or was given), and its members; or what is wrong with it. */
export type BulkLine = { readonly line: number; readonly id: string | undefined } & (
  | { readonly body: Body; readonly hasNewId?: boolean }
  | { readonly error: AppError }
);
export type BulkResult = { readonly line: number; readonly id: string | undefined } & (
  | { readonly outcome: Applied }
  /** A later line of the same transaction with the same id came after it. */
  | { readonly outcome: 'superseded'; readonly by: number }
  | { readonly outcome: 'failed'; readonly error: AppError }
);

/** `isResumed`: the lines may be stored already, then each that is as it asks for is done. */
export type BulkOperation = (lines: readonly BulkLine[], isResumed?: boolean) => WriteOperation<readonly BulkResult[]>;

/** The lines as one write: one result a line, in order. A line that is refused leaves its neighbours. Throws catalog.read_only. */
export function bulkWrite(engine: Engine, tenant: Tenant, analysis: Analysis, mode: BulkMode): BulkOperation {
  const { catalog, settings, warehouse } = engine;
  const context: CompileContext = { catalog, tenant, dialect: warehouse.dialect, isolation: settings.ISOLATION };
  const target = targetOf(context, analysis.attributesOf!);
  return (lines, isResumed = false) =>
    async (writer) => {
      const good = lines.flatMap((line) => ('body' in line ? [{ ...line, id: line.id! }] : []));
      const asked = isResumed
        ? { ...askedBy(good.map(asOld), mode, target), needs: 'rows' as const }
        : askedBy(good, mode, target);
      const known = await readKnown(engine, tenant, analysis, asked, writer);
      const sheet = openSheet(analysis, target, engine.fieldsOf(analysis), known, isResumed);
      const results = refused(applyAll(lines, mode, sheet), takenBefore(sheet));
      await writeOutcome(target, sheet.outcome, context, writer);
      // Those that are stored already were committed when nobody was told.
      return { value: results, changed: isResumed ? { [target.table]: 'all' } : changedBy(sheet) };
    };
}

function asOld<L>(line: L): L & { readonly hasNewId: false } {
  return { ...line, hasNewId: false };
}

function applyAll(lines: readonly BulkLine[], mode: BulkMode, sheet: Sheet): BulkResult[] {
  const last = new Map<string, number>();
  const results: BulkResult[] = [];
  for (const line of lines) {
    const result = applyOne(line, mode, sheet);
    const id = line.id!;
    const earlier = result.outcome === 'failed' ? undefined : last.get(id);
    if (earlier !== undefined)
      results[earlier] = { line: results[earlier]!.line, id, outcome: 'superseded', by: line.line };
    if (result.outcome !== 'failed') last.set(id, results.length);
    results.push(result);
  }
  return results;
}

/** Which create of an id was stored is known when the last one is read. */
function refused(results: readonly BulkResult[], errors: ReadonlyMap<string, AppError>): readonly BulkResult[] {
  if (errors.size === 0) return results;
  return results.map((result): BulkResult => {
    const { line, id } = result;
    const error = result.outcome === 'failed' ? undefined : errors.get(id!);
    return error === undefined ? result : { line, id, outcome: 'failed', error };
  });
}

function applyOne(given: BulkLine, mode: BulkMode, sheet: Sheet): BulkResult {
  const { line, id } = given;
  if ('error' in given) return { line, id, outcome: 'failed', error: given.error };
  try {
    return { line, id, outcome: MODES[mode](sheet, id!, given.body) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { line, id, outcome: 'failed', error };
  }
}
