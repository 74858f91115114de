import { Type, type TObject, type TSchema } from 'typebox';
import { fieldsOf } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import type { Engine } from '../analysis/engine.ts';
import { FORMAT_NAMES } from '../delivery/formats.ts';
import { listingParameters } from './listing-parameters.ts';

const closed = { additionalProperties: false };

/** Parameters about the answer, not the question. */
const ANSWER_PARAMETERS = {
  format: Type.Optional(
    Type.String({ enum: FORMAT_NAMES, maxLength: 10, description: 'Format of the answer; beats the Accept header.' }),
  ),
  explain: Type.Optional(
    Type.Boolean({
      description: 'Adds meta.explain: the statements, their bound values, tables and times. JSON only.',
    }),
  ),
};

/** Names in a path such as `/customers/{customerId}/products`. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}

/** The schemas of an analysis at an address: path params, query, and body for POST. */
export function questionSchema(
  engine: Engine,
  analysis: Analysis,
  method: 'GET' | 'POST',
  path: string,
): { params?: TObject; querystring: TObject; body?: TObject } {
  const inPath = pathNames(path);
  const properties = analysis.params.properties as Record<string, TSchema>;
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => !inPath.includes(name)));
  const listing =
    analysis.listing === undefined
      ? {}
      : listingParameters(analysis, fieldsOf(analysis, engine.catalog), engine.settings.PAGE_ROWS);
  const asked = withExamples({ ...capped(own, engine.settings.OWNERSHIP_IDS), ...listing }, analysis);
  const params =
    inPath.length === 0
      ? {}
      : {
          params: Type.Object(
            withExamples(Object.fromEntries(inPath.map((name) => [name, properties[name]!])), analysis),
          ),
        };
  if (method === 'GET') return { ...params, querystring: Type.Object({ ...asked, ...ANSWER_PARAMETERS }, closed) };
  return {
    ...params,
    querystring: Type.Object(ANSWER_PARAMETERS, closed),
    body: Type.Object(asked, { ...closed, examples: analysis.examples.map(({ params: example }) => example) }),
  };
}

/** Lists of ids take as many as the setting allows, or fewer. */
function capped(properties: Record<string, TSchema>, most: number): Record<string, TSchema> {
  const cap = (schema: TSchema & { type?: string; maxItems?: number }): TSchema => {
    if (schema.type !== 'array') return schema;
    const maxItems = Math.min(schema.maxItems ?? most, most);
    return Type.IsOptional(schema) ? Type.Optional({ ...schema, maxItems }) : { ...schema, maxItems };
  };
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, cap(schema)]));
}

/** Each parameter with the value that the analysis' first example gives it; one with a default need not be sent. */
function withExamples(properties: Record<string, TSchema>, analysis: Analysis): Record<string, TSchema> {
  const example: Readonly<Record<string, unknown>> = analysis.examples[0].params;
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const shown: TSchema = Object.hasOwn(example, name) ? { ...schema, examples: [example[name]] } : { ...schema };
      return [name, Type.IsOptional(schema) || 'default' in schema ? Type.Optional(shown) : shown];
    }),
  );
}
