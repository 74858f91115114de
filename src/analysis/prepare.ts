import { canonicalJson, shortHash } from '../lib/canonical-json.ts';
import { newestStart, today } from './as-of.ts';
import { fieldsOf } from './columns.ts';
import { compileFor, kitFor, type Engine } from './engine.ts';
import { pageOf } from './listing.ts';
import type { ListRequest, Prepared, Question } from './question.ts';
import { openSession } from './session.ts';

/** Settles what the answer depends on: the day it is about, the statement, the version of the tables it reads. */
export async function prepare(engine: Engine, question: Question, signal: AbortSignal): Promise<Prepared> {
  const { analysis, tenant, params, listing } = question;
  const { asOf, warnings } = await settleAsOf(engine, question, signal);
  const kit = kitFor(engine, asOf);
  const inner = analysis.sql?.(params, kit);
  const printed = inner !== undefined && listing !== undefined ? pageOf(inner, listing, kit.d) : inner;
  const statement = printed === undefined ? undefined : compileFor(engine, tenant, printed);
  const tables = statement?.reads.tables ?? [...engine.catalog.tables.keys()];
  const version = await engine.versions.of(tables);
  const asked = {
    params,
    asOf,
    listing: listing === undefined ? undefined : listingKey(listing),
    revision: analysis.revision,
  };
  const key = [tenant.id, analysis.name, canonicalJson(asked), version, engine.catalog.hash].join('|');
  const fields = listing?.fields ?? fieldsOf(analysis, engine.catalog);
  return { ...question, asOf, fields, statement, warnings, key, etag: shortHash(key) };
}

/** The day as given, else the newest start_date: a derivation of its own, so that it follows the data. */
async function settleAsOf(
  engine: Engine,
  { analysis, tenant, params }: Question,
  signal: AbortSignal,
): Promise<{ asOf: string; warnings: readonly string[] }> {
  const given = params['asOf'];
  if (typeof given === 'string') return { asOf: given, warnings: [] };
  const session = openSession(engine, tenant, 'heavy', signal);
  const { asOf, laterStarts } = await session.derive(newestStart, today(engine.clock));
  const isAsked = Object.hasOwn(analysis.params.properties, 'asOf');
  if (!isAsked || laterStarts === 0) return { asOf, warnings: [] };
  return { asOf, warnings: [`${laterStarts} relationships start after today and are not counted as of ${asOf}`] };
}

function listingKey(listing: ListRequest): unknown {
  return {
    filters: listing.filters.map(({ field, operator, values }) => [field.field, operator, values]),
    search: listing.search?.text,
    sort: listing.sort.map(({ field, isDescending }) => [field.field, isDescending]),
    fields: listing.fields.map(({ field }) => field),
    facets: listing.facets.map(({ field }) => field),
    after: listing.after,
    limit: listing.limit,
    total: listing.wantsTotal,
  };
}
