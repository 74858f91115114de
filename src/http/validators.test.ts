import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { listeningServer, problemIn } from '../../test/listening-server.ts';
import { validatorCompiler } from './validators.ts';

const compile = (schema: object, httpPart: string) =>
  validatorCompiler()({ schema, method: 'POST', url: '/', httpPart });

test('a large bad body costs one error, not one for each value', () => {
  const validate = compile(Type.Array(Type.String(), { maxItems: 3 }), 'body');
  expect(validate(Array.from({ length: 1_000_000 }, () => 1))).toBe(false);
  expect(validate.errors).toHaveLength(1);
  expect(validate([1, 2])).toBe(false);
  expect(validate.errors).toHaveLength(2);
});

test('values are counted inside objects and lists, without recursion', () => {
  const validate = compile(Type.Object({ a: Type.Integer(), b: Type.Integer() }), 'body');
  const wide = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`k${i}`, Array.from({ length: 100 }, () => ({}))]),
  );
  validate({ a: 'x', b: 'x', ...wide });
  expect(validate.errors).toHaveLength(1);
  let deep: unknown[] = [];
  for (let i = 0; i < 200_000; i++) deep = [deep];
  validate({ a: 'x', b: 'x', deep });
  expect(validate.errors).toHaveLength(1);
  validate({ a: 'x', b: 'x', small: [{ c: [1] }] });
  expect(validate.errors).toHaveLength(2);
});

test.each([
  { type: 'string', example: 'a' },
  { type: 'string', format: 'uuid' },
  { type: 'string', unknownWord: 1 },
])('a schema that would not do what it says stops the start: %j', (schema) => {
  expect(() => compile(schema, 'body')).toThrow(/unknown/);
  expect(() => compile(schema, 'querystring')).toThrow(/unknown/);
});

test('x-unit is a word of ours', () => {
  expect(compile(Type.Object({ n: Type.Number({ 'x-unit': 'rows' }) }), 'body')({ n: 1 })).toBe(true);
});

test('every route of the API refuses unknown parameters, also one that declares none; others ignore them', async () => {
  const { url } = await listeningServer((app) => {
    app.get('/v1/plain', () => 'ok');
    app.get('/v1/params/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, () => 'ok');
    app.get('/v1/open', { schema: { querystring: Type.Object({ a: Type.Optional(Type.String()) }) } }, () => 'ok');
    app.get('/outside', () => 'ok');
  });
  for (const path of ['/v1/plain', '/v1/params/1']) {
    expect((await fetch(url + path)).status).toBe(200);
    expect((await problemIn(await fetch(`${url}${path}?x=1`))).code).toBe('request.unknown_parameter');
  }
  expect((await fetch(`${url}/v1/open?x=1`)).status).toBe(200);
  expect((await fetch(`${url}/outside?x=1`)).status).toBe(200);
});
