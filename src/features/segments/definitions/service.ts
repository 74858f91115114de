import { isDeepStrictEqual } from 'node:util';
import { requireRfmTable, DEFAULT_RFM_TABLE, type RfmTable } from '../../../analysis/facts/rfm-table.ts';
import type { Definition } from '../../../analysis/segments/fold-rule.ts';
import type { Members } from '../../../analysis/segments/members.ts';
import { requireRule } from '../../../analysis/segments/rule-problems.ts';
import { referencesOf, type Rule } from '../../../analysis/segments/rule.ts';
import { SEGMENT_ID } from '../../../analysis/segments/segment-id.ts';
import type { RfmTables, RfmTableVersion } from '../../../data/state/rfm-tables.ts';
import type { Check, Segment, SegmentDraft, Segments } from '../../../data/state/segments.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import { matchesEtag } from '../../../http/etag.ts';
import { AppError } from '../../../lib/app-error.ts';
import type { SegmentBody } from './model.ts';

/** Addresses under /v1/segments, and names of all groups together, that are no segments. */
const TAKEN = ['rfm-table', 'preview', 'rfm', 'lifecycle', 'tier'];
const NOBODY: ReadonlyMap<string, Definition> = new Map();

export type Definitions = {
  readonly segments: Segments<Rule>;
  readonly tables: RfmTables<RfmTable>;
  readonly members: Members;
};
/** What a write is about; `isResumed`: it may have been carried out before. */
export type Target = { readonly tenant: Tenant; readonly id: string; readonly isResumed: boolean };

/** Throws segment.not_found. */
export async function requireSegment({ segments }: Definitions, tenant: Tenant, id: string): Promise<Segment<Rule>> {
  const found = await segments.get(tenant, id);
  if (found !== undefined) return found;
  throw new AppError('segment.not_found', `there is no segment ${JSON.stringify(id)}`);
}

/** Throws request.invalid for an id that cannot be one, segment.invalid, record.taken. */
export async function createSegment(on: Definitions, target: Target, body: SegmentBody): Promise<Segment<Rule>> {
  const { tenant, id, isResumed } = target;
  requireId(id);
  const { draft, check } = await draftOf(on, target, body);
  const before = isResumed ? await on.segments.get(tenant, id) : undefined;
  if (before !== undefined && isSame(before, draft)) return before;
  return on.segments.create(tenant, id, draft, check);
}

/** Throws segment.not_found, precondition.required, precondition.failed, segment.invalid. */
export async function replaceSegment(
  on: Definitions,
  target: Target,
  body: SegmentBody,
  ifMatch: string | undefined,
): Promise<Segment<Rule>> {
  const { tenant, id, isResumed } = target;
  const wanted = requirePrecondition(ifMatch);
  const before = await requireSegment(on, tenant, id);
  const { draft, check } = await draftOf(on, target, body);
  if (isResumed && isSame(before, draft)) return before;
  return on.segments.replace(tenant, { id, draft, revision: matched(wanted, before.revision) }, check);
}

/** Throws segment.not_found, precondition.required, precondition.failed, segment.in_use. */
export async function removeSegment(on: Definitions, target: Target, ifMatch: string | undefined): Promise<void> {
  const { tenant, id, isResumed } = target;
  const wanted = requirePrecondition(ifMatch);
  const before = await on.segments.get(tenant, id);
  if (before === undefined && isResumed) return;
  const { revision } = before ?? (await requireSegment(on, tenant, id));
  await on.segments.remove(tenant, { id, revision: matched(wanted, revision) });
}

/** The table that names RFM scores; version 0 is the one that holds until another is put. */
export async function rfmTableNow({ tables }: Definitions, tenant: Tenant) {
  return (await tables.current(tenant)) ?? { version: 0, table: DEFAULT_RFM_TABLE, madeAt: null };
}

/** Throws request.invalid, precondition.required, precondition.failed. */
export async function replaceRfmTable(
  on: Definitions,
  { tenant, isResumed }: Pick<Target, 'tenant' | 'isResumed'>,
  table: RfmTable,
  ifMatch: string | undefined,
): Promise<RfmTableVersion<RfmTable>> {
  const wanted = requirePrecondition(ifMatch);
  requireRfmTable(table, '/segments');
  const now = await on.tables.current(tenant);
  if (isResumed && now !== undefined && isDeepStrictEqual(now.table, table)) return now;
  return on.tables.replace(tenant, table, matched(wanted, now?.version ?? 0));
}

export const etagOf = (revision: number) => `"${revision}"`;

/** The rule is looked at before the write and in it: what it refers to may go in between. */
async function draftOf({ segments, members }: Definitions, { tenant, id }: Target, body: SegmentBody) {
  const refers = namesSegments(body.rule);
  const known = refers ? (await segments.definitions(tenant)).segments : NOBODY;
  const rule = requireRule(body.rule, { members, segments: known, id });
  const draft: SegmentDraft<Rule> = {
    name: body.name,
    description: body.description ?? null,
    rule,
    refersTo: referencesOf(rule),
  };
  const check: Check<Rule> = (definitions) => {
    const { segments: now } = definitions();
    if (refers || now.has(id)) requireRule(rule, { members, segments: now, id });
  };
  return { draft, check };
}

/** Also of what is no rule: whether a member `segment` is anywhere in it. */
function namesSegments(rule: unknown): boolean {
  return JSON.stringify(rule).includes('"segment":');
}

function isSame({ name, description, rule }: Segment<Rule>, draft: SegmentDraft<Rule>): boolean {
  return name === draft.name && description === draft.description && isDeepStrictEqual(rule, draft.rule);
}

function requireId(id: string): void {
  const detail = TAKEN.includes(id)
    ? `has a meaning of its own; taken are ${TAKEN.join(', ')}`
    : `must be 1 to 50 small letters, digits, - and _, and begin with a letter or digit`;
  if (new RegExp(SEGMENT_ID).test(id) && !TAKEN.includes(id)) return;
  throw new AppError('request.invalid', `/id ${detail}`, { errors: [{ pointer: '/id', detail }] });
}

/** Throws precondition.required without If-Match: two clients must not overwrite each other unknowingly. */
function requirePrecondition(ifMatch: string | undefined): string {
  if (ifMatch !== undefined) return ifMatch;
  throw new AppError('precondition.required', 'send the ETag that it was read with as If-Match, or * for any');
}

/** The revision that a write may change; undefined for any. Throws precondition.failed. */
function matched(ifMatch: string, revision: number): number | undefined {
  if (ifMatch.trim() === '*') return undefined;
  if (matchesEtag(ifMatch, etagOf(revision))) return revision;
  throw new AppError('precondition.failed', `it is at revision ${revision} by now, which If-Match does not name`);
}
