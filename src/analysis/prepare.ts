import type { Statement } from '../data/sql/compile.ts';
import type { Sql } from '../data/sql/sql.ts';
import { canonicalJson, shortHash } from '../lib/canonical-json.ts';
import { AppError } from '../lib/app-error.ts';
import { dayOf } from '../lib/calendar.ts';
import type { Field } from './columns.ts';
import { newestStart, today } from './as-of.ts';
import { compileFor, kitFor, type Engine } from './engine.ts';
import { pageOf } from './listing.ts';
import type { SqlKit } from './define.ts';
import { derivedIn } from './derived-table.ts';
import type { ListRequest, Prepared, Question } from './question.ts';
import { NOTHING_SAVED, type Saved } from './saved.ts';
import { openSession, tagOf } from './session.ts';

/** What a question becomes under one catalog, whatever the version of the data. Kept, because clients ask the same again. */
export type Plan = {
  readonly tables: readonly string[];
  /** Printed when it is needed: a small list may be answered by `lookup`. */
  readonly statement: () => Statement | undefined;
  readonly fragment: () => Sql | undefined;
  readonly identity: string;
  version: string | undefined;
  key: string;
  etag: string;
};

/** Settles what the answer depends on: the day it is about, the statement, the version of the tables it reads. */
export async function prepare(engine: Engine, question: Question, signal: AbortSignal): Promise<Prepared> {
  const { asOf, warnings } = await settleAsOf(engine, question, signal);
  const saved = question.analysis.readsSaved === true ? await engine.saved(question.tenant) : NOTHING_SAVED;
  const plan = planOf(engine, question, asOf, saved);
  const fields = question.listing?.fields ?? engine.fieldsOf(question.analysis);
  if (!needsVersion(engine, question))
    return {
      ...question,
      asOf,
      saved,
      fields,
      statement: plan.statement,
      fragment: plan.fragment,
      warnings,
      tables: plan.tables,
      key: '',
      etag: undefined,
    };
  const found = engine.versions.of(plan.tables);
  const version = typeof found === 'string' ? found : await found;
  if (plan.version !== version) {
    plan.version = version;
    plan.key = `${plan.identity}|${version}|${engine.catalog.hash}`;
    plan.etag = shortHash(plan.key);
  }
  const { tables, statement, fragment, key, etag } = plan;
  return { ...question, asOf, saved, fields, statement, fragment, warnings, tables, key, etag };
}

/** Where the warehouse has to be asked for it: not for what is neither kept nor made of what is. */
function needsVersion({ warehouse, settings }: Engine, { analysis, listing, isExplained }: Question): boolean {
  if (!warehouse.isShared) return true;
  const isKept = listing === undefined && analysis.delivery !== 'stream';
  return !isExplained && (isKept || (analysis.lookup !== undefined && settings.SNAPSHOT_MAX_ROWS > 0));
}

function planOf(engine: Engine, question: Question, asOf: string, saved: Saved): Plan {
  const { analysis, tenant, params, listing } = question;
  const all = engine.fieldsOf(analysis);
  const part = listing && listingKey(listing, all);
  const asked = [tenant.id, analysis.name, analysis.revision, asOf, saved.version, params, part];
  // Look-ups are of other ids each time, and their statements are hardly ever printed.
  const identity = analysis.lookup === undefined ? JSON.stringify(asked) : undefined;
  const known = identity === undefined ? undefined : engine.plans.get(identity);
  if (known !== undefined) return known;
  let printed: Printed | undefined;
  const print = () => (printed ??= printOf(engine, question, kitFor(engine, asOf, saved)));
  const statement = () => print().statement;
  const fragment = () => print().fragment;
  const tables = analysis.lookup?.reads ?? statement()?.reads.tables ?? [...engine.catalog.tables.keys()];
  // Params come in the order of their schema, so that the text of a look-up's is canonical.
  const text = identity === undefined ? JSON.stringify(asked) : canonicalJson(asked);
  const plan: Plan = { tables, statement, fragment, identity: text, version: undefined, key: '', etag: '' };
  if (identity !== undefined) engine.plans.set(identity, plan);
  return plan;
}

type Printed = { readonly statement: Statement | undefined; readonly fragment: Sql | undefined };

function printOf(engine: Engine, { analysis, tenant, params, listing }: Question, kit: SqlKit): Printed {
  const inner = analysis.sql?.(params, kit);
  if (inner === undefined) return { statement: undefined, fragment: undefined };
  const whole = listing === undefined ? inner : pageOf(inner, listing, kit.d);
  const statement = compileFor(engine, tenant, whole);
  return { statement, fragment: derivedIn(whole).length === 0 ? undefined : whole };
}

/** The day as given, else the newest start_date: a derivation of its own, so that it follows the data. */
async function settleAsOf(
  engine: Engine,
  question: Question,
  signal: AbortSignal,
): Promise<{ asOf: string; warnings: readonly string[] }> {
  const { analysis, tenant, params } = question;
  const given = params['asOf'];
  if (typeof given === 'string') {
    requirePast(analysis, given, dayOf(engine.clock()));
    return { asOf: given, warnings: [] };
  }
  const isAsked = Object.hasOwn(analysis.params.properties, 'asOf');
  // It is about no day: not worth a statement.
  if (!isAsked && engine.warehouse.isShared) return { asOf: dayOf(engine.clock()), warnings: [] };
  const session = openSession(engine, tenant, 'heavy', signal, tagOf(question));
  const { asOf, laterStarts } = await session.derive(newestStart, today(engine.clock));
  if (!isAsked || analysis.countsLeftOut === true || laterStarts === 0) return { asOf, warnings: [] };
  return { asOf, warnings: [laterWarning(laterStarts, asOf)] };
}

/** Throws request.invalid for a day to come where the analysis looks back. */
function requirePast({ params }: Question['analysis'], given: string, today: string): void {
  const { 'x-past': isPast } = params.properties['asOf'] as { 'x-past'?: boolean };
  if (isPast !== true || given <= today) return;
  const detail = `must not be after today, ${today}; it is ${given}`;
  throw new AppError('request.invalid', `asOf ${detail}`, { errors: [{ pointer: '?asOf', detail }] });
}

function laterWarning(count: number, asOf: string): string {
  const what =
    count === 1 ? '1 relationship starts after today and is' : `${count} relationships start after today and are`;
  return `${what} not counted as of ${asOf}`;
}

/** What sets a list apart; all fields need not be named. */
function listingKey(listing: ListRequest, all: readonly Field[]): unknown {
  return {
    filters: listing.filters.map(({ field, operator, values }) => [field.field, operator, values]),
    search: listing.search?.text,
    sort: listing.sort.map(({ field, isDescending }) => [field.field, isDescending]),
    fields: listing.fields === all ? undefined : listing.fields.map(({ field }) => field),
    facets: listing.facets.map(({ field }) => field),
    after: listing.after,
    limit: listing.limit,
    isPage: listing.isPage,
    total: listing.wantsTotal,
  };
}
