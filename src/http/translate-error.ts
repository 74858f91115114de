import type { ErrorObject } from 'ajv';
import { AppError } from '../lib/app-error.ts';
import type { ErrorCode } from '../lib/error-catalog.ts';
import { shorten } from '../lib/shorten.ts';
import { validationError, type RequestPart } from './validation-errors.ts';

/** What the framework may throw, as far as we look at it. */
type Thrown = {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly message?: unknown;
  readonly validation?: readonly ErrorObject[];
  readonly validationContext?: RequestPart;
};

/** Statuses of errors of the framework that are the client's to mend. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'request.malformed',
  404: 'route.not_found',
  405: 'route.method_not_allowed',
  406: 'request.not_acceptable',
  408: 'request.timeout',
  413: 'request.too_large',
  414: 'request.uri_too_long',
  415: 'request.unsupported_media_type',
  417: 'request.expectation_failed',
  431: 'request.headers_too_large',
};

/** Texts for those of the framework's errors whose own text helps nobody. */
const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The address has a % that is not followed by the hex digits of a UTF-8 character.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must have the content-type application/json.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body does not have the length that content-length says.',
  ECONNRESET: 'The connection closed before the whole request had arrived.',
};

/** What the texts need to know of the request. */
type Circumstances = { readonly hasBody: boolean; readonly bodyBytes: number };

/** Any thrown value as an AppError: ours as it is, the framework's by status, everything else as internal.error. */
export function translateError(error: unknown, { hasBody, bodyBytes }: Circumstances): AppError {
  if (error instanceof AppError) return error;
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {};
  if (thrown.validation !== undefined)
    return validationError(thrown.validation, thrown.validationContext ?? 'body', hasBody);
  const code = isOfFramework(thrown) ? BY_STATUS[Number(thrown.statusCode)] : undefined;
  if (code === undefined) return new AppError('internal.error', 'Unexpected error.', { cause: error });
  if (code === 'request.too_large')
    return new AppError(code, `The body is larger than ${bodyBytes} bytes.`, { cause: error });
  return new AppError(code, DETAILS[String(thrown.code)] ?? shorten(String(thrown.message)), { cause: error });
}

/** Only the framework's texts are known to hold nothing of ours; `ECONNRESET` is how it reports a body that broke off. */
function isOfFramework({ code }: Thrown): boolean {
  return typeof code === 'string' && (code.startsWith('FST_') || code === 'ECONNRESET');
}
