import type { StateRow } from './open-state.ts';

/** A saved segment. `revision` is raised by every change, also by deletion and by creation after it; times are ISO text in UTC. */
export type Segment<R> = {
  readonly id: string;
  readonly revision: number;
  readonly name: string;
  readonly description: string | null;
  readonly rule: R;
  readonly createdAt: string;
  readonly updatedAt: string;
};
/** What is saved of a segment. `refersTo`: the ids of the segments that its rule names. */
export type SegmentDraft<R> = Pick<Segment<R>, 'name' | 'description' | 'rule'> & {
  readonly refersTo: readonly string[];
};
/** One version of a segment; that of its deletion holds what was deleted. */
export type SegmentVersion<R> = Pick<Segment<R>, 'revision' | 'name' | 'description' | 'rule'> & {
  readonly change: 'created' | 'replaced' | 'deleted';
  readonly changedAt: string;
};
export function toSegment<R>(row: StateRow): Segment<R> {
  return {
    id: String(row['id']),
    revision: Number(row['revision']),
    ...toDraft<R>(row),
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
  };
}

export function toVersion<R>(row: StateRow): SegmentVersion<R> {
  return {
    revision: Number(row['revision']),
    change: row['change'] as SegmentVersion<R>['change'],
    ...toDraft<R>(row),
    changedAt: String(row['changed_at']),
  };
}

function toDraft<R>({ name, description = null, rule }: StateRow): Omit<SegmentDraft<R>, 'refersTo'> {
  return {
    name: String(name),
    description: description === null ? null : String(description),
    rule: JSON.parse(String(rule)) as R,
  };
}
