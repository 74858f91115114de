import type { ErrorObject } from 'ajv';
import { AppError, type FieldError } from '../lib/app-error.ts';
import type { ErrorCode } from '../lib/error-catalog.ts';
import { didYouMean } from '../lib/near-name.ts';
import { shorten } from '../lib/shorten.ts';
import { allowedWords, nameList, shownValue, type ValueSchema } from './allowed-words.ts';

/** The parts of a request that a schema checks, as Fastify names them. */
export type RequestPart = 'body' | 'querystring' | 'params' | 'headers';

const ERRORS_SHOWN = 20;

/** What a validator found wrong, as one AppError that names each field and what it allows. */
export function validationError(errors: readonly ErrorObject[], part: RequestPart, hasBody: boolean): AppError {
  if (part === 'body' && !hasBody)
    return new AppError('request.invalid', 'The request needs a JSON body; it has none.');
  const fields = distinct(withoutBranches(errors).map((error) => fieldError(error, part)));
  const isUnknown = part === 'querystring' && errors.some((error) => error.keyword === 'additionalProperties');
  const code: ErrorCode = isUnknown ? 'request.unknown_parameter' : 'request.invalid';
  const first = fields[0]!;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return new AppError(code, `${first.pointer === '' ? 'The body' : first.pointer} ${first.detail}${more}.`, {
    errors: fields.slice(0, ERRORS_SHOWN),
  });
}

/** Errors inside the branches of an `anyOf` say less than the `anyOf` itself, which knows all that is allowed. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf' && !hasObjectBranch(error));
  const isInside = (error: ErrorObject): boolean =>
    unions.some(
      (union) => error.schemaPath.startsWith(`${union.schemaPath}/`) && error.instancePath === union.instancePath,
    );
  const kept = errors.filter((error) => (error.keyword !== 'anyOf' || unions.includes(error)) && !isInside(error));
  return kept.length > 0 ? kept : errors;
}

function hasObjectBranch(error: ErrorObject): boolean {
  const isMatched = typeof error.data === 'object' && error.data !== null;
  return isMatched && ((error.parentSchema as ValueSchema).anyOf ?? []).some((branch) => branch.type === 'object');
}

function fieldError(error: ErrorObject, part: RequestPart): FieldError {
  const schema = error.parentSchema as ValueSchema;
  const member = MEMBER[error.keyword]?.(error);
  return {
    pointer: pointerOf(error.instancePath, member, part),
    detail: WORDS[error.keyword]?.(error, schema) ?? valueWords(error, schema),
  };
}

/** Keywords that speak of a member of the value at `instancePath`. */
const MEMBER: Readonly<Record<string, (error: ErrorObject) => string>> = {
  required: (error) => String(error.params.missingProperty),
  additionalProperties: (error) => String(error.params.additionalProperty),
};

const WORDS: Readonly<Record<string, (error: ErrorObject, schema: ValueSchema) => string>> = {
  required: (error, { properties }) =>
    `is required: ${allowedWords(properties?.[String(error.params.missingProperty)] ?? {})}`,
  additionalProperties: (error, { properties = {} }) => {
    const known = Object.keys(properties);
    const near = didYouMean(String(error.params.additionalProperty), known);
    return `is not known${near}; known here: ${known.length === 0 ? 'none' : nameList(known)}`;
  },
  uniqueItems: (error) => `must not repeat an item: items ${error.params.i} and ${error.params.j} are the same`,
  minProperties: (error) => `must have at least ${error.params.limit} members`,
  maxProperties: (error) => `must have at most ${error.params.limit} members`,
};

function valueWords(error: ErrorObject, schema: ValueSchema): string {
  const words = allowedWords(schema);
  const choices = schema.enum ?? schema.anyOf?.map((branch) => branch.const) ?? [];
  const texts = choices.filter((choice) => typeof choice === 'string');
  const near = typeof error.data === 'string' && texts.length > 0 ? didYouMean(error.data, texts) : '';
  return `must be ${words}, not ${shownValue(error.data)}${near}`;
}

/** `/filters/0` in a body, `?limit` in the address, `{customerId}` in the path, `if-match:` for a header. */
function pointerOf(instancePath: string, member: string | undefined, part: RequestPart): string {
  const escaped = member === undefined ? '' : `/${shorten(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (part === 'body') return instancePath + escaped;
  const name = (instancePath + escaped).split('/')[1] ?? '';
  return POINTERS[part](name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const POINTERS: Readonly<Record<Exclude<RequestPart, 'body'>, (name: string) => string>> = {
  querystring: (name) => `?${name}`,
  params: (name) => `{${name}}`,
  headers: (name) => `${name}:`,
};

function distinct(fields: readonly FieldError[]): FieldError[] {
  return [...new Map(fields.map((field) => [`${field.pointer} ${field.detail}`, field])).values()];
}
