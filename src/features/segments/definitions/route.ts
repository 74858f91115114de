import { Type, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { StoredAnswer } from '../../../data/state/idempotency.ts';
import type { State } from '../../../data/state/open-state.ts';
import type { Members } from '../../../analysis/segments/members.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { Cursors } from '../../../http/cursor.ts';
import { IDEMPOTENCY_KEY, type OnceOnly } from '../../../http/idempotency.ts';
import { problemResponses } from '../../../http/problems.ts';
import type { ErrorCode } from '../../../lib/error-catalog.ts';
import type { PageQuery } from './model.ts';
import { etagOf, type Definitions, type Target } from './service.ts';

/* What the routes of saved segments and of the RFM table have in common. */

export type SegmentRoutes = {
  readonly state: State;
  /** What rules may be about. */
  readonly members: Members;
  readonly cursors: Cursors;
  readonly onceOnly: OnceOnly;
  readonly tenantOf: (request: FastifyRequest) => Tenant;
};
export type On = SegmentRoutes & { readonly on: Definitions };
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly schema: FastifySchema & { readonly operationId: string; readonly summary: string };
  readonly handle: (on: On, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
};

export const ALWAYS = ['request.invalid', 'request.unknown_parameter'] as const;
export const answers = (schema: TSchema, codes: readonly ErrorCode[] = [], status = 200) => ({
  [status]: schema,
  ...problemResponses(...ALWAYS, ...codes),
});
export const PAGED = ['cursor.invalid', 'cursor.mismatch'] as const;
export const WRITTEN = ['idempotency.in_flight', 'idempotency.mismatch'] as const;
export const CHANGED = ['precondition.required', 'precondition.failed', ...WRITTEN] as const;
export const keyed = Type.Object({ 'idempotency-key': IDEMPOTENCY_KEY });
export const conditional = Type.Object({
  'if-match': Type.Optional(
    Type.String({ maxLength: 4_000, description: 'ETag as it was read, or *.', examples: ['"1"'] }),
  ),
  'idempotency-key': IDEMPOTENCY_KEY,
});
export const plainQuery = Type.Object({}, { additionalProperties: false });

export function answerOf(data: object, revision: number, status = 200, headers = {}): StoredAnswer {
  return { status, headers: { etag: etagOf(revision), ...headers }, text: JSON.stringify({ data }) };
}

export async function written(
  { onceOnly, tenantOf }: SegmentRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  write: (target: Target) => Promise<StoredAnswer>,
) {
  const tenant = tenantOf(request);
  const answer = await onceOnly(request, tenant, id, (target, isResumed) => write({ tenant, id: target, isResumed }));
  reply.code(answer.status).headers(answer.headers).header('cache-control', 'no-store');
  // The schema's serializer is for objects; this text is one already.
  return reply
    .serializer((body: string) => body)
    .type('application/json; charset=utf-8')
    .send(answer.text);
}

/** One page of a list that is read from a position on; one more row is read, to know whether there is another page. */
export async function pageOf<T>(
  cursors: Cursors,
  request: FastifyRequest,
  list: string,
  read: (limit: number, after: unknown) => Promise<T[]>,
  positionOf: (one: T) => string | number,
) {
  const { limit, cursor } = request.query as PageQuery;
  const after = cursor === undefined ? undefined : cursors.open(list, cursor).after[0];
  const rows = await read(limit + 1, after);
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined ? cursors.seal(list, { after: [positionOf(last)], asOf: '' }) : null;
  return { data, page: { nextCursor } };
}
