import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { RfmTable } from '../../../analysis/facts/rfm-table.ts';
import type { Rule } from '../../../analysis/segments/rule.ts';
import { rfmTables } from '../../../data/state/rfm-tables.ts';
import { segments } from '../../../data/state/segments.ts';
import type { App } from '../../../http/app-type.ts';
import { RFM_TABLE_ROUTES } from './rfm-table-routes.ts';
import type { SegmentRoutes } from './route.ts';
import { SEGMENT_ROUTES } from './segment-routes.ts';

/** `/v1/segments` with its history, and the table that names RFM scores. */
export function mountSegments(app: App, routes: SegmentRoutes): void {
  const on = {
    segments: segments<Rule>(routes.state),
    tables: rfmTables<RfmTable>(routes.state),
    members: routes.members,
  };
  for (const { method, url, schema, handle } of [...SEGMENT_ROUTES, ...RFM_TABLE_ROUTES])
    app.route({
      method,
      url: `/v1/segments${url}`,
      schema: { tags: ['segments'], ...schema } as FastifySchema,
      serializerCompiler: () => JSON.stringify,
      handler: (request: FastifyRequest, reply: FastifyReply) => handle({ ...routes, on }, request, reply),
    });
}
