import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prepare } from '../analysis/prepare.ts';
import type { Field } from '../analysis/columns.ts';
import type { Prepared, Question } from '../analysis/question.ts';
import { answer, streamed, type CacheState } from '../analysis/run.ts';
import type { Answer, Meta, StreamedAnswer } from '../analysis/result.ts';
import type { Batch } from '../data/warehouse/port.ts';
import { encodeRows, ROW_FORMATS, slices, type FormatName } from '../delivery/formats.ts';
import { jsonRows } from '../delivery/json-rows.ts';
import { columnsJson, metaJson, pageJson } from '../delivery/meta.ts';
import { canonicalJson, shortHash } from '../lib/canonical-json.ts';
import { abortSignalOf } from './abort-signal.ts';
import { askedForAgain, isNotModified } from './etag.ts';
import type { MountOptions } from './mount-options.ts';

type Responder = Pick<MountOptions, 'engine' | 'cursors'> & { readonly texts: FieldTexts };

/** What JSON answers with these fields have in common. */
export type FieldTexts = {
  readonly fields: readonly Field[];
  readonly rows: ReturnType<typeof jsonRows>;
  readonly columns: string;
};

export function fieldTexts(fields: readonly Field[]): FieldTexts {
  return { fields, rows: jsonRows(fields, ','), columns: columnsJson(fields) };
}

/** Answers a question in a format: a JSON envelope `{ data, page?, meta }`, or rows alone with what meta says in headers. */
export async function respond(
  responder: Responder,
  question: Question,
  format: FormatName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { engine } = responder;
  const signal = abortSignalOf(request, reply);
  const prepared = await prepare(engine, question, signal);
  request.facts.analysis = question.analysis.name;
  const { etag } = prepared;
  if (etag !== undefined && isNotModified(request, reply, `W/"${etag}.${format}"`)) return reply.code(304).send();
  const isStream = format !== 'json' || question.analysis.delivery === 'stream';
  if (!isStream) {
    const { answer: found, cache } = await answer(engine, prepared, signal);
    note(request, found.meta, found.batch.rowCount, cache);
    if (etag === undefined && isNotModified(request, reply, `W/"${contentTag(prepared, found)}.${format}"`))
      return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(jsonAnswer(responder, prepared, found, cache));
  }
  const stream = await streamed(engine, prepared, signal);
  note(request, stream.meta, undefined, 'off');
  headersOf(reply, stream.meta);
  if (request.method === 'HEAD') await closeUnread(stream);
  if (format === 'json')
    return sendStream(request, reply, 'application/json; charset=utf-8', jsonStream(stream, request));
  const file = `${question.analysis.name}.${ROW_FORMATS[format].extension}`;
  reply.header('content-disposition', `inline; filename="${file}"`);
  const rows = counted(stream, request);
  return sendStream(
    request,
    reply,
    ROW_FORMATS[format].mediaType,
    encodeRows(ROW_FORMATS[format], prepared.fields, rows),
  );
}

/** The name of a list for its cursors: what must not change from page to page. */
export function listName({ tenant, analysis, params, listing }: Question): string {
  const { asOf: _, ...rest } = params;
  const filters = listing?.filters.map(({ field, operator, values }) => [field.field, operator, values]);
  const sort = listing?.sort.map(({ field, isDescending }) => [field.field, isDescending]);
  return canonicalJson([tenant.id, analysis.name, rest, filters, sort, listing?.search?.text]);
}

/** Of a list that is read anew each time anyway: its version would be one more question to the warehouse. */
function contentTag({ asOf, fields }: Prepared, { batch, page }: Answer): string {
  return shortHash(JSON.stringify([asOf, fields.map(({ field }) => field), batch.columns, page]));
}

function jsonAnswer(
  { engine, cursors, texts }: Responder,
  prepared: Prepared,
  found: Answer,
  cache: CacheState,
): Buffer | string {
  const kept = cache === 'hit' ? found.encoded.get('json') : undefined;
  if (kept !== undefined) return kept;
  const { rows, columns } = prepared.fields === texts.fields ? texts : fieldTexts(prepared.fields);
  const { page } = found;
  const next =
    page?.next === undefined ? null : cursors.seal(listName(prepared), { after: page.next, asOf: prepared.asOf });
  const paging = page === undefined ? '' : `,"page":${JSON.stringify(pageJson(page, next))}`;
  const meta = metaJson(found.meta, { rows: found.batch.rowCount, cache }, columns);
  const text = `{"data":[${rows(found.batch)}]${paging},"meta":${meta}}`;
  // Bytes pay when they are sent again; once, Node writes head and text together for less.
  if (cache !== 'hit') return text;
  const bytes = Buffer.from(text);
  found.encoded.set('json', bytes);
  engine.cache.resize(prepared.key, found);
  return bytes;
}

async function* jsonStream(stream: StreamedAnswer, request: FastifyRequest): AsyncGenerator<Buffer> {
  const { meta } = stream;
  const write = jsonRows(meta.fields, ',');
  let separator = '{"data":[';
  for await (const batch of counted(stream, request)) {
    for (const slice of slices(batch)) {
      yield Buffer.from(separator + write(slice));
      separator = ',';
    }
  }
  const { rows = 0, statementBytes: bytes } = request.facts;
  const timing = bytes === undefined ? meta.timing : { ...meta.timing, bytes };
  const end = metaJson({ ...meta, timing }, { rows, cache: 'off' });
  yield Buffer.from(`${separator === ',' ? '' : separator}],"meta":${end}}`);
}

async function* counted(
  { meta, batches, bytes }: StreamedAnswer,
  { facts }: FastifyRequest,
): AsyncGenerator<Batch, void> {
  facts.rows = 0;
  try {
    for await (const batch of batches) {
      facts.rows += batch.rowCount;
      yield batch;
    }
  } finally {
    if (bytes !== undefined) facts.statementBytes = (meta.timing.bytes ?? 0) + bytes();
  }
}

/** A HEAD request gets the headers of what was begun; the rows are not read. */
async function closeUnread({ batches }: StreamedAnswer): Promise<void> {
  await batches[Symbol.asyncIterator]().return?.();
}

function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  mediaType: string,
  bytes: AsyncGenerator<Buffer>,
): FastifyReply {
  reply.type(mediaType);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: 256 * 1024 }));
}

function headersOf(reply: FastifyReply, meta: Meta): void {
  askedForAgain(reply).header('x-as-of', meta.asOf);
  if (meta.demo) reply.header('x-demo', 'true');
  if (meta.warnings.length > 0) reply.header('x-warnings', JSON.stringify(meta.warnings).replace(/[^\x20-\x7e]/g, '?'));
}

function note(request: FastifyRequest, meta: Meta, rows: number | undefined, cache: CacheState): void {
  const { facts } = request;
  if (rows !== undefined) facts.rows = rows;
  if (cache !== 'off') facts.cache = cache;
  const isHit = cache === 'hit';
  facts.statementMs = isHit ? 0 : meta.timing.statementMs;
  facts.waitMs = isHit ? 0 : meta.timing.waitMs;
  if (!isHit && meta.timing.bytes !== undefined) facts.statementBytes = meta.timing.bytes;
}
