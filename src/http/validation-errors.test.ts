import type { ErrorObject } from 'ajv';
import { Type, type TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../lib/app-error.ts';
import { validationError, type RequestPart } from './validation-errors.ts';
import { validatorCompiler } from './validators.ts';

const closed = { additionalProperties: false };

/** What is said about a value that a schema refuses. */
function refusal(schema: TSchema, value: unknown, part: RequestPart = 'body'): AppError {
  const validate = validatorCompiler().compiler({ schema, method: 'POST', url: '/', httpPart: part });
  expect(validate(value)).toBe(false);
  return validationError(validate.errors as unknown as ErrorObject[], part, true);
}

const Query = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    'price[gte]': Type.Optional(Type.Number()),
    region: Type.Optional(Type.Array(Type.String({ maxLength: 3 }), { maxItems: 2 })),
    'a/b~c': Type.Optional(Type.Integer()),
    needed: Type.String(),
  },
  closed,
);

describe('where', () => {
  test('query parameters are named after a question mark, whatever characters they have', () => {
    const { errors } = refusal(Query, { limit: 'x', 'price[gte]': 'x', region: ['abcd'], 'a/b~c': 'x' }, 'querystring');
    expect(errors.map(({ pointer }) => pointer)).toEqual(['?needed', '?limit', '?price[gte]', '?region', '?a/b~c']);
  });

  test('members of a body by JSON pointer, the whole body by an empty one', () => {
    const Body = Type.Object({ list: Type.Array(Type.Object({ 'a/b': Type.Integer() }, closed)) }, closed);
    expect(
      refusal(Body, { list: [{ 'a/b': 1 }, { 'a/b': 'x', 'c~d': 1 }, {}] }).errors.map(({ pointer }) => pointer),
    ).toEqual(['/list/1/c~0d', '/list/1/a~1b', '/list/2/a~1b']);
    const whole = refusal(Body, [1, 2]);
    expect([whole.errors[0]?.pointer, whole.detail]).toEqual([
      '',
      'The body must be an object, not a list of 2 items.',
    ]);
  });

  test('path parameters in braces, headers with a colon', () => {
    expect(refusal(Type.Object({ id: Type.String({ maxLength: 1 }) }), { id: 'ab' }, 'params').errors[0]?.pointer).toBe(
      '{id}',
    );
    expect(refusal(Type.Object({ 'x-a': Type.Integer() }), { 'x-a': 'ab' }, 'headers').errors[0]?.pointer).toBe('x-a:');
  });
});

describe('what', () => {
  const cases: [string, TSchema, unknown, string][] = [
    ['bounds', Type.Integer({ minimum: 1, maximum: 1000 }), 5000, 'must be an integer between 1 and 1000, not 5000'],
    ['a fraction', Type.Integer(), 1.5, 'must be an integer, not 1.5'],
    [
      'words',
      Type.String({ enum: ['active', 'ever'] }),
      'actve',
      'must be one of active, ever, not "actve" (did you mean "active"?)',
    ],
    ['literals', Type.Union([Type.Literal('a1'), Type.Literal('b2')]), 'zz', 'must be one of a1, b2, not "zz"'],
    [
      'a near literal',
      Type.Union([Type.Literal('month'), Type.Literal('week')]),
      'mont',
      'must be one of month, week, not "mont" (did you mean "month"?)',
    ],
    [
      'nullable',
      Type.Union([Type.String({ maxLength: 5 }), Type.Null()]),
      5,
      'must be text of at most 5 characters or null, not 5',
    ],
    ['dates', Type.String({ format: 'date' }), '2024-02-30', 'must be a date such as 2024-01-31, not "2024-02-30"'],
    [
      'length',
      Type.String({ maxLength: 50 }),
      'a'.repeat(300),
      `must be text of at most 50 characters, not "${'a'.repeat(200)}…" (300 characters)`,
    ],
    [
      'repeats',
      Type.Array(Type.Integer(), { uniqueItems: true }),
      [1, 2, 1],
      'must not repeat an item: items 0 and 2 are the same',
    ],
    [
      'lists',
      Type.Array(Type.Integer(), { maxItems: 1 }),
      [1, 2],
      'must be a list of at most 1 item, not a list of 2 items',
    ],
    ['few members', Type.Object({}, { minProperties: 1 }), {}, 'must have at least 1 members'],
    ['many members', Type.Object({}, { maxProperties: 1 }), { a: 1, b: 2 }, 'must have at most 1 members'],
    ['other keywords', Type.Unsafe({ not: { type: 'integer' } }), 1, 'must be something else, not 1'],
  ];
  test.each(cases)('%s', (_name, schema, value, detail) => {
    const { errors } = refusal(Type.Object({ x: schema }), { x: value });
    expect(errors).toEqual([{ pointer: '/x', detail }]);
  });

  test('a missing member says what it should be', () => {
    expect(refusal(Type.Object({ n: Type.Integer({ minimum: 1 }) }), {}).detail).toBe(
      '/n is required: an integer of at least 1.',
    );
    expect(refusal(Type.Unsafe({ type: 'object', required: ['n'], properties: { n: true } }), {}).detail).toBe(
      '/n is required: something else.',
    );
  });

  test('a branch that is an object is judged inside, other branches as a whole', () => {
    const Choice = Type.Union([Type.Object({ a: Type.Integer() }, closed), Type.Null()]);
    const inside = refusal(Type.Object({ x: Choice }), { x: { a: 'no' } });
    expect(inside.errors[0]).toEqual({ pointer: '/x/a', detail: 'must be an integer, not "no"' });
    expect(refusal(Type.Object({ x: Choice }), { x: 5 }).errors).toEqual([
      { pointer: '/x', detail: 'must be an object or null, not 5' },
    ]);
  });
});

describe('unknown names', () => {
  test('in the address have their own code and suggest the near name', () => {
    const error = refusal(Query, { needed: 'a', limt: '5' }, 'querystring');
    expect(error.code).toBe('request.unknown_parameter');
    expect(error.detail).toBe(
      '?limt is not known (did you mean "limit"?); known here: limit, price[gte], region, a/b~c, needed.',
    );
  });

  test('in the body are a body that is not valid', () => {
    const error = refusal(Type.Object({ ids: Type.Integer() }, closed), { ids: 1, idz: 2 });
    expect([error.code, error.errors[0]?.detail]).toEqual([
      'request.invalid',
      'is not known (did you mean "ids"?); known here: ids',
    ]);
  });

  test('`__proto__` is one', () => {
    const query = JSON.parse('{"__proto__":"1"}') as unknown;
    expect(refusal(Type.Object({}, closed), query, 'querystring').errors[0]).toEqual({
      pointer: '?__proto__',
      detail: 'is not known; known here: none',
    });
  });

  test('are shortened', () => {
    const { errors } = refusal(Type.Object({}, closed), { ['z'.repeat(5_000)]: 1 });
    expect(errors[0]!.pointer).toBe(`/${'z'.repeat(200)}…`);
  });
});

test('twenty errors are listed and all are counted', () => {
  const error = refusal(
    Type.Array(Type.Integer()),
    Array.from({ length: 50 }, () => 'x'),
  );
  expect(error.errors).toHaveLength(20);
  expect(error.detail).toBe('/0 must be an integer, not "x" (and 49 more).');
});

test('a body that is missing is said to be missing', () => {
  expect(validationError([], 'body', false).detail).toBe('The request needs a JSON body; it has none.');
});
