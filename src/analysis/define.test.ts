import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { sql } from '../data/sql/sql.ts';
import { defineAnalysis } from './define.ts';

const sound = {
  name: 'retention.cohorts',
  title: 'T',
  description: 'D',
  params: Type.Object({}),
  row: Type.Object({ cohort: Type.String(), rate: Type.Number() }),
  sql: () => sql`select 1 as cohort, 1 as rate`,
  examples: [{ title: 'E', params: {} }],
} satisfies Parameters<typeof defineAnalysis>[0];
const listing = { key: ['cohort'], sort: ['-rate', 'cohort'], search: ['cohort'] };

test('a sound declaration is frozen and given back', () => {
  expect(defineAnalysis(sound)).toBe(sound);
  expect(Object.isFrozen(defineAnalysis({ ...sound, listing, name: 'a.top-10' }))).toBe(true);
});

test.each(['retention', 'Retention.cohorts', 'retention.', 'a.b.c', 'a_b.c', '.x', 'a.-b', 'a-.b'])(
  'the name %j is refused',
  (name) => {
    expect(() => defineAnalysis({ ...sound, name })).toThrow('the name must be feature.topic');
  },
);

test('no example, no way or two ways to get rows, and a finish without rows are refused', () => {
  const { sql: select, ...rest } = sound;
  const run = () => Promise.resolve([]);
  expect(() => defineAnalysis({ ...sound, examples: [] as unknown as typeof sound.examples })).toThrow('one example');
  expect(() => defineAnalysis(rest)).toThrow('exactly one of sql, run and batches');
  expect(() => defineAnalysis({ ...rest, run, sql: select })).toThrow('exactly one of sql, run and batches');
  const batches = () => Promise.reject(new Error('not asked'));
  expect(() => defineAnalysis({ ...rest, run, batches, delivery: 'stream' })).toThrow(
    'exactly one of sql, run and batches',
  );
  expect(() => defineAnalysis({ ...rest, batches })).toThrow('batches are delivered as a stream');
  expect(() => defineAnalysis({ ...rest, run, finish: (rows) => rows })).toThrow('finish needs sql');
});

test('a listing needs plain sql and fields that the row has', () => {
  expect(() => defineAnalysis({ ...sound, listing, finish: (rows) => rows })).toThrow('a listing is plain sql');
  const { sql: _, ...rest } = sound;
  expect(() => defineAnalysis({ ...rest, listing, run: () => Promise.resolve([]) })).toThrow('a listing is plain sql');
  for (const part of ['key', 'sort', 'search'])
    expect(() => defineAnalysis({ ...sound, listing: { ...listing, [part]: ['size'] } })).toThrow('has no field size');
});
