import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import { Type, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { Settings } from '../../../config/settings.ts';
import { CATALOG_BYTES } from '../../../data/catalog/parse-file.ts';
import type { App } from '../../../http/app-type.ts';
import { AppError } from '../../../lib/app-error.ts';
import { takeLongBody } from '../../../http/long-body.ts';
import { problemResponses } from '../../../http/problems.ts';
import { validationError } from '../../../http/validation-errors.ts';
import type { ImportJob, ImportJobs } from './jobs.ts';
import type { Given } from './plan-of-request.ts';
import { REJECT_FORMATS, rejectedRows, type RejectFormat } from './rejected-rows.ts';
import { ImportRequest, ImportStatus } from './status-model.ts';
import { receiveParts, type Part } from './upload.ts';

export type ImportRoutes = {
  readonly jobs: ImportJobs;
  readonly settings: Settings;
};

const TAG = ['imports'];
const Id = Type.Object({ id: Type.String({ maxLength: 30, description: 'The import.', examples: ['1'] }) });
const Dataset = Type.Object(
  { dataset: Type.String({ maxLength: 63, description: 'A dataset of the catalog, as the rows of `table`.' }) },
  { additionalProperties: false },
);
const answer = (data: TSchema, description: string) => ({
  description,
  content: { 'application/json': { schema: Type.Object({ data }) } },
});

/** POST /v1/imports, and what became of each: /v1/imports/{id}, its DELETE, its rejected rows. */
export function mountImports(app: App, { jobs, settings }: ImportRoutes): void {
  void app.register(async (scope: App) => {
    const readDataset = datasetReader(app);
    const limits = { fileSize: Infinity, files: 1_000, parts: 1_010, fields: 10, fieldSize: CATALOG_BYTES + 1 };
    await scope.register(multipart, { limits, throwFileSizeLimit: true });
    scope.route({
      method: 'POST',
      url: '/v1/imports',
      schema: POST_SCHEMA,
      validatorCompiler: exceptBody(app.validatorCompiler!),
      serializerCompiler: () => JSON.stringify,
      handler: (request: FastifyRequest, reply: FastifyReply) => post({ jobs, settings }, readDataset, request, reply),
    });
  });
  mountStatus(app, jobs);
  mountRejects(app, jobs);
}

async function post(
  { jobs, settings }: ImportRoutes,
  readDataset: (body: unknown) => string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const dataset = request.isMultipart() ? undefined : readDataset(request.body);
  const job = await jobs.begin();
  try {
    const given: Given = dataset === undefined ? await uploadOf(request, job, settings) : { kind: 'dataset', dataset };
    const status = await job.run(request.query as ImportRequest, given);
    reply.code(202).header('location', `/v1/imports/${job.id}`).header('cache-control', 'no-store');
    return { data: status };
  } catch (error) {
    const why = job.signal.aborted ? job.signal.reason : error;
    await job.giveUp(why);
    // Read on: else the connection stands still, with all requests that follow on it.
    request.raw.unpipe().resume();
    throw why;
  }
}

async function uploadOf(request: FastifyRequest, job: ImportJob, settings: Settings): Promise<Given> {
  takeLongBody(request, settings);
  const { folder, signal, received: onBytes } = job;
  const parts = request.parts() as AsyncIterable<Part>;
  const options = { folder, signal, onBytes, maxBytes: settings.UPLOAD_BYTES, maxCatalogBytes: CATALOG_BYTES };
  try {
    return {
      kind: 'upload',
      folder,
      ...(await Promise.race([receiveParts(parts, options), leaving(request, signal)])),
    };
  } catch (cause) {
    if (!(cause instanceof Error) || !PARSER_WORDS.test(cause.message)) throw cause;
    throw new AppError('request.malformed', `The multipart body cannot be read: ${cause.message}`, { cause });
  }
}

/** Rejects when the client leaves before all has arrived, or the import is stopped: the parser waits on for its next part. */
function leaving({ raw }: FastifyRequest, signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => {
    if (!raw.complete) reject(new AppError('statement.cancelled', 'The client left before everything had arrived.'));
  };
  if (raw.destroyed) leave();
  else raw.once('close', leave);
  const stop = () => reject(signal.reason as Error);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return promise;
}

/** What the parser says of a broken body; its errors have no code. */
const PARSER_WORDS = /^(Multipart: |Unexpected end of multipart|Part terminated early|Malformed |Premature close)/;

function mountStatus(app: App, jobs: ImportJobs): void {
  app.get(
    '/v1/imports',
    {
      schema: {
        operationId: 'listImports',
        summary: 'The imports, newest first',
        tags: TAG,
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 50, description: 'Most of them to list.' }),
        }),
        response: { 200: answer(Type.Array(ImportStatus, { maxItems: 1_000 }), 'The imports.'), ...problemResponses() },
      },
      serializerCompiler: () => JSON.stringify,
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { data: await jobs.list((request.query as { limit: number }).limit) };
    },
  );
  for (const { method, operationId, summary, act, problems } of BY_ID) {
    app.route({
      method,
      url: '/v1/imports/:id',
      schema: {
        operationId,
        summary,
        tags: TAG,
        params: Id,
        response: { 200: answer(ImportStatus, 'The import.'), ...problemResponses(...problems) },
      },
      serializerCompiler: () => JSON.stringify,
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        return { data: await act(jobs, (request.params as { id: string }).id) };
      },
    });
  }
}

const BY_ID = [
  {
    method: 'GET',
    operationId: 'getImport',
    summary: 'How far an import is, or what it did',
    act: (jobs: ImportJobs, id: string) => jobs.status(id),
    problems: ['import.not_found'],
  },
  {
    method: 'DELETE',
    operationId: 'cancelImport',
    summary: 'Stop an import; answers when it has ended, with nothing changed unless it was too late',
    act: (jobs: ImportJobs, id: string) => jobs.cancel(id),
    problems: ['import.not_found', 'import.ended'],
  },
] as const;

function mountRejects(app: App, jobs: ImportJobs): void {
  app.get(
    '/v1/imports/:id/rejects',
    {
      schema: {
        operationId: 'getImportRejects',
        summary: 'All rejected rows of an import, each with its reason and its place',
        description:
          'One row each: `part` is the file or table, `line` the line of the file (null where it is not known), `row` the place in the answer of the mapping, `record` the text of a record that could not be read, `values` the columns of a row that could not be stored. Kept for the newest IMPORTS_KEPT imports; empty afterwards.',
        tags: TAG,
        params: Id,
        querystring: Type.Object({
          format: Type.Unsafe<RejectFormat>(
            Type.String({ enum: [...REJECT_FORMATS], default: 'ndjson', maxLength: 10, description: 'The format.' }),
          ),
        }),
        response: {
          200: {
            description: 'The rows.',
            content: {
              'application/x-ndjson': { schema: Type.String() },
              'text/csv': { schema: Type.String() },
            },
          },
          ...problemResponses('import.not_found'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const { format } = request.query as { format: RejectFormat };
      const file = await jobs.rejects(id);
      reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="import-${id}-rejects.${format}"`)
        .header('cache-control', 'no-store');
      return reply.send(Readable.from(rejectedRows(file, format), { objectMode: false }) as never);
    },
  );
}

/** A multipart body is read part by part, not checked as a whole; a JSON body is checked by `datasetIn`. */
function exceptBody(compile: FastifySchemaCompiler<unknown>): FastifySchemaCompiler<unknown> {
  return (route) => (route.httpPart === 'body' ? () => true : compile(route));
}

/** The dataset that a JSON body names. */
function datasetReader(app: App): (body: unknown) => string {
  const isValid = app.validatorCompiler!({ schema: Dataset, httpPart: 'body', method: 'POST', url: '/v1/imports' });
  return (body) => {
    if (isValid(body) === true) return (body as { dataset: string }).dataset;
    const { errors } = isValid as { errors?: Parameters<typeof validationError>[0] };
    throw validationError(errors ?? [], 'body', body !== undefined);
  };
}

const POST_SCHEMA = {
  operationId: 'startImport',
  summary: 'Import files, or a dataset, into the managed tables',
  description: `Answers 202 when everything has arrived; the import then runs, one at a time, and /v1/imports/{id} tells how far it is. It is stored whole or not at all.

With \`table\`, the one file (CSV, JSON, NDJSON or Parquet, also gzipped) holds its rows: \`curl -F file=@customers.csv '…/v1/imports?table=customers'\`. With a part \`catalog\`, its imports section says how the files become rows, and it is served from then on: \`curl -F catalog=@catalog.yaml -F file=@orders.csv …/v1/imports\`. With files alone, the imports section of the catalog that is served does. With the body {"dataset": …} and \`table\`, the rows of a dataset do.`,
  tags: TAG,
  querystring: ImportRequest,
  consumes: ['multipart/form-data', 'application/json'],
  body: {
    content: {
      'multipart/form-data': {
        schema: Type.Object({
          catalog: Type.Optional(Type.String({ description: 'A catalog with an imports section, as YAML.' })),
          file: Type.Optional(
            Type.Array(Type.String({ format: 'binary' }), {
              maxItems: 1_000,
              description: 'The files; they are known by their file names.',
            }),
          ),
        }),
      },
      'application/json': { schema: Dataset },
    },
  },
  response: {
    202: answer(ImportStatus, 'The import has begun.'),
    ...problemResponses(
      'import.running',
      'import.failed',
      'import.cancelled',
      'catalog.invalid',
      'catalog.read_only',
      'dataset.not_found',
      'upload.too_large',
      'warehouse.locked',
      'warehouse.disk_full',
    ),
  },
};
