import { describe, expect, test } from 'vitest';
import { asProblem, listeningServer, problemIn } from '../../test/listening-server.ts';
import { AppError } from '../lib/app-error.ts';
import { ERRORS, type ErrorCode } from '../lib/error-catalog.ts';
import { problemOf, problemResponses } from './problems.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];

test.each(codes)('%s makes a document that fits its schema, and so does its example', (code) => {
  const error = new AppError(code, 'secret words', { errors: [{ pointer: '/a', detail: 'secret field' }] });
  const problem = asProblem(problemOf(error, 'r1'));
  expect(problem).toMatchObject({ type: `/docs/errors#${code}`, code, status: error.status, requestId: 'r1' });
  const [response] = Object.values(problemResponses(code)).filter(
    ({ content }) => code in content['application/problem+json'].examples,
  );
  asProblem(response!.content['application/problem+json'].examples[code]!.value);
});

test('texts of status 500 never leave, those that we wrote for the client do', () => {
  const telling = codes.filter((code) =>
    JSON.stringify(problemOf(new AppError(code, 'secret words'), 'r')).includes('secret'),
  );
  expect(telling.filter((code) => ERRORS[code].status >= 500)).toEqual([
    'statement.timeout',
    'statement.out_of_memory',
    'warehouse.busy',
    'warehouse.suspended',
    'warehouse.forbidden',
    'write.rolled_back',
    'write.unknown',
    'service.starting',
    'service.draining',
    'unsupported.feature',
  ]);
  expect(telling).toContain('request.invalid');
});

test('long texts are cut, broken characters mended', () => {
  const long = `${'a'.repeat(1_999)}😀${'b'.repeat(5_000)}`;
  const problem = asProblem(
    problemOf(new AppError('request.invalid', long, { errors: [{ pointer: long, detail: '\uD83D' }] }), 'r'),
  );
  expect(problem.detail).toBe(`${'a'.repeat(1_999)}…`);
  expect(problem.errors).toEqual([{ pointer: `${'a'.repeat(1_000)}…`, detail: '\uFFFD' }]);
});

describe('problemResponses', () => {
  test('has one response for each status, one example for each code, and internal.error always', () => {
    const responses = problemResponses('request.invalid', 'cursor.invalid', 'customer.not_found', 'request.invalid');
    expect(Object.keys(responses)).toEqual(['400', '404', '500']);
    expect(Object.keys(responses[400]!.content['application/problem+json'].examples)).toEqual([
      'request.invalid',
      'cursor.invalid',
    ]);
  });
});

describe('what handlers throw', () => {
  test('an AppError keeps its code, its fields and its headers', async () => {
    const errors = [{ pointer: '/ids', detail: 'too many' }];
    const { url } = await listeningServer((app) => {
      app.get('/', () => {
        throw new AppError('warehouse.busy', '32 wait already', { errors, headers: { 'retry-after': '2' } });
      });
    });
    const response = await fetch(url);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await problemIn(response)).toMatchObject({
      code: 'warehouse.busy',
      status: 503,
      detail: '32 wait already',
      errors,
    });
  });

  const unknown = [
    new Error('secret'),
    'secret',
    { statusCode: 404, message: 'secret' },
    Object.assign(new Error('secret'), { statusCode: 400, code: 'PG_1' }),
    null,
  ];
  test.each(unknown)('%j is our error, and its text stays here', async (thrown) => {
    const { url } = await listeningServer((app) => {
      app.get('/', () => Promise.reject(thrown as Error));
    });
    const response = await fetch(url);
    const text = await response.clone().text();
    expect((await problemIn(response)).code).toBe('internal.error');
    expect(text).not.toContain('secret');
  });
});
