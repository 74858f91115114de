import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { fieldsOf, type Field } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import { recordFrom, recordStatement } from '../analysis/record.ts';
import { jsonRows } from '../delivery/json-rows.ts';
import { abortSignalOf } from './abort-signal.ts';
import type { App } from './app-type.ts';
import { recordSchema } from './envelope.ts';
import { isNotModified } from './etag.ts';
import type { MountOptions } from './mount-options.ts';
import { problemResponses } from './problems.ts';
import { warehouseProblems } from './warehouse-problems.ts';

/** GET of one row of a list by its key, with a strong ETag of the row. */
export function mountRecord(app: App, options: MountOptions, analysis: Analysis): void {
  const { record, path } = analysis;
  if (record === undefined || path === undefined) return;
  const fields = fieldsOf(analysis, options.engine.catalog);
  const name = analysis.name.split('.')[0]!;
  const schema: FastifySchema = {
    operationId: `get_${name}_record`,
    summary: `One of the ${name}, by its id`,
    tags: [name],
    params: Type.Object({
      [record.param]: Type.String({ maxLength: 1000, description: 'The id.', examples: [exampleId(record.param)] }),
    }),
    querystring: Type.Object({}, { additionalProperties: false }),
    response: {
      200: recordSchema(analysis, fields),
      ...problemResponses(record.missing, 'request.unknown_parameter', ...warehouseProblems(options.engine.warehouse)),
    },
  };
  app.route({
    method: 'GET',
    url: `/v1${path}/:${record.param}`,
    schema,
    serializerCompiler: () => JSON.stringify,
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      const key = String((request.params as Record<string, unknown>)[record.param]);
      return readRecord(options, analysis, fields, key, request, reply);
    },
  });
}

async function readRecord(
  { engine, tenantOf }: MountOptions,
  analysis: Analysis,
  fields: readonly Field[],
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const tenant = tenantOf(request);
  const statement = recordStatement(engine, tenant, analysis, key);
  const rows = await engine.warehouse.query(tenant, statement, {
    lane: 'fast',
    signal: abortSignalOf(request, reply),
    tag: { analysis: analysis.name, requestId: request.id },
  });
  Object.assign(request.facts, {
    rows: rows.rowCount,
    statementMs: rows.ms,
    waitMs: rows.waitMs,
    ...(rows.bytes === undefined ? {} : { statementBytes: rows.bytes }),
    analysis: analysis.name,
  });
  const { etag } = recordFrom(engine, analysis, key, rows);
  if (isNotModified(request, reply, etag)) return reply.code(304).send();
  const data = jsonRows(fields, ',')(rows);
  const meta = {
    ...(engine.isDemo ? { demo: true } : {}),
    dataVersion: engine.versions.said(statement.reads.tables),
  };
  return reply.type('application/json; charset=utf-8').send(`{"data":${data},"meta":${JSON.stringify(meta)}}`);
}

/** An id as the demo data has it, for the docs page. */
function exampleId(param: string): string {
  return { customerId: 'C0000001', productId: 'P00001', relationshipId: 'R000000001' }[param] ?? '';
}
