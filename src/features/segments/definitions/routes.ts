import { randomBytes } from 'node:crypto';
import { Type, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { RfmTable } from '../../../analysis/facts/rfm-table.ts';
import type { Members } from '../../../analysis/segments/members.ts';
import type { Rule } from '../../../analysis/segments/rule.ts';
import { segmentIdFor } from '../../../analysis/segments/segment-id.ts';
import type { StoredAnswer } from '../../../data/state/idempotency.ts';
import type { State } from '../../../data/state/open-state.ts';
import { rfmTables, type RfmTableVersion } from '../../../data/state/rfm-tables.ts';
import { segments } from '../../../data/state/segments.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { App } from '../../../http/app-type.ts';
import type { Cursors } from '../../../http/cursor.ts';
import { isNotModified } from '../../../http/etag.ts';
import { IDEMPOTENCY_KEY, type OnceOnly } from '../../../http/idempotency.ts';
import { problemResponses } from '../../../http/problems.ts';
import type { ErrorCode } from '../../../lib/error-catalog.ts';
import {
  many,
  NewSegmentBody,
  one,
  PageQuery,
  RfmTableBody,
  SegmentBody,
  SegmentChange,
  SegmentPath,
  StoredRfmTable,
  StoredSegment,
} from './model.ts';
import {
  createSegment,
  etagOf,
  removeSegment,
  replaceRfmTable,
  replaceSegment,
  requireSegment,
  rfmTableNow,
  type Definitions,
  type Target,
} from './service.ts';

export type SegmentRoutes = {
  readonly state: State;
  /** What rules may be about. */
  readonly members: Members;
  readonly cursors: Cursors;
  readonly onceOnly: OnceOnly;
  readonly tenantOf: (request: FastifyRequest) => Tenant;
};
type On = SegmentRoutes & { readonly on: Definitions };
type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly schema: FastifySchema & { readonly operationId: string; readonly summary: string };
  readonly handle: (on: On, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
};

/** `/v1/segments` with its history, and the table that names RFM scores. */
export function mountSegments(app: App, routes: SegmentRoutes): void {
  const on = {
    segments: segments<Rule>(routes.state),
    tables: rfmTables<RfmTable>(routes.state),
    members: routes.members,
  };
  for (const { method, url, schema, handle } of ROUTES)
    app.route({
      method,
      url: `/v1/segments${url}`,
      schema: { tags: ['segments'], ...schema } as FastifySchema,
      serializerCompiler: () => JSON.stringify,
      handler: (request: FastifyRequest, reply: FastifyReply) => handle({ ...routes, on }, request, reply),
    });
}

const ALWAYS = ['request.invalid', 'request.unknown_parameter'] as const;
const answers = (schema: TSchema, codes: readonly ErrorCode[] = [], status = 200) => ({
  [status]: schema,
  ...problemResponses(...ALWAYS, ...codes),
});
const PAGED = ['cursor.invalid', 'cursor.mismatch'] as const;
const WRITTEN = ['idempotency.in_flight', 'idempotency.mismatch'] as const;
const CHANGED = ['precondition.required', 'precondition.failed', ...WRITTEN] as const;
const keyed = Type.Object({ 'idempotency-key': IDEMPOTENCY_KEY });
const conditional = Type.Object({
  'if-match': Type.Optional(
    Type.String({ maxLength: 4_000, description: 'ETag as it was read, or *.', examples: ['"1"'] }),
  ),
  'idempotency-key': IDEMPOTENCY_KEY,
});
const plainQuery = Type.Object({}, { additionalProperties: false });
const FOUND = one(StoredSegment, 'The segment.');
const TABLE = one(StoredRfmTable, 'The table.');

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '',
    schema: {
      operationId: 'listSegments',
      summary: 'The saved segments, by id',
      querystring: PageQuery,
      response: answers(many(StoredSegment, 'The segments.'), PAGED),
    },
    async handle({ on, tenantOf, cursors }, request, reply) {
      const tenant = tenantOf(request);
      const read = (limit: number, after: unknown) => on.segments.list(tenant, { limit, after: text(after) });
      const paged = await pageOf(cursors, request, `segments|${tenant.id}`, read, ({ id }) => id);
      reply.header('cache-control', 'no-store');
      return { data: paged.data, page: { ...paged.page, total: await on.segments.count(tenant) } };
    },
  },
  {
    method: 'POST',
    url: '',
    schema: {
      operationId: 'createSegment',
      summary: 'Save a segment; its id may be left out, then one is made of its name',
      headers: keyed,
      querystring: plainQuery,
      body: NewSegmentBody,
      response: answers(FOUND, ['segment.invalid', 'record.taken', ...WRITTEN], 201),
    },
    handle(routes, request, reply) {
      const { id, ...body } = request.body as NewSegmentBody;
      return written(routes, request, reply, id ?? segmentIdFor(body.name, randomBytes), async (target) => {
        const made = await createSegment(routes.on, target, body);
        return answerOf(made, made.revision, 201, { location: `/v1/segments/${made.id}` });
      });
    },
  },
  {
    method: 'GET',
    url: '/:segmentId',
    schema: {
      operationId: 'getSegment',
      summary: 'A saved segment',
      params: SegmentPath,
      querystring: plainQuery,
      response: answers(FOUND, ['segment.not_found']),
    },
    async handle({ on, tenantOf }, request, reply) {
      const found = await requireSegment(on, tenantOf(request), idIn(request));
      return isNotModified(request, reply, etagOf(found.revision)) ? reply.code(304).send() : { data: found };
    },
  },
  {
    method: 'PUT',
    url: '/:segmentId',
    schema: {
      operationId: 'replaceSegment',
      summary: 'Replace a saved segment',
      params: SegmentPath,
      headers: conditional,
      querystring: plainQuery,
      body: SegmentBody,
      response: answers(FOUND, ['segment.not_found', 'segment.invalid', ...CHANGED]),
    },
    handle: (routes, request, reply) =>
      written(routes, request, reply, idIn(request), async (target) => {
        const ifMatch = request.headers['if-match'];
        const made = await replaceSegment(routes.on, target, request.body as SegmentBody, ifMatch);
        return answerOf(made, made.revision);
      }),
  },
  {
    method: 'DELETE',
    url: '/:segmentId',
    schema: {
      operationId: 'deleteSegment',
      summary: 'Delete a saved segment; its history stays',
      params: SegmentPath,
      headers: conditional,
      querystring: plainQuery,
      response: answers(one(Type.Null(), 'It is gone.'), ['segment.not_found', 'segment.in_use', ...CHANGED]),
    },
    handle: (routes, request, reply) =>
      written(routes, request, reply, idIn(request), async (target) => {
        await removeSegment(routes.on, target, request.headers['if-match']);
        return { status: 200, headers: {}, text: '{"data":null}' };
      }),
  },
  {
    method: 'GET',
    url: '/:segmentId/history',
    schema: {
      operationId: 'getSegmentHistory',
      summary: 'Every version of a segment, newest first; also of one that is gone',
      params: SegmentPath,
      querystring: PageQuery,
      response: answers(many(SegmentChange, 'The versions.'), ['segment.not_found', ...PAGED]),
    },
    async handle({ on, tenantOf, cursors }, request, reply) {
      const [tenant, id] = [tenantOf(request), idIn(request)];
      const read = (limit: number, before: unknown) =>
        on.segments.history(tenant, id, { limit, before: before as number | undefined });
      const list = `segment-history|${JSON.stringify([tenant.id, id])}`;
      const paged = await pageOf(cursors, request, list, read, ({ revision }) => revision);
      if (paged.data.length === 0) await requireSegment(on, tenant, id);
      reply.header('cache-control', 'no-store');
      return paged;
    },
  },
  {
    method: 'GET',
    url: '/rfm-table',
    schema: {
      operationId: 'getRfmTable',
      summary: 'The table that names RFM scores',
      querystring: plainQuery,
      response: answers(TABLE),
    },
    async handle({ on, tenantOf }, request, reply) {
      const now = await rfmTableNow(on, tenantOf(request));
      return isNotModified(request, reply, etagOf(now.version)) ? reply.code(304).send() : { data: said(now) };
    },
  },
  {
    method: 'PUT',
    url: '/rfm-table',
    schema: {
      operationId: 'replaceRfmTable',
      summary: 'Replace the table that names RFM scores',
      headers: conditional,
      querystring: plainQuery,
      body: RfmTableBody,
      response: answers(TABLE, CHANGED),
    },
    handle: (routes, request, reply) =>
      written(routes, request, reply, 'rfm-table', async (target) => {
        const table = (request.body as RfmTableBody).segments;
        const made = await replaceRfmTable(routes.on, target, table, request.headers['if-match']);
        return answerOf(said(made), made.version);
      }),
  },
  {
    method: 'GET',
    url: '/rfm-table/history',
    schema: {
      operationId: 'getRfmTableHistory',
      summary: 'Every table that was put, newest first',
      querystring: PageQuery,
      response: answers(many(StoredRfmTable, 'The tables.'), PAGED),
    },
    async handle({ on, tenantOf, cursors }, request, reply) {
      const tenant = tenantOf(request);
      const read = (limit: number, before: unknown) =>
        on.tables.history(tenant, { limit, before: before as number | undefined });
      const { data, page } = await pageOf(cursors, request, `rfm-tables|${tenant.id}`, read, (one) => one.version);
      reply.header('cache-control', 'no-store');
      return { data: data.map(said), page };
    },
  },
];

const idIn = ({ params }: FastifyRequest) => (params as { segmentId: string }).segmentId;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const said = ({
  version,
  table,
  madeAt,
}: Omit<RfmTableVersion<RfmTable>, 'madeAt'> & { readonly madeAt: string | null }) => ({
  version,
  segments: table,
  madeAt,
});

function answerOf(data: object, revision: number, status = 200, headers = {}): StoredAnswer {
  return { status, headers: { etag: etagOf(revision), ...headers }, text: JSON.stringify({ data }) };
}

async function written(
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
async function pageOf<T>(
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
