import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import { Type } from 'typebox';
import type { App } from './app-type.ts';
import { condensed, type ObjectSchema } from './condensed-schema.ts';

type Validate = ReturnType<FastifySchemaCompiler<unknown>>;

/** Words of ours in schemas that say something to readers and nothing to the validator. */
const ANNOTATIONS = ['x-unit', 'x-past', 'style', 'explode'];

/** A body with more values than this gets its first error only: all errors of a 5 MB list took 600 MB and 1.8 s. */
const VALUES_FOR_ALL_ERRORS = 5_000;

/**
 * Compiles request schemas. Two validators, because Fastify's one changes bodies silently (`null` to 0, unknown members
 * dropped): bodies are taken as they are, while addresses and headers are text that has to be turned into numbers.
 * A schema is compiled when its route is first asked or `warm` gets to it: together they are a second of start-up.
 */
export function validatorCompiler(): { compiler: FastifySchemaCompiler<unknown>; warm: () => boolean } {
  const text = validator({ coerceTypes: 'array', allErrors: true });
  const body = validator({ allErrors: true });
  const bodyFast = validator({ allErrors: false });
  const cold: Lazy[] = [];
  const later = (compile: () => Validate): Validate => {
    const lazy = lazily(compile);
    cold.push(lazy);
    return lazy.validate;
  };
  return {
    compiler: ({ schema, httpPart }) =>
      httpPart === 'body'
        ? later(() => firstErrorOnly(bodyFast.compile(schema as object), body.compile(schema as object)))
        : later(() => finiteOnly(text.compile(condensed(schema as ObjectSchema)), schema as ObjectSchema)),
    warm: () => {
      cold.pop()?.compile();
      return cold.length > 0;
    },
  };
}

type Lazy = { readonly validate: Validate; readonly compile: () => void };

function lazily(make: () => Validate): Lazy {
  let made: Validate | undefined;
  const validate: Validate = (data: unknown) => {
    made ??= make();
    const isValid = made(data);
    validate.errors = made.errors ?? null;
    return isValid;
  };
  return { validate, compile: () => void (made ??= make()) };
}

/** Compiles what is still cold, one schema a turn, so that requests come in between. */
export function warmUp(app: App, warm: () => boolean): void {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (warm()) timer = setTimeout(next, 20).unref();
  };
  app.addHook('onReady', (done) => {
    timer = setTimeout(next, 500).unref();
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearTimeout(timer);
    done();
  });
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

/** Ajv turns `-1e999` into a number, and holds only finite ones to their bounds. Errors speak of the schema as it was given. */
function finiteOnly(validate: ValidateFunction, schema: ObjectSchema): Validate {
  const { properties = {} } = schema;
  const check: Validate = (data: unknown) => {
    const isValid = validate(data);
    check.errors =
      validate.errors?.map((error) => (error.instancePath === '' ? { ...error, parentSchema: schema } : error)) ?? null;
    if (!isValid) return false;
    const odd = Object.entries(data as object).find(
      ([, value]) => typeof value === 'number' && !Number.isFinite(value),
    );
    if (odd === undefined) return true;
    const [name, value] = odd as [string, number];
    const place = { instancePath: `/${name}`, schemaPath: '', params: {}, parentSchema: properties[name] ?? {} };
    const error: ErrorObject = { keyword: 'type', ...place, data: value };
    check.errors = [error];
    return false;
  };
  return check;
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
