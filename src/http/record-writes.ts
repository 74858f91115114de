import { randomUUID } from 'node:crypto';
import { Type, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Analysis } from '../analysis/define.ts';
import type { StoredRecord } from '../analysis/record.ts';
import { recordWrites, type Precondition, type RecordWrites } from '../analysis/record-writes.ts';
import { resumedWrites, type MaybeResumed } from '../analysis/resumed-writes.ts';
import type { Write } from '../analysis/write-operation.ts';
import type { StoredAnswer } from '../data/state/idempotency.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { isWritable } from '../data/writes/target.ts';
import { jsonRows } from '../delivery/json-rows.ts';
import { AppError } from '../lib/app-error.ts';
import type { App } from './app-type.ts';
import { recordSchema } from './envelope.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import type { MountOptions } from './mount-options.ts';
import { problemResponses } from './problems.ts';
import { recordBody } from './record-bodies.ts';
import { warehouseProblems } from './warehouse-problems.ts';

type Call = {
  readonly analysis: Analysis;
  readonly tenant: Tenant;
  /** Id of the record. */
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly request: FastifyRequest;
};
type Submit = <T>(write: Write<T>) => Promise<T>;
type WritesOf = (tenant: Tenant) => RecordWrites;
type Verb = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly summary: (noun: string) => string;
  readonly run: (
    writes: MaybeResumed,
    call: Call,
    submit: Submit,
  ) => Promise<{ status: number; record?: StoredRecord; meta?: object }>;
};

const VERBS: readonly Verb[] = [
  {
    method: 'POST',
    summary: (noun) => `Create a ${noun}; its id may be left out, then one is made`,
    run: async (writes, { analysis, body, key }, submit) => ({
      status: 201,
      record: await submit(
        writes.create({ ...body, [analysis.record!.param]: key }, typeof body[analysis.record!.param] !== 'string'),
      ),
    }),
  },
  {
    method: 'PUT',
    summary: (noun) => `Replace a ${noun}; what is left out becomes empty`,
    run: async (writes, { body, key, request }, submit) => ({
      status: 200,
      record: await submit(writes.replace(key, body, preconditionOf(request))),
    }),
  },
  {
    method: 'PATCH',
    summary: (noun) => `Change some fields of a ${noun} (JSON Merge Patch, RFC 7396): null empties a field`,
    run: async (writes, { body, key, request }, submit) => ({
      status: 200,
      record: await submit(writes.patch(key, body, preconditionOf(request))),
    }),
  },
  {
    method: 'DELETE',
    summary: (noun) => `Delete a ${noun}`,
    run: async (writes, { key, request }, submit) => {
      const isCascading = (request.query as { cascade?: boolean }).cascade === true;
      return { status: 200, meta: await submit(writes.remove(key, preconditionOf(request), isCascading)) };
    },
  },
];

/** Create, replace, patch and delete of a list's records. A table that the catalog makes of others answers 405, and is not in OpenAPI. */
export function mountRecordWrites(app: App, options: MountOptions, analysis: Analysis): void {
  const { record, path, attributesOf: table } = analysis;
  if (record === undefined || path === undefined || table === undefined) return;
  const canWrite = isWritable(options.engine.catalog, table);
  const writesOf = rememberedByTenant((tenant) => recordWrites(options.engine, tenant, analysis));
  for (const verb of VERBS) {
    app.route({
      method: verb.method,
      url: verb.method === 'POST' ? `/v1${path}` : `/v1${path}/:${record.param}`,
      schema: canWrite ? schemaOf(options, analysis, verb) : HIDDEN,
      serializerCompiler: () => JSON.stringify,
      handler: (request: FastifyRequest, reply: FastifyReply) =>
        handle(options, { analysis, verb, writesOf }, request, reply),
    });
  }
}

/** One for all requests: writes of one set run together. */
function rememberedByTenant(make: WritesOf): WritesOf {
  const made = new Map<string, RecordWrites>();
  return (tenant) => {
    const known = made.get(tenant.id) ?? make(tenant);
    made.set(tenant.id, known);
    return known;
  };
}

const HIDDEN: FastifySchema & { hide: true } = { hide: true };

async function handle(
  options: MountOptions,
  { analysis, verb, writesOf }: { analysis: Analysis; verb: Verb; writesOf: WritesOf },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  request.facts.analysis = analysis.name;
  const tenant = options.tenantOf(request);
  const writes = writesOf(tenant);
  const body = (request.body ?? {}) as Call['body'];
  const { param } = analysis.record!;
  const given = (verb.method === 'POST' ? body : (request.params as Call['body']))[param] as string | undefined;
  const { status, headers, text } = await options.onceOnly(
    request,
    tenant,
    // Made here, so that a repeated request finds the record that the first one made.
    given ?? randomUUID(),
    (key, isResumed) => {
      const chosen = isResumed ? resumedWrites(options.engine, tenant, analysis) : writes;
      return answerOf(options, verb, chosen, { analysis, tenant, key, body, request });
    },
  );
  reply.code(status).headers(headers).header('cache-control', 'no-store');
  return reply.type('application/json; charset=utf-8').send(text);
}

async function answerOf(
  { engine, writesOf }: MountOptions,
  verb: Verb,
  writes: MaybeResumed,
  call: Call,
): Promise<StoredAnswer> {
  const { analysis, tenant, key, request } = call;
  const tag = { analysis: analysis.name, requestId: request.id };
  const submit: Submit = (write) => writesOf(tenant).submit(write, undefined, tag);
  const { status, record, meta } = await verb.run(writes, call, submit);
  const dataVersion = engine.versions.said([
    analysis.attributesOf!,
    ...(meta === undefined ? [] : ['customer_products']),
  ]);
  const said = JSON.stringify({ ...(engine.isDemo ? { demo: true } : {}), ...meta, dataVersion });
  if (record === undefined) return { status, headers: {}, text: `{"data":null,"meta":${said}}` };
  const location = status === 201 ? { location: `/v1${analysis.path}/${encodeURIComponent(key)}` } : {};
  const fields = engine.fieldsOf(analysis);
  const row = jsonRows(fields, ',')({ rowCount: 1, columns: fields.map(({ field }) => [record.values.get(field)!]) });
  return { status, headers: { etag: record.etag, ...location }, text: `{"data":${row},"meta":${said}}` };
}

/** Throws precondition.required without If-Match: two clients must not overwrite each other unknowingly. */
function preconditionOf({ headers }: FastifyRequest): Precondition {
  const header = headers['if-match'];
  if (header === undefined)
    throw new AppError('precondition.required', 'send the ETag that the record was read with, or * for any');
  return header.trim() === '*' ? '*' : (header.match(/(?:W\/)?"[^"]*"/g) ?? []);
}

function schemaOf({ engine }: MountOptions, analysis: Analysis, { method, summary }: Verb): FastifySchema {
  const { record, attributesOf: table } = analysis;
  const fields = engine.fieldsOf(analysis);
  const name = analysis.name.split('.')[0]!;
  const noun = record!.missing.split('.')[0]!;
  const isCreate = method === 'POST';
  const refers = table === 'customer_products';
  const id = Type.Object({
    [record!.param]: Type.String({ maxLength: 1000, description: 'The id.', examples: ['X1'] }),
  });
  const ifMatch = {
    'if-match': Type.Optional(
      Type.String({ maxLength: 4000, description: 'ETag of the record as it was read, or *.', examples: ['*'] }),
    ),
  };
  const headers = Type.Object({ ...(isCreate ? {} : ifMatch), 'idempotency-key': IDEMPOTENCY_KEY });
  const cascade = {
    cascade: Type.Optional(Type.Boolean({ description: 'Deletes the relationships of the record as well.' })),
  };
  const isDelete = method === 'DELETE';
  const body = recordBody(fields, record!.param);
  return {
    operationId: `${method.toLowerCase()}_${name}_record`,
    summary: summary(noun),
    tags: [name],
    ...(isCreate ? {} : { params: id }),
    headers,
    querystring: Type.Object(isDelete && !refers ? cascade : {}, { additionalProperties: false }),
    ...(isDelete ? {} : { body: { ...body, examples: [exampleOf(body)] } }),
    response: {
      [isCreate ? 201 : 200]: isDelete ? DELETED : recordSchema(analysis, fields),
      ...problemResponses(
        'request.invalid',
        'request.unknown_parameter',
        'idempotency.in_flight',
        'idempotency.mismatch',
        ...warehouseProblems(engine.warehouse),
        ...(engine.warehouse.isShared ? (['write.rolled_back', 'write.unknown'] as const) : []),
        ...(isCreate
          ? (['record.taken'] as const)
          : ([record!.missing, 'precondition.required', 'precondition.failed'] as const)),
        ...(isDelete ? [] : (['record.value', 'catalog.column_read_only'] as const)),
        ...(refers && !isDelete ? (['record.dangling'] as const) : []),
        ...(isDelete && !refers ? (['record.related'] as const) : []),
      ),
    },
  } as FastifySchema;
}

const DELETED = Type.Object(
  {
    data: Type.Null(),
    meta: Type.Object({}, { additionalProperties: true, description: 'relationships: how many went with it.' }),
  },
  { additionalProperties: false, description: 'It is gone.' },
);

function exampleOf(body: TSchema & { properties?: Record<string, unknown> }): Record<string, unknown> {
  const examples: Record<string, unknown> = {
    customerName: 'Ada',
    region: 'North',
    productName: 'Tea',
    productCategory: 'Drinks',
    customerId: 'C0000001',
    productId: 'P00001',
    startDate: '2026-01-31',
    value: 9.5,
  };
  return Object.fromEntries(Object.entries(examples).filter(([name]) => Object.hasOwn(body.properties ?? {}, name)));
}
