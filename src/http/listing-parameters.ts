import { Type, type TSchema } from 'typebox';
import type { Field } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import { filterKey, operatorsFor, OPERATORS } from '../analysis/filter.ts';

/** A cursor holds the values that a list is sorted by, and texts may be long; in an address URL_BYTES bounds it. */
export const CURSOR_LENGTH = 100_000;

/** Parameters that every list takes, and one for each filter: `field` and `field[op]`. */
export function listingParameters(
  { listing }: Analysis,
  fields: readonly Field[],
  pageRows: number,
): Record<string, TSchema> {
  const names = fields.map(({ field }) => field).join(', ');
  const list = (description: string, maxLength = 2000) => Type.Optional(Type.String({ maxLength, description }));
  return {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: `Most rows: 1 to ${pageRows} for a JSON page (default 100); csv and ndjson stream all rows unless it is given.`,
      }),
    ),
    cursor: list('page.nextCursor of the page before, with the same filters and sort.', CURSOR_LENGTH),
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
    const value = Type.String({ maxLength: operator === 'in' ? 50_000 : 1000, description });
    return [
      filterKey(field.field, operator),
      Type.Optional(operator === 'in' ? Type.Array(value, { maxItems: 1000, description }) : value),
    ];
  });
}
