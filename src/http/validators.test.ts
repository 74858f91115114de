import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { listeningServer, problemIn } from '../../test/listening-server.ts';
import { pino } from 'pino';
import { settingsWith } from '../config/settings.ts';
import { createServer } from './server.ts';
import { validatorCompiler, warmUp } from './validators.ts';

const compile = (schema: object, httpPart: string) =>
  validatorCompiler().compiler({ schema, method: 'POST', url: '/', httpPart });

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
])('a schema that would not do what it says is refused when it is compiled: %j', (schema) => {
  expect(() => compile(schema, 'body')('a')).toThrow(/unknown/);
  expect(() => compile(schema, 'querystring')('a')).toThrow(/unknown/);
  const { compiler, warm } = validatorCompiler();
  compiler({ schema, method: 'POST', url: '/', httpPart: 'body' });
  expect(warm).toThrow(/unknown/);
});

test('schemas are compiled one by one before anybody asks', () => {
  const { compiler, warm } = validatorCompiler();
  for (const url of ['/a', '/b']) compiler({ schema: Type.String(), method: 'POST', url, httpPart: 'body' });
  expect([warm(), warm(), warm()]).toEqual([true, false, false]);
});

test('a server that runs compiles by itself, and one that is closed stops', async () => {
  const turns = [true, true, false];
  const seen: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const app = createServer({ settings: settingsWith(), logger: pino({ level: 'silent' }), version: '0' });
  warmUp(app, () => {
    seen.push(turns.length);
    if (turns.length === 1) resolve();
    return turns.shift()!;
  });
  await app.ready();
  await promise;
  await app.close();
  expect(seen).toEqual([3, 2, 1]);
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

test('what is no finite number is none, whatever the bounds', () => {
  const schema = Type.Object({ n: Type.Integer({ minimum: 1 }), m: Type.Optional(Type.Number()) });
  const validate = compile(schema, 'querystring');
  for (const n of ['-Infinity', 'Infinity', '-1e999', '1e999', 'NaN']) expect([n, validate({ n })]).toEqual([n, false]);
  expect(validate({ n: '1', m: '1e999' })).toBe(false);
  expect(validate.errors).toMatchObject([
    { keyword: 'type', instancePath: '/m', data: Infinity, parentSchema: { type: 'number' } },
  ]);
  const given = { n: '1', m: '1.5' };
  expect([validate(given), given]).toEqual([true, { n: 1, m: 1.5 }]);
});
