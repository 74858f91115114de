import { Ajv, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import { Type } from 'typebox';
import type { App } from './app-type.ts';

type Validate = ReturnType<FastifySchemaCompiler<unknown>>;

/** Words of ours in schemas that say something to readers and nothing to the validator. */
const ANNOTATIONS = ['x-unit'];

/** A body with more values than this gets its first error only: all errors of a 5 MB list took 600 MB and 1.8 s. */
const VALUES_FOR_ALL_ERRORS = 5_000;

/**
 * Compiles request schemas. Two validators, because Fastify's one changes bodies silently (`null` to 0, unknown members
 * dropped): bodies are taken as they are, while addresses and headers are text that has to be turned into numbers.
 */
export function validatorCompiler(): FastifySchemaCompiler<unknown> {
  const text = validator({ coerceTypes: 'array', allErrors: true });
  const body = validator({ allErrors: true });
  const bodyFast = validator({ allErrors: false });
  return ({ schema, httpPart }) =>
    httpPart === 'body'
      ? firstErrorOnly(bodyFast.compile(schema as object), body.compile(schema as object))
      : text.compile(schema as object);
}

function validator(options: Options): Ajv {
  const ajv = new Ajv({
    useDefaults: true,
    removeAdditional: false,
    strict: true,
    strictTypes: false,
    verbose: true,
    ...options,
  });
  addFormats.default(ajv, ['date', 'date-time']);
  return ajv.addVocabulary(ANNOTATIONS);
}

function firstErrorOnly(fast: ValidateFunction, thorough: ValidateFunction): Validate {
  const validate: Validate = (data: unknown) => {
    if (fast(data)) return true;
    const isSmall = countValues(data, VALUES_FOR_ALL_ERRORS) < VALUES_FOR_ALL_ERRORS;
    if (isSmall) thorough(data);
    validate.errors = (isSmall ? thorough : fast).errors ?? null;
    return false;
  };
  return validate;
}

/** Values in a JSON document, counted up to `most`; a loop, because the document may be nested as deep as it is long. */
function countValues(data: unknown, most: number): number {
  const open: unknown[] = [data];
  let count = 0;
  while (open.length > 0 && count < most) {
    const value = open.pop();
    count += 1;
    if (typeof value !== 'object' || value === null) continue;
    for (const member of Object.values(value)) {
      if (open.length + count >= most) return most;
      open.push(member);
    }
  }
  return count;
}

/** Routes of the API without a query schema take no parameters: an unknown one is an error everywhere under /v1. */
export function closeQueries(app: App): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/v1') || route.schema?.querystring !== undefined) return;
    route.schema = { ...route.schema, querystring: Type.Object({}, { additionalProperties: false }) };
  });
}
