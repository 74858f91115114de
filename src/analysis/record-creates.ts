/*
 * Creates that wait together, as one set of statements; each is refused or acknowledged by itself:
 *
 *   bodies ─ read: taken ids, references ─ apply each in order ─ insert ─ the rows as they are stored
 */
import type { CatalogColumn } from '../data/catalog/model.ts';
import type { CompileContext } from '../data/sql/compile.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { insertRows } from '../data/writes/bulk-statements.ts';
import { targetOf } from '../data/writes/target.ts';
import { keyField, readKnown, rowsByKey, type Current } from './bulk-sheet.ts';
import type { Analysis } from './define.ts';
import type { Engine } from './engine.ts';
import { storedRecord, type StoredRecord } from './record.ts';
import {
  isRefusal,
  requireRows,
  type QueuedWriter,
  type WriteItem,
  type WriteOutcome,
  type WriteSet,
} from './write-operation.ts';
import { askedBy, changedBy, MODES, openSheet, type Sheet } from './write-sheet.ts';

type Body = Readonly<Record<string, unknown>>;

/** The creates of one list's records, each body with its id. Throws catalog.read_only. */
export function recordCreates(engine: Engine, tenant: Tenant, analysis: Analysis): WriteSet<StoredRecord> {
  const { catalog, settings, warehouse } = engine;
  const context: CompileContext = { catalog, tenant, dialect: warehouse.dialect, isolation: settings.ISOLATION };
  const target = targetOf(context, analysis.attributesOf!);
  const fields = engine.fieldsOf(analysis);
  const returning = context.dialect.insertion === 'returning' ? returnable(engine, analysis) : [];
  const idOf = (body: Body) => String(body[analysis.record!.param]);

  const read = (items: readonly WriteItem[], needs: 'keys' | 'rows', writer: QueuedWriter) => {
    const writes = items.map(({ body, hasNewId }) => ({ id: idOf(body), body, hasNewId }));
    const asked = askedBy(writes, 'create', target);
    const whole = { ids: writes.map(({ id }) => id), needs, customerIds: [], productIds: [] };
    return readKnown(engine, tenant, analysis, needs === 'keys' ? asked : { ...asked, ...whole }, writer);
  };

  /** Writes the rows and gives them as a look-up would find them. */
  async function insert({ outcome: { inserts } }: Sheet, items: readonly WriteItem[], writer: QueuedWriter) {
    const rows = Array.from(inserts, ([key, values]) => ({ key, values }));
    const stored: (readonly [string, Current])[] = [];
    let written = 0;
    for (const { text, params } of insertRows(target, rows, context, returning)) {
      if (returning.length === 0) written += await writer.run(text, params);
      else stored.push(...rowsByKey(fields, keyField(engine, analysis), await writer.query(text, params)));
    }
    if (returning.length > 0) return new Map(stored);
    requireRows(written, rows.length);
    // What is remembered of the table does not hold any more.
    const now = { ...writer, isAsCommitted: () => Promise.resolve(false) };
    return (await read(items, 'rows', now)).stored;
  }

  return (items) => async (writer) => {
    const known = await read(items, 'keys', writer);
    const taken = new Map(known.stored);
    const sheet = openSheet(analysis, target, fields, { ...known, stored: taken });
    const refused = items.map(({ body }) => refusalOf(sheet, taken, idOf(body), body));
    const accepted = items.filter((_, i) => refused[i] === undefined);
    const stored = accepted.length > 0 ? await insert(sheet, accepted, writer) : new Map<string, Current>();
    const outcomes = items.map(
      ({ body }, i): WriteOutcome<StoredRecord> =>
        refused[i] ?? { value: storedRecord(stored.get(idOf(body))!.values) },
    );
    return { outcomes, changed: changedBy(sheet) };
  };
}

/** Applies one create; what it does not refuse takes its id. */
function refusalOf(
  sheet: Sheet,
  taken: Map<string, Current>,
  id: string,
  body: Body,
): { readonly error: Error } | undefined {
  try {
    MODES.create(sheet, id, body);
    taken.set(id, { values: new Map() });
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { error };
  }
}

/** The columns of the list, if an insert can hand them back: an expression of the user may hold what a statement that writes must not. */
function returnable({ catalog, fieldsOf }: Engine, analysis: Analysis): readonly CatalogColumn[] {
  const columns = catalog.tables.get(analysis.attributesOf!)!.columns;
  const isPlain = (name: string) => columns.find((one) => one.name === name)?.source.kind === 'column';
  const isMade = columns.some(({ name }) => !isPlain(name) && !(name === 'value_kind' && isPlain('relationship_type')));
  return isMade ? [] : fieldsOf(analysis).map(({ column }) => columns.find(({ name }) => name === column)!);
}
