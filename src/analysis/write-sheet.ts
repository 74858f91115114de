import type { Bind } from '../data/sql/sql.ts';
import type { Value } from '../data/warehouse/port.ts';
import { physicalOf, type Values } from '../data/writes/statements.ts';
import type { Target } from '../data/writes/target.ts';
import { AppError, type FieldError } from '../lib/app-error.ts';
import type { Asked, Current, Known, Outcome } from './bulk-sheet.ts';
import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import { missingRecord } from './record.ts';
import { changeFinder, completer, replacer } from './record-changes.ts';
import { valuesReader } from './record-values.ts';
import type { Changed } from './write-operation.ts';

type Body = Readonly<Record<string, unknown>>;

export const BULK_MODES = ['create', 'upsert', 'patch', 'delete'] as const;
export type BulkMode = (typeof BULK_MODES)[number];
export type Applied = 'created' | 'replaced' | 'patched' | 'deleted';

/** Writes of one transaction, applied in memory one after the other: what is stored, what they leave, what is to be written. */
export type Sheet = {
  readonly analysis: Analysis;
  readonly target: Target;
  readonly fields: readonly Field[];
  /** Values of a body by column; throws record.value. */
  readonly read: (body: Body) => Record<string, Bind>;
  readonly complete: (body: Body) => Body;
  readonly replace: (body: Body) => Body;
  readonly changes: ReturnType<typeof changeFinder>;
  readonly known: Known;
  /** Records as the writes so far leave them. */
  readonly now: Map<string, Current>;
  readonly outcome: Outcome;
  /** The writes may be stored already: what is as they leave it was done by them. */
  readonly isResumed: boolean;
  /** Then: what the last create of each id that is there already asks for. */
  readonly maybeCreated: Map<string, Values>;
};

export function openSheet(
  analysis: Analysis,
  target: Target,
  fields: readonly Field[],
  known: Known,
  isResumed = false,
): Sheet {
  const outcome = { inserts: new Map(), updates: new Map(), deletes: new Set<string>() };
  const read = valuesReader(target.table, fields);
  const complete = completer(target.table, fields);
  const [replace, changes] = [replacer(fields), changeFinder(fields)];
  return {
    analysis,
    target,
    fields,
    read,
    complete,
    replace,
    changes,
    known,
    now: new Map(known.stored),
    outcome,
    isResumed,
    maybeCreated: new Map(),
  };
}

/** What has to be known before these writes can be applied. */
export function askedBy(
  writes: readonly { readonly id: string; readonly body: Body; readonly hasNewId?: boolean | undefined }[],
  mode: BulkMode,
  { table }: Target,
): Asked {
  const refers = table === 'customer_products' && mode !== 'delete';
  const named = (member: string) =>
    refers ? writes.map(({ body }) => body[member]).filter((one) => typeof one === 'string') : [];
  return {
    // Looking for one id among 20 M that are in no order reads them all.
    ids: writes.filter(({ hasNewId }) => hasNewId !== true).map(({ id }) => id),
    needs: mode === 'create' ? 'keys' : 'rows',
    isDeleting: mode === 'delete',
    customerIds: named('customerId'),
    productIds: named('productId'),
  };
}

/** The rules of each mode, which are those of single writes: each changes the sheet or throws the write's AppError. */
export const MODES: Readonly<Record<BulkMode, (sheet: Sheet, id: string, body: Body) => Applied>> = {
  create(sheet, id, body) {
    const { outcome, known, analysis, isResumed } = sheet;
    const values = checked(sheet, sheet.read(sheet.complete(body)));
    const isThere = known.stored.has(id);
    if (isThere && !isResumed) throw takenRecord(analysis, id);
    (isThere ? sheet.maybeCreated : outcome.inserts).set(id, values);
    return 'created';
  },
  upsert(sheet, id, body) {
    if (!sheet.known.stored.has(id)) return MODES.create(sheet, id, body);
    change(sheet, id, sheet.replace(body));
    return 'replaced';
  },
  patch(sheet, id, body) {
    // A record is flat but for its attributes: what a merge patch (RFC 7396) does not name stays, what it removes is null.
    change(sheet, id, body);
    return 'patched';
  },
  delete(sheet, id) {
    if (sheet.isResumed && !sheet.now.has(id)) return 'deleted';
    currentOf(sheet, id);
    const related = sheet.known.related.get(id) ?? 0;
    if (related > 0) throw new AppError('record.related', `${related} relationships refer to it`);
    sheet.outcome.deletes.add(id);
    return 'deleted';
  },
};

/** Errors of creates, by id, whose rows were there before: they are not as the last create of their id asks. What that left out is as the table fills it in. */
export function takenBefore({ maybeCreated, known, changes, analysis }: Sheet): ReadonlyMap<string, AppError> {
  const taken = [...maybeCreated].filter(
    ([id, values]) => Object.keys(changes(values, known.stored.get(id)!)).length > 0,
  );
  return new Map(taken.map(([id]) => [id, takenRecord(analysis, id)]));
}

function currentOf({ now, analysis }: Sheet, id: string): Current {
  const current = now.get(id);
  if (current === undefined) throw missingRecord(analysis, id);
  return current;
}

function change(sheet: Sheet, id: string, body: Body): void {
  const { fields, now, outcome } = sheet;
  const current = currentOf(sheet, id);
  const values = checked(sheet, sheet.changes(sheet.read(body), current));
  const earlier = outcome.updates.get(id);
  outcome.updates.set(id, earlier === undefined ? values : { ...earlier, ...values });
  const next = new Map(current.values);
  for (const field of fields)
    if (Object.hasOwn(values, field.column)) next.set(field.field, wireValue(field, values[field.column]!));
  now.set(id, { values: next });
}

/** As the column would be read; decimals may be texts. */
function wireValue({ type }: Field, value: Bind): Value {
  return value !== null && (type === 'integer' || type === 'double') ? Number(value) : value;
}

/** The values, if their columns can be written and what they refer to exists. */
function checked({ target, known }: Sheet, values: Record<string, Bind>): Values {
  const { customer_id: customer, product_id: product } = values;
  const isDangling = (id: Bind | undefined, ids: ReadonlySet<string>) => id !== undefined && !ids.has(String(id));
  if (target.table === 'customer_products') {
    const errors = [
      ...(isDangling(customer, known.customers) ? [dangling('/customerId', customer!)] : []),
      ...(isDangling(product, known.products) ? [dangling('/productId', product!)] : []),
    ];
    if (errors.length > 0)
      throw new AppError('record.dangling', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
        errors,
      });
  }
  for (const name of Object.keys(values)) physicalOf(target.columns.get(name)!);
  return values;
}

function dangling(pointer: string, id: Bind): FieldError {
  return { pointer, detail: `${JSON.stringify(id)} does not exist` };
}

/** Relationships are logged by customer, before and after: two a write at most; others by the ids that came or went. */
export function changedBy({ target, known, outcome, now }: Sheet): Changed {
  const { inserts, deletes } = outcome;
  const updated = [...outcome.updates.keys()].filter((id) => Object.keys(outcome.updates.get(id)!).length > 0);
  if (inserts.size + updated.length + deletes.size === 0) return {};
  if (target.table !== 'customer_products') return { [target.table]: [...inserts.keys(), ...deletes] };
  const touched = [...updated, ...deletes].flatMap((id) => [known.stored.get(id)!, now.get(id)!]);
  const customers = touched.map(({ values }) => values.get('customerId') as string);
  const inserted = Array.from(inserts.values(), (values) => values['customer_id'] as string);
  return { [target.table]: [...new Set([...customers, ...inserted])] };
}

function takenRecord({ record }: Analysis, id: string): AppError {
  return new AppError('record.taken', `there is a ${record!.missing.split('.')[0]} ${JSON.stringify(id)} already`);
}
