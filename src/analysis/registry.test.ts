import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { sql } from '../data/sql/sql.ts';
import { defineAnalysis } from './define.ts';
import { registryOf } from './registry.ts';

const analysis = (name: string, more: { path?: string; method?: 'GET' | 'POST' } = {}) =>
  defineAnalysis({
    name,
    title: 'T',
    description: 'D',
    params: Type.Object({}),
    row: Type.Object({ n: Type.Integer() }),
    sql: () => sql`select 1 as n`,
    examples: [{ title: 'E', params: {} }],
    ...more,
  });

test('analyses are found by name and listed by name', () => {
  const registry = registryOf([analysis('b.x'), analysis('a.y')]);
  expect(registry.all.map(({ name }) => name)).toEqual(['a.y', 'b.x']);
  expect(registry.get('b.x').name).toBe('b.x');
});

test('an unknown name is analysis.not_found, with the near one', () => {
  const registry = registryOf([analysis('retention.cohorts')]);
  expect(() => registry.get('retention.cohort')).toThrow('"retention.cohort" (did you mean "retention.cohorts"?)');
  expect(() => registry.get('constructor')).toThrow('analysis.not_found');
  expect(() => registry.get('x'.repeat(100_000))).toThrow(/^.{130,150}$/);
});

test('one name or one address for two is refused; one path may take two methods', () => {
  expect(() => registryOf([analysis('a.x'), analysis('a.x')])).toThrow('two analyses are named a.x');
  expect(() => registryOf([analysis('a.x', { path: '/p' }), analysis('a.y', { path: '/p' })])).toThrow(
    'two analyses answer GET /p',
  );
  const both = registryOf([analysis('a.x', { path: '/p' }), analysis('a.y', { path: '/p', method: 'POST' })]);
  expect(both.all).toHaveLength(2);
});
