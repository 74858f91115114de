import { Type, type TSchema } from 'typebox';
import type { Field } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import { filterKey, filterProblems, operatorsFor, OPERATORS, type Filter } from '../analysis/filter.ts';
import type { SortKey } from '../analysis/listing.ts';
import type { ListRequest } from '../analysis/question.ts';
import { AppError, type FieldError } from '../lib/app-error.ts';
import { didYouMean } from '../lib/near-name.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Parameters that every list takes, and one for each filter: `field` and `field[op]`. */
export function listingParameters(
  { listing }: Analysis,
  fields: readonly Field[],
  pageRows: number,
): Record<string, TSchema> {
  const names = fields.map(({ field }) => field).join(', ');
  const list = (description: string) => Type.Optional(Type.String({ maxLength: 2000, description }));
  return {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: `Most rows: 1 to ${pageRows} for a JSON page (default 100); csv and ndjson stream all rows unless it is given.`,
      }),
    ),
    cursor: list('page.nextCursor of the page before, with the same filters and sort.'),
    sort: list(
      `Fields, comma between, - before one for descending; empty values come last. Default ${listing!.sort.join(',')}. Of ${names}.`,
    ),
    fields: list(`Fields of the answer, comma between; all when left out. Of ${names}.`),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: `Text that ${listing!.search.join(' or ')} contains, any case.`,
      }),
    ),
    total: Type.Optional(Type.Boolean({ description: 'Adds page.total, the number of rows of the whole list.' })),
    facets: list(
      `Fields whose values are counted over the whole list, most frequent first, in page.facets. Of ${names}.`,
    ),
    ...Object.fromEntries(fields.filter(({ type }) => type !== 'json').flatMap(filterParameters)),
  };
}

function filterParameters(field: Field): [string, TSchema][] {
  return operatorsFor(field.type).map((operator) => {
    const description = `${field.field} is ${OPERATORS[operator].help}`;
    const value = Type.String({ maxLength: 1000, description });
    return [
      filterKey(field.field, operator),
      Type.Optional(operator === 'in' ? Type.Array(value, { maxItems: 1000, description }) : value),
    ];
  });
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
  const named = (parameter: string): Field[] => pick(splitList(raw[parameter]), fields, parameter, problems);
  const filters = fields.flatMap((field) => filtersOn(field, raw));
  problems.push(...filters.flatMap(filterProblems));
  const limit = readLimit(raw['limit'], isPage, pageRows, problems);
  const chosen = named('fields');
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
    facets: named('facets'),
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

/** A stream in stored order needs no sort; a page always has a total order. */
function readSort(
  analysis: Analysis,
  fields: readonly Field[],
  raw: Raw,
  isPage: boolean,
  problems: FieldError[],
): SortKey[] {
  const { sort, key } = analysis.listing!;
  const given = splitList(raw['sort']);
  if (given.length === 0 && !isPage && raw['cursor'] === undefined) return [];
  const entries = given.length > 0 ? given : sort;
  const keys = entries.flatMap((entry): SortKey[] => {
    const [field] = pick([entry.replace(/^[-+ ]/, '')], fields, 'sort', problems);
    return field === undefined ? [] : [{ field, isDescending: entry.startsWith('-') }];
  });
  const missing = key.filter((name) => !keys.some(({ field }) => field.field === name));
  return [
    ...keys,
    ...missing.map((name) => ({ field: fields.find(({ field }) => field === name)!, isDescending: false })),
  ];
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

/** The named fields; `attributes` stands for all attributes. */
function pick(names: readonly string[], fields: readonly Field[], parameter: string, problems: FieldError[]): Field[] {
  return names.flatMap((name) => {
    const found = fields.filter(
      ({ field }) => field === name || (name === 'attributes' && field.startsWith('attributes.')),
    );
    if (found.length === 0) {
      const known = fields.map(({ field }) => field);
      problems.push({
        pointer: `?${parameter}`,
        detail: `has no field ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, known)}; allowed: ${known.join(', ')}`,
      });
    }
    return found;
  });
}

function splitList(value: unknown): string[] {
  return typeof value === 'string'
    ? [
        ...new Set(
          value
            .split(',')
            .map((name) => name.trim())
            .filter((name) => name !== ''),
        ),
      ]
    : [];
}
