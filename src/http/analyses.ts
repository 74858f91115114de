import { Type, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { fieldsOf } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import { FILTER_PARAMS } from '../analysis/population.ts';
import type { Question } from '../analysis/question.ts';
import { listingReader } from '../analysis/read-listing.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { FORMAT_NAMES } from '../delivery/formats.ts';
import { AppError } from '../lib/app-error.ts';
import type { App } from './app-type.ts';
import { mountBulk } from './bulk.ts';
import { answerSchema } from './envelope.ts';
import { gatherFilters } from './filter-parameters.ts';
import { listNames, splitLists } from './list-parameters.ts';
import type { MountOptions } from './mount-options.ts';
import { formatOf } from './negotiate.ts';
import { problemResponses } from './problems.ts';
import { questionSchema } from './question-schema.ts';
import { mountRecordWrites } from './record-writes.ts';
import { mountRecord } from './records.ts';
import { fieldTexts, listName, respond } from './respond.ts';
import { warehouseProblems } from './warehouse-problems.ts';

/**
 * Gives every analysis of the registry its addresses: GET and POST /v1/analyses/{name}, and its own path. The registry
 * itself is at /v1/analyses, the shape of each at /v1/analyses/{name}/schema.
 */
export function mountAnalyses(app: App, options: MountOptions): void {
  const { registry } = options.engine;
  for (const analysis of registry.all) {
    const address = `/v1/analyses/${analysis.name}`;
    mountQuestion(app, options, analysis, 'GET', address);
    mountQuestion(app, options, analysis, 'POST', address);
    if (analysis.path !== undefined)
      mountQuestion(app, options, analysis, analysis.method ?? 'GET', `/v1${analysis.path}`);
    mountRecord(app, options, analysis);
    mountRecordWrites(app, options, analysis);
    mountBulk(app, options, analysis);
  }
  mountRegistry(app, options);
}

function mountQuestion(
  app: App,
  options: MountOptions,
  analysis: Analysis,
  method: 'GET' | 'POST',
  path: string,
): void {
  const isOwnPath = !path.startsWith('/v1/analyses/');
  const schema = questionSchema(options.engine, analysis, method, path);
  const fields = options.engine.fieldsOf(analysis);
  const listingOf = analysis.listing && listingReader(analysis, fields, options.engine.settings.PAGE_ROWS);
  const hasFilters = FILTER_PARAMS.some((name) => Object.hasOwn(analysis.params.properties, name));
  const lists = listNames(analysis);
  const responder = { ...options, texts: fieldTexts(fields) };
  // As FastifySchema: a row's schema is for readers, and as a type it would ask the handler for objects instead of text.
  const shape: FastifySchema = {
    ...schema,
    operationId: `${method.toLowerCase()}${isOwnPath ? '' : 'Analysis'}_${analysis.name.replaceAll(/\W/g, '_')}`,
    summary: analysis.title,
    description: analysis.description,
    tags: [isOwnPath ? analysis.name.split('.')[0]! : 'analyses'],
    response: {
      200: answerSchema(analysis, fields),
      ...problemResponses(...problemsOf(analysis), ...warehouseProblems(options.engine.warehouse)),
    },
  };
  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: shape,
    // Rows are written as text by delivery; a compiled serializer for each row schema would only cost start-up time.
    serializerCompiler: () => JSON.stringify,
    preValidation: (request, _reply, done) => {
      if (hasFilters) request.query = gatherFilters(request.query as Readonly<Record<string, unknown>>);
      if (lists.length > 0) request.query = splitLists(request.query as Readonly<Record<string, unknown>>, lists);
      done();
    },
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      const query = request.query as Readonly<Record<string, unknown>>;
      const format = formatOf(query['format'] as string | undefined, request.headers.accept);
      const isPage = format === 'json' && analysis.delivery !== 'stream';
      const asked = { ...query, ...(request.params as object), ...(request.body as object | undefined) };
      const question = questionOf(options, analysis, listingOf, asked, options.tenantOf(request), isPage, request.id);
      return respond(responder, question, format, request, reply);
    },
  });
}

function questionOf(
  options: MountOptions,
  analysis: Analysis,
  listingOf: ReturnType<typeof listingReader> | undefined,
  asked: Record<string, unknown>,
  tenant: Tenant,
  isPage: boolean,
  requestId: string,
): Question {
  const params: Record<string, unknown> = {};
  for (const name of Object.keys(analysis.params.properties)) {
    const value = asked[name];
    if (value !== undefined) params[name] = value;
  }
  const isExplained = asked['explain'] === true && isPage;
  if (listingOf === undefined) return { analysis, tenant, params, listing: undefined, isExplained, requestId };
  const listing = listingOf(asked, isPage);
  const question: Question = { analysis, tenant, params, listing, isExplained, requestId };
  if (typeof asked['cursor'] !== 'string') return question;
  const { after, asOf } = options.cursors.open(listName(question), asked['cursor']);
  if (typeof params['asOf'] === 'string' && params['asOf'] !== asOf) {
    throw new AppError('cursor.mismatch', `the cursor's list is as of ${asOf}, not ${params['asOf']}`);
  }
  // The first page's day holds for all pages, even when newer rows arrive meanwhile.
  const settled = Object.hasOwn(analysis.params.properties, 'asOf') ? { ...params, asOf } : params;
  return { ...question, params: settled, listing: { ...listing, after } };
}

function problemsOf({ listing, subject, delivery, readsSaved }: Analysis) {
  return [
    'request.invalid',
    'request.unknown_parameter',
    'request.not_acceptable',
    ...(listing === undefined ? [] : (['cursor.invalid', 'cursor.mismatch'] as const)),
    ...(subject === undefined
      ? []
      : [subject.table === 'customers' ? ('customer.not_found' as const) : ('product.not_found' as const)]),
    ...(readsSaved === true ? (['segment.not_found', 'segment.invalid'] as const) : []),
    ...(delivery === 'stream' ? [] : (['limit.rows'] as const)),
  ] as const;
}

const ListedAnalysis = Type.Object(
  {
    name: Type.String({ maxLength: 100, description: 'Name, also the last part of its address.' }),
    title: Type.String({ maxLength: 300, description: 'What it answers.' }),
    description: Type.String({ maxLength: 10_000, description: 'Definitions and caveats.' }),
    address: Type.String({ maxLength: 300, description: 'Where to ask it.' }),
    resource: Type.Union([Type.String({ maxLength: 300 }), Type.Null()], {
      description: 'Its second address, if it has one.',
    }),
    formats: Type.Array(Type.String({ maxLength: 10 }), { maxItems: 20, description: 'Formats that it answers in.' }),
  },
  { additionalProperties: false },
);

function mountRegistry(app: App, { engine }: MountOptions): void {
  const listed = (analysis: Analysis) => ({
    name: analysis.name,
    title: analysis.title,
    description: analysis.description,
    address: `/v1/analyses/${analysis.name}`,
    resource: analysis.path === undefined ? null : `${analysis.method ?? 'GET'} /v1${analysis.path}`,
    formats: [...FORMAT_NAMES],
  });
  app.get('/v1/analyses', {
    schema: {
      operationId: 'listAnalyses',
      summary: 'All analyses that can be asked',
      tags: ['analyses'],
      querystring: Type.Object({}, { additionalProperties: false }),
      response: {
        200: Type.Object(
          { data: Type.Array(ListedAnalysis, { maxItems: 1000, description: 'By name.' }) },
          { additionalProperties: false },
        ),
        ...problemResponses('request.unknown_parameter'),
      },
    },
    handler: () => ({ data: engine.registry.all.map(listed) }),
  });
  const Name = Type.Object({
    name: Type.String({ maxLength: 100, description: 'Name of the analysis.', examples: ['ownership.summary'] }),
  });
  // Known names have routes of their own; what arrives here is a misspelling.
  for (const method of ['get', 'post'] as const) {
    app[method]('/v1/analyses/:name', {
      schema: { hide: true, params: Name },
      handler: (request) => Promise.reject(unknownName(engine.registry, request.params.name)),
    });
  }
  app.get('/v1/analyses/:name/schema', {
    schema: {
      operationId: 'getAnalysisSchema',
      summary: 'Shape of an analysis: params, row, examples',
      tags: ['analyses'],
      params: Name,
      querystring: Type.Object({}, { additionalProperties: false }),
      response: {
        200: Type.Object({
          data: Type.Object(
            {},
            {
              additionalProperties: true,
              description: 'JSON Schemas of params and row, fields with types and units, examples.',
            },
          ),
        }),
        ...problemResponses('analysis.not_found'),
      },
    },
    serializerCompiler: () => JSON.stringify,
    handler: (request) => ({ data: describe(engine.registry.get(request.params.name), engine.catalog) }),
  });

  function describe(analysis: Analysis, catalog: typeof engine.catalog) {
    const { params, row, listing = null, chart = null, otherCharts = [], examples } = analysis;
    return {
      ...listed(analysis),
      params: params as TSchema,
      row: row as TSchema,
      fields: fieldsOf(analysis, catalog),
      listing,
      chart,
      otherCharts,
      examples,
    };
  }
}

function unknownName(registry: MountOptions['engine']['registry'], name: string): Error {
  try {
    registry.get(name);
  } catch (error) {
    return error as Error;
  }
  return new AppError('analysis.not_found', `there is no analysis ${JSON.stringify(name)}`);
}
