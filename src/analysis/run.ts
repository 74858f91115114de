/*
 * How a question becomes an answer:
 *
 *   params ─ settle asOf ─ sql ─ compile ─ key ─┬─ kept? ───────────────────────────────► Answer
 *     (prepare.ts)                              └─ statements (one version) ─ finish ───► Answer | StreamedAnswer
 */
import type { Batch, Column } from '../data/warehouse/port.ts';
import type { Analysis } from './define.ts';
import type { Engine } from './engine.ts';
import { readPage } from './page.ts';
import type { Prepared } from './question.ts';
import { fromObjects, toObjects, type Answer, type Meta, type Page, type StreamedAnswer } from './result.ts';
import {
  openSession,
  requestWarnings,
  requireSubject,
  runContext,
  runStatement,
  tagOf,
  type Session,
} from './session.ts';
import { settledParams } from './settled-params.ts';
import type { SaidVersions } from './versions.ts';

export type CacheState = 'hit' | Meta['cache'];

/** The whole answer, from the cache when it was asked before with the same data. Lists and explained answers are never kept. */
export async function answer(
  engine: Engine,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<{ answer: Answer; cache: CacheState }> {
  if (prepared.listing !== undefined || prepared.isExplained)
    return { answer: await compute(engine, prepared, 'off', signal), cache: 'off' };
  const kept = engine.cache.get(prepared.key);
  if (kept !== undefined) return { answer: kept, cache: 'hit' };
  const { value, isShared } = engine.cache.join(prepared.key, signal, (shared) =>
    compute(engine, prepared, 'miss', shared),
  );
  return { answer: await value, cache: isShared ? 'shared' : 'miss' };
}

/** The answer as it comes: memory stays bounded however many rows there are. What has a finish step is collected first. */
export async function streamed(engine: Engine, prepared: Prepared, signal: AbortSignal): Promise<StreamedAnswer> {
  if (!canStream(prepared.analysis)) {
    const collected = (await answer(engine, prepared, signal)).answer;
    return { meta: collected.meta, batches: once(collected.batch) };
  }
  const session = openSession(engine, prepared.tenant, 'heavy', signal, tagOf(prepared));
  const before = saidBefore(engine, prepared);
  const warnings = await requestWarnings(engine, prepared, session);
  const found = await shorter(engine, prepared, session);
  if (found !== undefined) return { meta: metaOf(engine, prepared, session, 'off', warnings, before), batches: found };
  const derived = prepared.fragment();
  const stream = await (derived === undefined ? session.stream(prepared.statement()!) : session.askStream(derived));
  const iterator = stream.batches[Symbol.asyncIterator]();
  const arrange = await orClose(iterator, () => arrangement(stream.schema, prepared));
  const batches = await afterFirstRow(iterator, arrange, () => requireSubject(engine, prepared, session));
  return { meta: metaOf(engine, prepared, session, 'off', warnings, before), batches, bytes: stream.bytes };
}

/** The rows by a shorter way, where there is one, or in the only way. */
async function shorter(
  engine: Engine,
  prepared: Prepared,
  session: Session,
): Promise<AsyncIterable<Batch> | undefined> {
  const { analysis, params } = prepared;
  if (analysis.batches !== undefined) return analysis.batches(params, runContext(engine, prepared, session));
  const rows = await rowsShorter(engine, prepared, session);
  return rows === undefined ? analysis.lookup?.batches?.(params, runContext(engine, prepared, session)) : once(rows);
}

async function rowsShorter(engine: Engine, prepared: Prepared, session: Session): Promise<Batch | undefined> {
  const { analysis, params, fields } = prepared;
  const rows = await analysis.lookup?.rows?.(params, runContext(engine, prepared, session));
  return rows && fromObjects(fields, rows);
}

/** Whether rows of an analysis can be handed out before all are there. */
export function canStream(analysis: Analysis): boolean {
  return analysis.batches !== undefined || (analysis.sql !== undefined && analysis.finish === undefined);
}

async function compute(engine: Engine, prepared: Prepared, cache: Meta['cache'], signal: AbortSignal): Promise<Answer> {
  const { analysis } = prepared;
  const lane = analysis.lane ?? (analysis.listing === undefined ? 'heavy' : 'fast');
  const session = openSession(engine, prepared.tenant, lane, signal, tagOf(prepared));
  const before = saidBefore(engine, prepared);
  const warnings = await requestWarnings(engine, prepared, session);
  const { batch, page } = await read(engine, prepared, session);
  if (batch.rowCount === 0) await requireSubject(engine, prepared, session);
  const { whenEmpty } = analysis;
  const said = batch.rowCount === 0 && whenEmpty !== undefined ? [...warnings, whenEmpty] : warnings;
  return { meta: metaOf(engine, prepared, session, cache, said, before), batch, page, encoded: new Map() };
}

async function read(
  engine: Engine,
  prepared: Prepared,
  session: Session,
): Promise<{ batch: Batch; page: Page | undefined }> {
  const { analysis, params, fields, listing } = prepared;
  const statement = listing === undefined ? prepared.statement() : undefined;
  if (listing !== undefined) return readPage(engine, prepared, listing, session);
  if (statement === undefined) {
    const rows = await analysis.run!(params, runContext(engine, prepared, session));
    return { batch: fromObjects(fields, rows), page: undefined };
  }
  const found = await rowsShorter(engine, prepared, session);
  if (found !== undefined) return { batch: found, page: undefined };
  const rows = await runStatement(prepared, session);
  if (analysis.finish === undefined) return { batch: arrangement(rows.schema, prepared)(rows), page: undefined };
  const objects = toObjects(
    rows.schema.map((column) => column.name),
    rows,
  );
  return { batch: fromObjects(fields, analysis.finish(objects, params)), page: undefined };
}

function metaOf(
  engine: Engine,
  prepared: Prepared,
  session: Session,
  cache: Meta['cache'],
  warnings: readonly string[],
  before: SaidVersions | undefined,
): Meta {
  const reads = session.reads();
  return {
    analysis: prepared.analysis.name,
    asOf: prepared.asOf,
    params: settledParams(prepared),
    demo: engine.isDemo,
    fields: prepared.fields,
    truncated: session.cuts().length > 0,
    warnings: [...prepared.warnings, ...warnings, ...session.said(), ...session.cuts()],
    dataVersion: before === undefined ? engine.versions.said(reads.tables) : among(before, reads.tables),
    reads,
    cache,
    timing: session.timing(),
    built: session.built(),
    explain: prepared.isExplained ? session.explained() : undefined,
  };
}

/** Where it may not be known any more when the statements have ended. */
function saidBefore(engine: Engine, { tables }: Prepared): SaidVersions | undefined {
  return engine.warehouse.isShared ? engine.versions.said(tables) : undefined;
}

function among(said: SaidVersions, tables: readonly string[]): SaidVersions {
  return Object.fromEntries(Object.entries(said).filter(([table]) => tables.includes(table)));
}

/** Puts the statement's columns into the order of the fields. Throws TypeError when the SQL lacks one. */
function arrangement(schema: readonly Column[], { analysis, fields }: Prepared): (batch: Batch) => Batch {
  const positions = fields.map(({ column }) => schema.findIndex(({ name }) => name === column));
  const missing = fields[positions.indexOf(-1)];
  if (missing !== undefined) throw new TypeError(`analysis ${analysis.name}: its SQL has no column ${missing.column}`);
  return ({ rowCount, columns }) => ({ rowCount, columns: positions.map((position) => columns[position]!) });
}

/** What `make` gives; when it throws, a stream that nobody will read gives its connection back. */
async function orClose<T>(iterator: AsyncIterator<Batch>, make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function* once(batch: Batch): AsyncGenerator<Batch> {
  yield await Promise.resolve(batch);
}

/** The same batches; `whenEmpty` runs before the first byte is sent, while an error can still be a status. */
async function afterFirstRow(
  iterator: AsyncIterator<Batch>,
  arrange: (batch: Batch) => Batch,
  whenEmpty: () => Promise<void>,
): Promise<AsyncIterable<Batch>> {
  let first = await iterator.next();
  while (!first.done && first.value.rowCount === 0) first = await iterator.next();
  if (first.done) await whenEmpty();
  let pending: typeof first | undefined = first;
  // No generator: one that was never started would not close the batches when its reader leaves.
  const arranged: AsyncIterator<Batch> = {
    async next() {
      const next = pending ?? (await iterator.next());
      pending = undefined;
      return next.done ? next : { done: false, value: arrange(next.value) };
    },
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => arranged };
}
