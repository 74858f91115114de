import { expect, test } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { translateError } from './translate-error.ts';

const circumstances = { hasBody: true, bodyBytes: 10 };
const thrown = (code: string, statusCode: number, message = 'words') =>
  Object.assign(new Error(message), { code, statusCode });

test('an AppError stays what it is', () => {
  const error = new AppError('cursor.invalid', 'x');
  expect(translateError(error, circumstances)).toBe(error);
});

test.each([
  ['FST_ERR_NOT_FOUND', 404, 'route.not_found', 'words'],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    400,
    'request.malformed',
    'The body does not have the length that content-length says.',
  ],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'request.too_large', 'The body is larger than 10 bytes.'],
  ['ECONNRESET', 400, 'request.malformed', 'The connection closed before the whole request had arrived.'],
  ['FST_ERR_SOMETHING', 418, 'internal.error', 'Unexpected error.'],
  ['FST_ERR_REP_INVALID_PAYLOAD_TYPE', 500, 'internal.error', 'Unexpected error.'],
  ['OTHER', 400, 'internal.error', 'Unexpected error.'],
])('%s with %i is %s', (code, status, ours, detail) => {
  const cause = thrown(code, status);
  const error = translateError(cause, circumstances);
  expect([error.code, error.detail, error.cause]).toEqual([ours, detail, cause]);
});

test('a validation without a part is of the body', () => {
  const error = translateError(Object.assign(new Error(), { validation: [] }), { ...circumstances, hasBody: false });
  expect(error.detail).toBe('The request needs a JSON body; it has none.');
});
