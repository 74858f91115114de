import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { segmentIdFor } from '../../../analysis/segments/segment-id.ts';
import { isNotModified } from '../../../http/etag.ts';
import {
  many,
  NewSegmentBody,
  one,
  PageQuery,
  SegmentBody,
  SegmentChange,
  SegmentPath,
  StoredSegment,
} from './model.ts';
import {
  answerOf,
  answers,
  CHANGED,
  conditional,
  keyed,
  PAGED,
  pageOf,
  plainQuery,
  type Route,
  WRITTEN,
  written,
} from './route.ts';
import { createSegment, etagOf, removeSegment, replaceSegment, requireSegment } from './service.ts';

const FOUND = one(StoredSegment, 'The segment.');

/** Saved segments, and their history. */
export const SEGMENT_ROUTES: readonly Route[] = [
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
];

const idIn = ({ params }: FastifyRequest) => (params as { segmentId: string }).segmentId;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
