import { AppError } from '../../lib/app-error.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import type { State } from './open-state.ts';
import { definitionsIn, type Definitions } from './segment-definitions.ts';
import { toSegment, toVersion, type Segment, type SegmentDraft, type SegmentVersion } from './segment-rows.ts';

export type { Definitions, Segment, SegmentDraft, SegmentVersion };

/** Throws to refuse a write, with the definitions as they are when it is made: nobody changes them in between. */
export type Check<R> = (definitions: () => Definitions<R>) => void;

export type Segments<R> = {
  get(tenant: Tenant, id: string): Promise<Segment<R> | undefined>;
  /** By id, in the order of code points, beginning behind `after`. */
  list(tenant: Tenant, page: { readonly limit: number; readonly after?: string | undefined }): Promise<Segment<R>[]>;
  count(tenant: Tenant): Promise<number>;
  /** Newest first, beginning before revision `before`; empty when there never was such a segment. */
  history(
    tenant: Tenant,
    id: string,
    page: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<SegmentVersion<R>[]>;
  /** Throws `record.taken`. */
  create(tenant: Tenant, id: string, draft: SegmentDraft<R>, check: Check<R>): Promise<Segment<R>>;
  /** Throws `segment.not_found`, and `precondition.failed` when `revision` is given and is not the present one. */
  replace(tenant: Tenant, change: SegmentChange<R>, check: Check<R>): Promise<Segment<R>>;
  /** As `replace`; throws `segment.in_use`, with their names, while rules of others refer to it. */
  remove(tenant: Tenant, target: { readonly id: string; readonly revision?: number | undefined }): Promise<void>;
  /** All rules, read once and kept until one changes, also by another process. */
  definitions(tenant: Tenant): Promise<Definitions<R>>;
};
export type SegmentChange<R> = {
  readonly id: string;
  readonly draft: SegmentDraft<R>;
  readonly revision?: number | undefined;
};

const COLUMNS = 'id, revision, name, description, rule, created_at, updated_at';
const ONE = 'where tenant = ? and id = ?';
const INSERT = `insert into segments (tenant, id, revision, name, description, rule, created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE = `update segments set revision = ?, name = ?, description = ?, rule = ?, updated_at = ? ${ONE}`;
const NOTE = `insert into segment_history (tenant, id, revision, change, name, description, rule, changed_at)
values (?, ?, ?, ?, ?, ?, ?, ?)`;
const COUNT_CHANGE = `insert into segment_changes (tenant, changes) values (?, 1)
on conflict (tenant) do update set changes = changes + 1`;
const REFERRERS =
  'select id from segment_references where tenant = ? and refers_to = ? and id <> ? order by id limit 20';

/** The segments of each tenant, with every version that they ever had. A rule is whatever JSON was saved. */
export function segments<R>(state: State): Segments<R> {
  const definitions = definitionsIn<R>(state);
  const find = (tenant: Tenant, id: string): Segment<R> | undefined =>
    state.all(`select ${COLUMNS} from segments ${ONE}`, tenant.id, id).map(toSegment<R>)[0];

  function note(tenant: Tenant, change: SegmentVersion<R>['change'], one: Segment<R>): void {
    const { id, revision, name, description, rule, updatedAt } = one;
    state.run(NOTE, tenant.id, id, revision, change, name, description, JSON.stringify(rule), updatedAt);
    state.run(COUNT_CHANGE, tenant.id);
  }

  function refer(tenant: Tenant, id: string, refersTo: readonly string[]): void {
    state.run(`delete from segment_references ${ONE}`, tenant.id, id);
    for (const other of refersTo)
      state.run('insert into segment_references (tenant, id, refers_to) values (?, ?, ?)', tenant.id, id, other);
  }

  function present(tenant: Tenant, { id, revision }: { id: string; revision?: number | undefined }): Segment<R> {
    const stored = find(tenant, id);
    if (stored === undefined) throw new AppError('segment.not_found', `there is no segment ${JSON.stringify(id)}`);
    if (revision === undefined || revision === stored.revision) return stored;
    throw new AppError('precondition.failed', `the segment is at revision ${stored.revision}, not ${revision}`);
  }

  return Object.freeze<Segments<R>>({
    get: async (tenant, id) => find(tenant, id),
    async list(tenant, { limit, after = '' }) {
      const tail = 'where tenant = ? and id > ? order by id limit ?';
      return state.all(`select ${COLUMNS} from segments ${tail}`, tenant.id, after, limit).map(toSegment<R>);
    },
    async count(tenant) {
      const [row] = state.all('select count(*) as n from segments where tenant = ?', tenant.id);
      return Number(row!['n']);
    },
    async history(tenant, id, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const columns = 'revision, change, name, description, rule, changed_at';
      const tail = `${ONE} and revision < ? order by revision desc limit ?`;
      return state
        .all(`select ${columns} from segment_history ${tail}`, tenant.id, id, before, limit)
        .map(toVersion<R>);
    },
    create: (tenant, id, { refersTo, ...draft }, check) =>
      state.together(() => {
        if (find(tenant, id) !== undefined)
          throw new AppError('record.taken', `there is a segment ${JSON.stringify(id)} already`);
        check(() => definitions.now(tenant));
        const [last] = state.all(`select max(revision) as n from segment_history ${ONE}`, tenant.id, id);
        const now = state.now();
        const made = { id, revision: Number(last!['n'] ?? 0) + 1, ...draft, createdAt: now, updatedAt: now };
        const rule = JSON.stringify(made.rule);
        state.run(INSERT, tenant.id, id, made.revision, made.name, made.description, rule, now, now);
        refer(tenant, id, refersTo);
        note(tenant, 'created', made);
        return made;
      }),
    replace: (tenant, { id, draft: { refersTo, ...draft }, revision }, check) =>
      state.together(() => {
        const stored = present(tenant, { id, revision });
        check(() => definitions.now(tenant));
        const made = { ...stored, ...draft, revision: stored.revision + 1, updatedAt: state.now() };
        const rule = JSON.stringify(made.rule);
        state.run(UPDATE, made.revision, made.name, made.description, rule, made.updatedAt, tenant.id, id);
        refer(tenant, id, refersTo);
        note(tenant, 'replaced', made);
        return made;
      }),
    remove: (tenant, target) =>
      state.together(() => {
        const stored = present(tenant, target);
        const referrers = state.all(REFERRERS, tenant.id, stored.id, stored.id).map(({ id }) => String(id));
        if (referrers.length > 0)
          throw new AppError('segment.in_use', `the rules of ${referrers.join(', ')} refer to ${stored.id}`);
        state.run(`delete from segments ${ONE}`, tenant.id, stored.id);
        note(tenant, 'deleted', { ...stored, revision: stored.revision + 1, updatedAt: state.now() });
      }),
    definitions: async (tenant) => definitions.kept(tenant),
  });
}
