import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import { filterKey, filterProblems, operatorsFor, type Filter } from './filter.ts';
import type { SortKey } from './listing.ts';
import type { ListRequest } from './question.ts';
import { AppError, type FieldError } from '../lib/app-error.ts';
import { didYouMean } from '../lib/near-name.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads the list part of checked queries of one route, as `readListing` does. Most of them ask for nothing but the
 * first page as it comes: its request is made once.
 */
export function listingReader(
  analysis: Analysis,
  fields: readonly Field[],
  pageRows: number,
): (raw: Raw, isPage: boolean) => ListRequest {
  const params = Object.keys(analysis.params.properties).filter((name) => fields.every(({ field }) => field !== name));
  const others: ReadonlySet<string> = new Set([...params, 'format', 'explain']);
  const first = readListing(analysis, fields, {}, true, pageRows);
  return (raw, isPage) => {
    const isPlain = isPage && Object.keys(raw).every((name) => others.has(name));
    return isPlain ? first : readListing(analysis, fields, raw, isPage, pageRows);
  };
}

/** Reads the list part of a checked query. Throws request.invalid with every problem at once. */
export function readListing(
  analysis: Analysis,
  fields: readonly Field[],
  raw: Raw,
  isPage: boolean,
  pageRows: number,
): ListRequest {
  const problems: FieldError[] = [];
  const named = (parameter: string): Field[] => pick(raw, parameter, fields, problems);
  // Most requests filter by nothing; every operator of every field would be looked for.
  const given = new Set(Object.keys(raw).flatMap((key) => [key, key.replace(/\[\w+\]$/, '')]));
  const filters = fields.filter(({ field }) => given.has(field)).flatMap((field) => filtersOn(field, raw));
  problems.push(...filters.flatMap(filterProblems));
  const limit = readLimit(raw['limit'], isPage, pageRows, problems);
  const chosen = named('fields');
  const facets = named('facets');
  refuseJson(facets, 'facets', problems);
  const request: ListRequest = {
    filters,
    search:
      typeof raw['q'] === 'string'
        ? { text: raw['q'], fields: fields.filter(({ field }) => analysis.listing!.search.includes(field)) }
        : undefined,
    sort: readSort(analysis, fields, raw, isPage, problems),
    fields: chosen.length > 0 ? chosen : fields,
    limit,
    isPage,
    after: undefined,
    wantsTotal: raw['total'] === true,
    facets,
  };
  if (problems.length === 0) return request;
  throw new AppError('request.invalid', `${problems[0]!.pointer} ${problems[0]!.detail}`, { errors: problems });
}

function readLimit(limit: unknown, isPage: boolean, pageRows: number, problems: FieldError[]): number | undefined {
  if (typeof limit !== 'number') return isPage ? Math.min(100, pageRows) : undefined;
  if (isPage && limit > pageRows)
    problems.push({
      pointer: '?limit',
      detail: `must be at most ${pageRows} for a JSON page; csv and ndjson take any`,
    });
  return limit;
}

/** All rows as a stream come in stored order unless a sort is asked for; a page and a part of the list have a total order. */
function readSort(
  analysis: Analysis,
  fields: readonly Field[],
  raw: Raw,
  isPage: boolean,
  problems: FieldError[],
): SortKey[] {
  const { sort, key } = analysis.listing!;
  const given = splitList(raw['sort']);
  const isWhole = !isPage && raw['cursor'] === undefined && raw['limit'] === undefined;
  if (given.length === 0 && isWhole) return [];
  const entries = given.length > 0 ? given : sort;
  const keys = entries.flatMap((entry): SortKey[] => {
    const name = entry.replace(/^[-+ ]/, '');
    const field = fields.find((one) => one.field === name);
    if (field === undefined) problems.push(unknownField(name, fields, 'sort'));
    return field === undefined ? [] : [{ field, isDescending: entry.startsWith('-') }];
  });
  const last = key.map((name) => ({ field: fields.find(({ field }) => field === name)!, isDescending: false }));
  const all = [...keys, ...last];
  const distinct = all.filter(({ field }, i) => all.findIndex((one) => one.field === field) === i);
  refuseJson(
    distinct.map(({ field }) => field),
    'sort',
    problems,
  );
  return distinct;
}

function filtersOn(field: Field, raw: Raw): Filter[] {
  return operatorsFor(field.type).flatMap((operator): Filter[] => {
    const value = raw[filterKey(field.field, operator)];
    if (value === undefined) return [];
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    // One parameter is a list with commas; a repeated one is taken value by value.
    const values = operator === 'in' && texts.length === 1 ? texts[0]!.split(',') : texts;
    return [{ field, operator, values }];
  });
}

/** The fields that a parameter names, each once; `attributes` stands for all attributes. */
function pick(raw: Raw, parameter: string, fields: readonly Field[], problems: FieldError[]): Field[] {
  const named = splitList(raw[parameter]).flatMap((name) => {
    const found = fields.filter(
      ({ field }) => field === name || (name === 'attributes' && field.startsWith('attributes.')),
    );
    if (found.length === 0) problems.push(unknownField(name, fields, parameter));
    return found;
  });
  return [...new Set(named)];
}

/** JSON values are neither equal nor in an order. */
function refuseJson(named: readonly Field[], parameter: string, problems: FieldError[]): void {
  for (const { field, type } of named)
    if (type === 'json') problems.push({ pointer: `?${parameter}`, detail: `${field} is JSON, which has no order` });
}

function unknownField(name: string, fields: readonly Field[], parameter: string): FieldError {
  const known = fields.map(({ field }) => field);
  const detail = `has no field ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, known)}; allowed: ${known.join(', ')}`;
  return { pointer: `?${parameter}`, detail };
}

function splitList(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
