import type { Tenant } from '../warehouse/tenant.ts';
import type { State } from './open-state.ts';

/** The rules of a tenant's segments by id; equal versions have equal rules. */
export type Definitions<R> = {
  readonly version: string;
  readonly segments: ReadonlyMap<
    string,
    { readonly name: string; readonly rule: R; readonly refersTo: readonly string[] }
  >;
};

const CHANGES = 'select changes from segment_changes where tenant = ?';
const RULES = 'select id, name, rule from segments where tenant = ? order by id';
const REFERENCES = 'select id, refers_to from segment_references where tenant = ? order by id, refers_to';

/** How definitions are read; `now` is for within a transaction, where what is read may yet be taken back. */
export function definitionsIn<R>(state: State) {
  const known = new Map<string, Definitions<R>>();
  const versionOf = ({ id }: Tenant) => String(state.all(CHANGES, id)[0]?.['changes'] ?? 0);

  function standing(tenant: Tenant, version: string): Definitions<R> | undefined {
    const kept = known.get(tenant.id);
    return kept?.version === version ? kept : undefined;
  }

  function read(tenant: Tenant): Definitions<R> {
    const version = versionOf(tenant);
    const kept = standing(tenant, version);
    if (kept !== undefined) return kept;
    const refersTo = Map.groupBy(state.all(REFERENCES, tenant.id), ({ id }) => String(id));
    const segments = state.all(RULES, tenant.id).map((row) => {
      const id = String(row['id']);
      const references = refersTo.get(id)?.map(({ refers_to: other }) => String(other)) ?? [];
      return [
        id,
        { name: String(row['name']), rule: JSON.parse(String(row['rule'])) as R, refersTo: references },
      ] as const;
    });
    return Object.freeze({ version, segments: new Map(segments) });
  }

  return {
    now: read,
    kept(tenant: Tenant): Definitions<R> {
      const kept = standing(tenant, versionOf(tenant));
      if (kept !== undefined) return kept;
      // In one transaction: another process may write between two statements.
      const found = state.transaction(() => read(tenant));
      known.set(tenant.id, found);
      return found;
    },
  };
}
