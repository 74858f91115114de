import type { Tenant } from '../warehouse/tenant.ts';
import type { State, StateRow } from './open-state.ts';

/** A write that its client named by a key. The fingerprint is the hash of all that it asked for; the target is the id of its record. */
export type KeyedWrite = {
  readonly tenant: Tenant;
  readonly key: string;
  readonly fingerprint: string;
  readonly target: string;
};
export type StoredAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};
/** What is stored of a key. Without an answer the write was started, and whether it happened only its record can say. */
export type KnownWrite = {
  readonly fingerprint: string;
  readonly target: string;
  readonly answer: StoredAnswer | undefined;
};

export type IdempotencyKeys = {
  /** Stores the key as started and returns undefined; when the tenant has used it within 24 hours, what is stored instead. */
  start(write: KeyedWrite): Promise<KnownWrite | undefined>;
  /** Stores the answer. Without effect when the key was answered, forgotten or pruned meanwhile. */
  finish(write: KeyedWrite, answer: StoredAnswer): Promise<void>;
  /** Frees a key that was started, when nothing was written. */
  forget(write: KeyedWrite): Promise<void>;
};

const KEPT_MS = 24 * 60 * 60 * 1_000;
/** At most so many old keys go with each new one, so that none waits for the keys of a whole day. */
const PRUNED_TOGETHER = 100;

const START = `insert into idempotency_keys (tenant, key, fingerprint, target, state, created_at)
values (?, ?, ?, ?, 'started', ?)
on conflict (tenant, key) do update
set fingerprint = excluded.fingerprint, target = excluded.target, state = 'started', status = null, headers = null,
  body = null, created_at = excluded.created_at
where idempotency_keys.created_at <= ?`;
const PRUNE = `delete from idempotency_keys where (tenant, key) in
  (select tenant, key from idempotency_keys where created_at <= ? order by created_at limit ${PRUNED_TOGETHER})`;
const KNOWN = 'select fingerprint, target, status, headers, body from idempotency_keys where tenant = ? and key = ?';
const OPEN = "tenant = ? and key = ? and fingerprint = ? and state = 'started'";

/**
 * The keys of writes, by tenant, kept for 24 hours by the service's clock; each new key prunes old ones. A clock that
 * is set back keeps keys longer, never shorter.
 */
export function idempotencyKeys(state: State): IdempotencyKeys {
  return Object.freeze({
    async start({ tenant, key, fingerprint, target }: KeyedWrite) {
      // In a transaction: of two processes that bring the same key, one stores it and the other one finds it.
      return state.together(() => {
        const now = state.now();
        const oldest = new Date(Date.parse(now) - KEPT_MS).toISOString();
        state.run(PRUNE, oldest);
        if (state.run(START, tenant.id, key, fingerprint, target, now, oldest) === 1) return undefined;
        return known(state.all(KNOWN, tenant.id, key)[0]!);
      });
    },
    async finish({ tenant, key, fingerprint }: KeyedWrite, { status, headers, text }: StoredAnswer) {
      const answer = [status, JSON.stringify(headers), text];
      const set = "set state = 'done', status = ?, headers = ?, body = ?";
      await state.together(() =>
        state.run(`update idempotency_keys ${set} where ${OPEN}`, ...answer, tenant.id, key, fingerprint),
      );
    },
    async forget({ tenant, key, fingerprint }: KeyedWrite) {
      await state.together(() => state.run(`delete from idempotency_keys where ${OPEN}`, tenant.id, key, fingerprint));
    },
  });
}

function known(row: StateRow): KnownWrite {
  const { status, headers, body } = row;
  const answer =
    status === null
      ? undefined
      : {
          status: Number(status),
          headers: JSON.parse(String(headers)) as Readonly<Record<string, string>>,
          text: String(body),
        };
  return { fingerprint: String(row['fingerprint']), target: String(row['target']), answer };
}
