/*
 * A write with an Idempotency-Key happens once:
 *
 *   key ─┬─ new ───────────────────── started ─ write ─ done, with its answer
 *        ├─ done ──────────────────── the first answer again
 *        ├─ started, process died ─── look at the record, write what is missing ─ done
 *        └─ of another request: 422; being answered by this process: 409
 *
 * With a key or without: when nobody can tell whether the write was stored, the record is looked at as well.
 */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { settled } from '../analysis/settled-write.ts';
import type { IdempotencyKeys, KeyedWrite, StoredAnswer } from '../data/state/idempotency.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { canonicalJson, shortHash } from '../lib/canonical-json.ts';

/** Writes the record with this id. When `isResumed`, it may have been written before: then the record is looked at first. */
export type Write = (target: string, isResumed: boolean) => Promise<StoredAnswer>;
/**
 * The answer of `write`, or that of an earlier request with the same Idempotency-Key; without that header it is `write`
 * alone. Throws idempotency.mismatch and idempotency.in_flight.
 */
export type OnceOnly = (request: FastifyRequest, tenant: Tenant, target: string, write: Write) => Promise<StoredAnswer>;

/** The header in OpenAPI. */
export const IDEMPOTENCY_KEY = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]*$',
    description:
      'Names this write, by 1 to 255 visible ASCII characters. Repeated with the same key within 24 hours, it happens once, ' +
      'and the first answer comes again with Idempotent-Replayed: true.',
  }),
);

/** To be made once a process: it knows which keys are being answered. */
export function onceOnly(keys: IdempotencyKeys): OnceOnly {
  const inFlight = new Set<string>();
  return async (request, tenant, target, write) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string')
      return settled(
        () => write(target, false),
        () => write(target, true),
      );
    const flight = JSON.stringify([tenant.id, key]);
    if (inFlight.has(flight))
      throw new AppError('idempotency.in_flight', 'the first request with this Idempotency-Key is not answered yet', {
        headers: { 'retry-after': '1' },
      });
    inFlight.add(flight);
    try {
      return await writeOnce(keys, { tenant, key, target, fingerprint: fingerprintOf(request) }, write);
    } finally {
      inFlight.delete(flight);
    }
  };
}

async function writeOnce(keys: IdempotencyKeys, keyed: KeyedWrite, write: Write): Promise<StoredAnswer> {
  const known = await keys.start(keyed);
  const resume = () => write(known?.target ?? keyed.target, true);
  if (known === undefined) return finish(keys, keyed, () => settled(() => firstWrite(keys, keyed, write), resume));
  if (known.fingerprint !== keyed.fingerprint)
    throw new AppError(
      'idempotency.mismatch',
      'the Idempotency-Key was sent before with another method, address, body or If-Match',
    );
  if (known.answer === undefined) return finish(keys, keyed, () => settled(resume, resume));
  return { ...known.answer, headers: { ...known.answer.headers, 'idempotent-replayed': 'true' } };
}

async function finish(keys: IdempotencyKeys, keyed: KeyedWrite, write: () => Promise<StoredAnswer>) {
  const answer = await write();
  await keys.finish(keyed, answer);
  return answer;
}

/** What was refused frees its key. After any other failure, or when resumed, the record may be written: the key stays. */
async function firstWrite(keys: IdempotencyKeys, keyed: KeyedWrite, write: Write): Promise<StoredAnswer> {
  try {
    return await write(keyed.target, false);
  } catch (error) {
    if (isRefusal(error)) await keys.forget(keyed);
    throw error;
  }
}

/** A statement that was cancelled (499) is no refusal: its transaction may have been committed. One that left the queue was never begun, one that was rolled back is not stored. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof AppError && (error.status < 499 || ['warehouse.busy', 'write.rolled_back'].includes(error.code))
  );
}

function fingerprintOf(request: FastifyRequest): string {
  const { method, routeOptions, params, query, body, headers } = request;
  const asked = [method, routeOptions.url, params, query, body ?? null, headers['if-match'] ?? null];
  return shortHash(canonicalJson(asked));
}
