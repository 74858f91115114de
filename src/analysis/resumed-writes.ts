import type { Tenant } from '../data/warehouse/tenant.ts';
import type { AppError } from '../lib/app-error.ts';
import type { Analysis } from './define.ts';
import type { Engine } from './engine.ts';
import { completer } from './record-changes.ts';
import { recordWrites, type Precondition, type RecordWrites } from './record-writes.ts';
import type { StoredRecord } from './record.ts';
import { isRefusal, operationOf, type QueuedWriter, type Write, type WriteOperation } from './write-operation.ts';

type Body = Readonly<Record<string, unknown>>;

/** As RecordWrites; how many relationships a delete took along is left out when nobody knows any more. */
export type MaybeResumed = Omit<RecordWrites, 'create' | 'remove'> & {
  create(body: Body, hasNewId?: boolean): Write<StoredRecord>;
  remove(key: string, match: Precondition, isCascading: boolean): WriteOperation<{ readonly relationships?: number }>;
};

/**
 * The same writes for a request that may have been carried out already, its answer lost. Each looks at the record
 * first: is it as asked, or gone when it was to be deleted, that is the answer; else the write runs as ever.
 */
export function resumedWrites(engine: Engine, tenant: Tenant, analysis: Analysis): MaybeResumed {
  const writes = recordWrites(engine, tenant, analysis);
  const table = analysis.attributesOf!;
  // Whoever committed it may have died before anyone was told: what was read of the table before may be old.
  const changed = { [table]: 'all' } as const;
  const resumed =
    (look: WriteOperation<StoredRecord>, write: WriteOperation<StoredRecord>): WriteOperation<StoredRecord> =>
    async (writer) => {
      const seen = await outcomeOf(look, writer);
      return 'value' in seen ? { value: seen.value, changed } : write(writer);
    };
  // What a create leaves out is as the table fills it in: with a default, perhaps.
  const complete = completer(table, engine.fieldsOf(analysis));
  const { param, missing } = analysis.record!;
  return {
    create: (body) => resumed(writes.patch(String(body[param]), complete(body), '*'), operationOf(writes.create(body))),
    replace: (key, body, match) => resumed(writes.replace(key, body, '*'), writes.replace(key, body, match)),
    patch: (key, patch, match) => resumed(writes.patch(key, patch, '*'), writes.patch(key, patch, match)),
    remove: (key, match, isCascading) => async (writer) => {
      const seen = await outcomeOf(writes.remove(key, '*', isCascading), writer);
      if (!('refusal' in seen) || seen.refusal.code !== missing) return writes.remove(key, match, isCascading)(writer);
      if (!isCascading || table === 'customer_products') return { value: { relationships: 0 }, changed };
      return { value: {}, changed: { ...changed, customer_products: 'all' } };
    },
  };
}

type Seen<T> = { readonly value: T } | { readonly refusal: AppError } | { readonly wouldWrite: true };

/** What the operation comes to when it may only read. */
async function outcomeOf<T>(operation: WriteOperation<T>, writer: QueuedWriter): Promise<Seen<T>> {
  const wouldWrite = new Error('it would write');
  const reader: QueuedWriter = { ...writer, run: () => Promise.reject(wouldWrite) };
  try {
    return { value: (await operation(reader)).value };
  } catch (error) {
    if (error === wouldWrite) return { wouldWrite: true };
    // What the warehouse refuses has broken the transaction.
    if (!isRefusal(error)) throw error;
    return { refusal: error };
  }
}
