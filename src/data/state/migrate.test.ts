import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { checksumOf, migrate } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

const clock = () => new Date('2026-03-01T10:00:00Z');
const one: Migration = { number: 1, name: 'first', sql: 'create table a (x)' };
const two: Migration = { number: 2, name: 'second', sql: 'create table b (x)' };

const tables = (database: DatabaseSync) =>
  database
    .prepare("select name from sqlite_master where type = 'table' order by name")
    .all()
    .map(({ name }) => name);
const problem = (detail: RegExp) =>
  expect.objectContaining({ code: 'state.unavailable', detail: expect.stringMatching(detail) });

test('the steps are numbered from 1 without gaps, and those released never change', () => {
  expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  expect(MIGRATIONS.map((step) => checksumOf(step).slice(0, 12))).toEqual([
    '3e4c0fc33a11',
    '5c451a5ec75d',
    '97b38b0ffeee',
  ]);
});

test('steps run in order, once, with their checksums', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, [one], clock);
  migrate(database, [one, two], clock);
  migrate(database, [one, two], clock);
  expect(tables(database)).toEqual(['a', 'b', 'migrations']);
  expect(database.prepare('select * from migrations').all()).toEqual([
    { number: 1, name: 'first', checksum: checksumOf(one), applied_at: '2026-03-01T10:00:00.000Z' },
    { number: 2, name: 'second', checksum: checksumOf(two), applied_at: '2026-03-01T10:00:00.000Z' },
  ]);
});

test('a step that fails leaves nothing of itself, and runs again when it was mended', () => {
  const database = new DatabaseSync(':memory:');
  const broken = { ...two, sql: 'create table b (x); create table a (y)' };
  expect(() => migrate(database, [one, broken], clock)).toThrow('table a already exists');
  expect(tables(database)).toEqual(['a', 'migrations']);
  migrate(database, [one, two], clock);
  expect(tables(database)).toEqual(['a', 'b', 'migrations']);
});

test('a step that was changed after it ran refuses to open', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, [one], clock);
  const edited = { ...one, sql: `${one.sql} ` };
  expect(() => migrate(database, [edited, two], clock)).toThrow(problem(/migration 1 "first" was changed after/));
  expect(tables(database)).toEqual(['a', 'migrations']);
});

test('a store of a newer version refuses to open', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, [one, two], clock);
  expect(() => migrate(database, [one], clock)).toThrow(problem(/migration 2 "second" is not known: a newer version/));
});
