import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeWhole } from './durable.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'durable-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a text takes the place of the old one, and is for its owner unless it is said otherwise', () => {
  const folder = newFolder();
  const file = join(folder, 'file');
  writeWhole(file, 'old and longer');
  writeWhole(file, 'new');
  writeWhole(join(folder, 'open'), 'x', 0o400);
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(['file', 'open'].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o400]);
  expect(readdirSync(folder)).toEqual(['file', 'open']);
});

test('what cannot be written leaves nothing', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'taken'));
  expect(() => writeWhole(join(folder, 'taken'), 'x')).toThrow(/EISDIR/);
  expect(() => writeWhole(join(folder, 'none', 'file'), 'x')).toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual(['taken']);
});
