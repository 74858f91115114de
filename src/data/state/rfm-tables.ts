import { AppError } from '../../lib/app-error.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import type { State, StateRow } from './open-state.ts';

/** A version of the table that names RFM scores, from 1; `madeAt` is ISO text in UTC. */
export type RfmTableVersion<T> = { readonly version: number; readonly table: T; readonly madeAt: string };

export type RfmTables<T> = {
  /** Undefined while the tenant has not put a table of its own: then the default one counts, as version 0. */
  current(tenant: Tenant): Promise<RfmTableVersion<T> | undefined>;
  /** Throws `precondition.failed` when `version` is given and is not the current one. */
  replace(tenant: Tenant, table: T, version?: number): Promise<RfmTableVersion<T>>;
  /** Newest first, beginning before version `before`. */
  history(
    tenant: Tenant,
    page: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<RfmTableVersion<T>[]>;
};

const NEWEST = `select version, segments, made_at from rfm_tables
where tenant = ? and version < ? order by version desc limit ?`;
const INSERT = 'insert into rfm_tables (tenant, version, segments, made_at) values (?, ?, ?, ?)';

/** The RFM tables of each tenant, every version kept. A table is whatever JSON was saved. */
export function rfmTables<T>(state: State): RfmTables<T> {
  const newest = (tenant: Tenant, limit: number, before = Number.MAX_SAFE_INTEGER) =>
    state.all(NEWEST, tenant.id, before, limit).map(toVersion<T>);
  return Object.freeze<RfmTables<T>>({
    current: async (tenant) => newest(tenant, 1)[0],
    replace: (tenant, table, version) =>
      state.together(() => {
        const current = newest(tenant, 1)[0]?.version ?? 0;
        if (version !== undefined && version !== current)
          throw new AppError('precondition.failed', `the RFM table is at version ${current}, not ${version}`);
        const made = { version: current + 1, table, madeAt: state.now() };
        state.run(INSERT, tenant.id, made.version, JSON.stringify(table), made.madeAt);
        return made;
      }),
    history: async (tenant, { limit, before }) => newest(tenant, limit, before),
  });
}

function toVersion<T>(row: StateRow): RfmTableVersion<T> {
  return {
    version: Number(row['version']),
    table: JSON.parse(String(row['segments'])) as T,
    madeAt: String(row['made_at']),
  };
}
