/*
 * Many lines, one transaction: what is stored is read once, the lines are applied to it in memory one after the other by
 * the rules of single writes, and what they come to is written with few statements.
 *
 *   lines ─ read: rows by id, references ─ apply each: done, or this line's error ─ write ─ one answer a line
 */
import type { CompileContext } from '../data/sql/compile.ts';
import type { Bind } from '../data/sql/sql.ts';
import type { Value } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { physicalOf, type Values } from '../data/writes/statements.ts';
import { targetOf, type Target } from '../data/writes/target.ts';
import { AppError } from '../lib/app-error.ts';
import { readKnown, writeOutcome, type Current, type Known, type Outcome } from './bulk-sheet.ts';
import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import type { Engine } from './engine.ts';
import { missingRecord } from './record.ts';
import { changedValues, complete, patched, replacement } from './record-changes.ts';
import { valuesOf } from './record-values.ts';
import type { Changed, WriteOperation } from './write-queue.ts';

type Body = Readonly<Record<string, unknown>>;

export const BULK_MODES = ['create', 'upsert', 'patch', 'delete'] as const;
export type BulkMode = (typeof BULK_MODES)[number];

/** A line as it was read: the id that it names (or was given), and its members; or what is wrong with it. */
export type BulkLine = { readonly line: number; readonly id: string | undefined } & (
  | { readonly body: Body }
  | { readonly error: AppError }
);
export type Applied = 'created' | 'replaced' | 'patched' | 'deleted';
export type BulkResult = { readonly line: number; readonly id: string | undefined } & (
  | { readonly outcome: Applied }
  /** A later line of the same transaction with the same id came after it. */
  | { readonly outcome: 'superseded'; readonly by: number }
  | { readonly outcome: 'failed'; readonly error: AppError }
);

/** The lines as one write: one result a line, in order. A line that is refused leaves its neighbours. Throws catalog.read_only. */
export function bulkWrite(
  engine: Engine,
  tenant: Tenant,
  analysis: Analysis,
  mode: BulkMode,
): (lines: readonly BulkLine[]) => WriteOperation<readonly BulkResult[]> {
  const { catalog, settings, warehouse } = engine;
  const context: CompileContext = { catalog, tenant, dialect: warehouse.dialect, isolation: settings.ISOLATION };
  const target = targetOf(context, analysis.attributesOf!);
  return (lines) => async (writer) => {
    const known = await readKnown(engine, tenant, analysis, askedBy(lines, mode, target), writer);
    const sheet: Sheet = {
      analysis,
      target,
      fields: engine.fieldsOf(analysis),
      known,
      now: new Map(known.stored),
      outcome: { inserts: new Map(), updates: new Map(), deletes: new Set() },
    };
    const results = applyAll(lines, mode, sheet);
    await writeOutcome(target, sheet.outcome, context, writer);
    return { value: results, changed: changedBy(sheet) };
  };
}

type Sheet = {
  readonly analysis: Analysis;
  readonly target: Target;
  readonly fields: readonly Field[];
  readonly known: Known;
  /** Records as the lines so far leave them. */
  readonly now: Map<string, Current>;
  readonly outcome: Outcome;
};

function askedBy(lines: readonly BulkLine[], mode: BulkMode, { table }: Target) {
  const good = lines.flatMap((line) => ('body' in line ? [{ id: line.id!, body: line.body }] : []));
  const refers = table === 'customer_products' && mode !== 'delete';
  const named = (member: string) =>
    refers ? good.map(({ body }) => body[member]).filter((one) => typeof one === 'string') : [];
  return {
    ids: good.map(({ id }) => id),
    needs: mode === 'create' ? ('keys' as const) : ('rows' as const),
    isDeleting: mode === 'delete',
    customerIds: named('customerId'),
    productIds: named('productId'),
  };
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

/** Each changes the sheet or throws the line's AppError. */
const MODES: Readonly<Record<BulkMode, (sheet: Sheet, id: string, body: Body) => Applied>> = {
  create(sheet, id, body) {
    const { outcome, known, target, fields, analysis } = sheet;
    const values = checked(sheet, valuesOf(target.table, fields, complete(target.table, fields, body)));
    if (known.stored.has(id))
      throw new AppError(
        'record.taken',
        `there is a ${analysis.record!.missing.split('.')[0]} ${JSON.stringify(id)} already`,
      );
    outcome.inserts.set(id, values);
    return 'created';
  },
  upsert(sheet, id, body) {
    if (!sheet.known.stored.has(id)) return MODES.create(sheet, id, body);
    change(sheet, id, replacement(sheet.fields, body));
    return 'replaced';
  },
  patch(sheet, id, body) {
    change(sheet, id, patched(currentOf(sheet, id), body));
    return 'patched';
  },
  delete(sheet, id) {
    currentOf(sheet, id);
    const related = sheet.known.related.get(id) ?? 0;
    if (related > 0) throw new AppError('record.related', `${related} relationships refer to it`);
    sheet.outcome.deletes.add(id);
    return 'deleted';
  },
};

function currentOf({ now, analysis }: Sheet, id: string): Current {
  const current = now.get(id);
  if (current === undefined) throw missingRecord(analysis, id);
  return current;
}

function change(sheet: Sheet, id: string, body: Body): void {
  const { fields, target, now, outcome } = sheet;
  const current = currentOf(sheet, id);
  const values = checked(sheet, changedValues(fields, valuesOf(target.table, fields, body), current));
  outcome.updates.set(id, { ...outcome.updates.get(id), ...values });
  const changed = fields.filter(({ column }) => Object.hasOwn(values, column));
  const next = changed.map((field): [string, Value] => [field.field, wireValue(field, values[field.column]!)]);
  now.set(id, { values: new Map([...current.values, ...next]) });
}

/** As the column would be read; decimals may be texts. */
function wireValue({ type }: Field, value: Bind): Value {
  return value !== null && (type === 'integer' || type === 'double') ? Number(value) : value;
}

/** The values, if their columns can be written and what they refer to exists. */
function checked({ target, known }: Sheet, values: Record<string, Bind>): Values {
  const references = [
    { field: 'customerId', id: values['customer_id'], ids: known.customers },
    { field: 'productId', id: values['product_id'], ids: known.products },
  ];
  const errors = references
    .filter(({ id, ids }) => target.table === 'customer_products' && id !== undefined && !ids.has(String(id)))
    .map(({ field, id }) => ({ pointer: `/${field}`, detail: `${JSON.stringify(id)} does not exist` }));
  if (errors.length > 0)
    throw new AppError('record.dangling', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
      errors,
    });
  for (const name of Object.keys(values)) physicalOf(target.columns.get(name)!);
  return values;
}

/** Relationships are logged by customer, before and after: two a line at most. */
function changedBy({ target, known, outcome, now }: Sheet): Changed {
  const { inserts, deletes } = outcome;
  const updated = [...outcome.updates.keys()].filter((id) => Object.keys(outcome.updates.get(id)!).length > 0);
  if (inserts.size + updated.length + deletes.size === 0) return {};
  if (target.table !== 'customer_products') return { [target.table]: 'all' };
  const touched = [...updated, ...deletes].flatMap((id) => [known.stored.get(id)!, now.get(id)!]);
  const customers = touched.map(({ values }) => values.get('customerId') as string);
  const inserted = Array.from(inserts.values(), (values) => values['customer_id'] as string);
  return { [target.table]: [...new Set([...customers, ...inserted])] };
}
