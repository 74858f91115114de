import type { RfmTable } from '../../../analysis/facts/rfm-table.ts';
import type { RfmTableVersion } from '../../../data/state/rfm-tables.ts';
import { isNotModified } from '../../../http/etag.ts';
import { many, one, PageQuery, RfmTableBody, StoredRfmTable } from './model.ts';
import { answerOf, answers, CHANGED, conditional, PAGED, pageOf, plainQuery, type Route, written } from './route.ts';
import { etagOf, replaceRfmTable, rfmTableNow } from './service.ts';

const TABLE = one(StoredRfmTable, 'The table.');

/** The table that names RFM scores, and its history. */
export const RFM_TABLE_ROUTES: readonly Route[] = [
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

const said = ({
  version,
  table,
  madeAt,
}: Omit<RfmTableVersion<RfmTable>, 'madeAt'> & { readonly madeAt: string | null }) => ({
  version,
  segments: table,
  madeAt,
});
