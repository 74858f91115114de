import { array, assert, constantFrom, integer, oneof, constant, property } from '../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { changeLog, type ChangedKeys } from './change-log.ts';

const KEYS = ['a', 'b', 'c', 'd'];
const write = oneof(
  { weight: 8, arbitrary: array(constantFrom(...KEYS), { maxLength: 4 }) },
  { weight: 1, arbitrary: constant<ChangedKeys>('all') },
);

test('one key or all of them: both say what was changed since a version, or that it is forgotten', () => {
  assert(
    property(array(write, { maxLength: 12 }), integer({ min: 0, max: 12 }), (writes, version) => {
      const log = changeLog(6);
      writes.forEach((keys, i) => log.note('t', i + 1, keys));
      const later = writes.slice(version);
      const [since, isChanged] = [log.since('t', version), log.isChangedSince('t', version)];
      expect(isChanged === 'all').toBe(since === 'all');
      if (later.includes('all')) expect(since).toBe('all');
      if (later.flat().length <= 6 && !later.includes('all')) expect(since).not.toBe('all');
      if (since === 'all' || isChanged === 'all') return;
      expect(since).toEqual(new Set(later.flat()));
      expect(KEYS.filter(isChanged)).toEqual(KEYS.filter((key) => later.flat().includes(key)));
    }),
  );
});

test('a question about a key is also answered for what comes later; other tables are not meant', () => {
  const log = changeLog();
  log.note('t', 1, ['a']);
  const isChanged = log.isChangedSince('t', 1) as (key: string) => boolean;
  expect(isChanged('a')).toBe(false);
  log.note('t', 2, ['a']);
  log.note('u', 2, ['b']);
  expect([isChanged('a'), isChanged('b')]).toEqual([true, false]);
  const isChangedInNew = log.isChangedSince('v', 0) as typeof isChanged;
  expect(isChangedInNew('a')).toBe(false);
  log.note('v', 1, ['a']);
  expect([isChangedInNew('a'), isChangedInNew('b')]).toEqual([true, false]);
  log.note('v', 2, 'all');
  expect([isChangedInNew('a'), isChangedInNew('b')]).toEqual([true, true]);
});

test('writes that change no key leave nothing behind', () => {
  const log = changeLog(2);
  log.note('t', 1, ['a', 'b']);
  const before = log.since('t', 0);
  for (let version = 2; version < 1_000; version++) log.note('t', version, []);
  expect(log.since('t', 0)).toBe(before);
  expect(log.since('t', 1)).toEqual(new Set());
});
