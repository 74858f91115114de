import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { bulkWrite, type BulkLine, type BulkResult } from '../analysis/bulk-writes.ts';
import { bulkTransactions } from '../analysis/bulk-transactions.ts';
import type { Analysis } from '../analysis/define.ts';
import type { BulkMode } from '../analysis/write-sheet.ts';
import { isWritable } from '../data/writes/target.ts';
import { AppError } from '../lib/app-error.ts';
import { shorten } from '../lib/shorten.ts';
import { abortSignalOf } from './abort-signal.ts';
import type { App } from './app-type.ts';
import { bulkSchema, lineSchema } from './bulk-schema.ts';
import { jsonReader } from './json-body.ts';
import { lineSplitter, type Line } from './line-splitter.ts';
import { takeLongBody } from './long-body.ts';
import type { MountOptions } from './mount-options.ts';
import { problemOf } from './problems.ts';
import { validationError } from './validation-errors.ts';

export const NDJSON = 'application/x-ndjson';
/** Lines of one transaction. */
const CHUNK_LINES = 1_000;
/** Answers that wait for a client that sends before it reads; when they are more, we stop reading. */
const WAITING_ANSWERS = 4 * 1024 * 1024;

type ReadLine = (line: Line) => BulkLine;
type Apply = ReturnType<typeof bulkTransactions>;

/** POST /v1/{list}/bulk: many writes as lines of JSON. A table that the catalog makes of others answers 405, and is not in OpenAPI. */
export function mountBulk(app: App, options: MountOptions, analysis: Analysis): void {
  const { record, path, attributesOf: table } = analysis;
  if (record === undefined || path === undefined || table === undefined) return;
  const canWrite = isWritable(options.engine.catalog, table);
  // In a scope of its own: only here is NDJSON taken, and the body handed over unread.
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(NDJSON, (_request, payload, taken) => taken(null, payload));
    scope.addContentTypeParser('*', (_request, _payload, taken) =>
      taken(
        new AppError('request.unsupported_media_type', `The body must have the content-type ${NDJSON}.`),
        undefined,
      ),
    );
    scope.route({
      method: 'POST',
      url: `/v1${path}/bulk`,
      schema: canWrite ? bulkSchema(options.engine, analysis) : { hide: true },
      validatorCompiler: exceptBody(app.validatorCompiler!),
      serializerCompiler: () => JSON.stringify,
      handler: (request: FastifyRequest, reply: FastifyReply) => {
        const { mode = 'create' } = request.query as { mode?: BulkMode };
        const read = lineReader(app, options, analysis, mode, request);
        return handle(options, analysis, mode, read, request, reply);
      },
    });
    done();
  });
}

/** The body's schema is for readers: its lines are checked as they come. */
function exceptBody(compile: FastifySchemaCompiler<unknown>): FastifySchemaCompiler<unknown> {
  return (route) => (route.httpPart === 'body' ? () => true : compile(route));
}

function handle(
  options: MountOptions,
  analysis: Analysis,
  mode: BulkMode,
  read: ReadLine,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  request.facts.analysis = analysis.name;
  const tenant = options.tenantOf(request);
  const operation = bulkWrite(options.engine, tenant, analysis, mode);
  const apply = bulkTransactions(options.writesOf(tenant), operation, {
    analysis: analysis.name,
    requestId: request.id,
  });
  const signal = abortSignalOf(request, reply);
  const body = (request.body ?? Readable.from([])) as Readable;
  const chunks = readAhead(chunksOf(body, options.engine.settings.BODY_BYTES, read));
  const patience = takeLongBody(request, options.engine.settings);
  const write: Apply = (lines, left) => patience.whileBusy(apply(lines, left));
  const answers = answersOf(chunks, write, signal, request);
  reply.type(NDJSON).header('cache-control', 'no-store');
  return reply.send(Readable.from(answers, { objectMode: false, highWaterMark: WAITING_ANSWERS }));
}

/** Lines in portions of a transaction; a portion holds at most `maxBytes` and one line of text. */
async function* chunksOf(body: Readable, maxBytes: number, read: ReadLine): AsyncGenerator<readonly BulkLine[]> {
  const splitter = lineSplitter(maxBytes);
  let chunk: BulkLine[] = [];
  let size = 0;
  const add = function* (lines: readonly Line[]) {
    for (const line of lines) {
      chunk.push(read(line));
      size += line.bytes?.length ?? 0;
      if (chunk.length < CHUNK_LINES && size < maxBytes) continue;
      yield chunk;
      chunk = [];
      size = 0;
    }
  };
  for await (const bytes of body) yield* add(splitter.push(bytes as Buffer));
  yield* add(splitter.end());
  if (chunk.length > 0) yield chunk;
}

/** One portion ahead: it is read and checked while the warehouse writes the one before. */
async function* readAhead<T>(portions: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = await portions.next(); next.done !== true;) {
      const coming = portions.next();
      // Whoever stops here never looks at it.
      coming.catch(() => {});
      yield next.value;
      next = await coming;
    }
  } finally {
    void portions.return?.();
  }
}

const COUNTS = ['created', 'replaced', 'patched', 'deleted', 'failed', 'superseded'] as const;

/** What is answered was committed. Ends without a summary when the client has left. */
async function* answersOf(
  chunks: AsyncIterable<readonly BulkLine[]>,
  apply: Apply,
  signal: AbortSignal,
  request: FastifyRequest,
): AsyncGenerator<Buffer> {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<(typeof COUNTS)[number], number>;
  let lines = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    const results = await apply(chunk, signal);
    for (const { outcome } of results) counts[outcome] += 1;
    lines += results.length;
    request.facts.rows = lines;
    yield Buffer.from(results.map((result) => `${JSON.stringify(answerOf(result, request))}\n`).join(''));
  }
  yield Buffer.from(`${JSON.stringify({ summary: { lines, ...counts } })}\n`);
}

function answerOf(result: BulkResult, request: FastifyRequest) {
  const { line, id = null } = result;
  if (result.outcome === 'failed') {
    const { status, code, detail } = problemOf(result.error, request.id);
    if (status === 500) request.facts.err = result.error;
    return { line, id, status, code, detail };
  }
  if (result.outcome === 'superseded')
    return { line, id, status: 200, code: 'superseded', detail: `line ${result.by} has the same id` };
  return { line, id, status: result.outcome === 'created' ? 201 : 200 };
}

/** Reads and checks one line as the body of a single write would be. */
function lineReader(
  app: App,
  { engine }: MountOptions,
  analysis: Analysis,
  mode: BulkMode,
  request: FastifyRequest,
): ReadLine {
  const { param } = analysis.record!;
  const parse = jsonReader(app, 'The line');
  const isValid = app.validatorCompiler!({
    schema: lineSchema(engine, analysis, mode),
    httpPart: 'body',
    method: 'POST',
    url: request.routeOptions.url!,
  });
  const refusal = (body: unknown): AppError | undefined => {
    if (isValid(body) === true) return undefined;
    return validationError((isValid as { errors?: Parameters<typeof validationError>[0] }).errors ?? [], 'body', true);
  };
  return ({ line, bytes }) => {
    if (bytes === undefined)
      return {
        line,
        id: undefined,
        error: new AppError('request.too_large', `The line is longer than ${engine.settings.BODY_BYTES} bytes.`),
      };
    let value: unknown;
    let error: AppError | undefined;
    parse(request, bytes, (problem, parsed) => {
      value = parsed;
      error = (problem as AppError | null) ?? refusal(parsed);
    });
    const given = idIn(value, param);
    if (error !== undefined)
      return { line, id: given !== undefined && shorten(given, 1_000) === given ? given : undefined, error };
    const id = given ?? randomUUID();
    return { line, id, body: { ...(value as object), [param]: id }, hasNewId: given === undefined };
  };
}

function idIn(value: unknown, param: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, param)) return undefined;
  const id = (value as Record<string, unknown>)[param];
  return typeof id === 'string' ? id : undefined;
}
