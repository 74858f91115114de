import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { withClearErrors } from './clear-error.ts';
import { openState } from './open-state.ts';

const clock = () => new Date('2026-03-01T10:00:00Z');
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'data', 'state.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problem = (detail: RegExp) =>
  expect.objectContaining({ code: 'state.unavailable', status: 503, detail: expect.stringMatching(detail) });

describe('the store', () => {
  test('makes folder and file, writes ahead, waits for the disk and keeps references', () => {
    const state = openState({ file, clock });
    expect(state.all('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(state.all('pragma synchronous')).toEqual([{ synchronous: 2 }]);
    expect(state.all('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(state.all('pragma busy_timeout')).toEqual([{ timeout: 5000 }]);
    expect(state.ping()).toBeGreaterThan(0);
    state.close();
  });

  test.skipIf(process.platform === 'win32')('is readable for its owner only, as it holds a secret', () => {
    const state = openState({ file, clock });
    for (const part of ['', '-wal', '-shm']) expect(statSync(file + part).mode & 0o077).toBe(0);
    state.close();
  });

  test('a transaction is stored as a whole or not at all', () => {
    const state = openState({ file, clock });
    const insert = (name: string) => state.run('insert into secrets values (?, ?, ?)', name, randomBytes(1), 'now');
    expect(state.transaction(() => insert('a') + insert('b'))).toBe(2);
    expect(() => state.transaction(() => insert('c') + insert('a'))).toThrow('UNIQUE');
    const rollBack = "insert or rollback into secrets values ('a', x'00', 'now')";
    expect(() => state.transaction(() => insert('d') + state.run(rollBack))).toThrow('UNIQUE');
    expect(state.all('select name from secrets order by name').map(({ name }) => name)).toEqual(['a', 'b']);
    state.close();
  });

  test('a mistake in a statement is no fault of the file', () => {
    const state = openState({ file, clock });
    expect(() => state.all('select absent')).toThrow('no such column');
    state.close();
  });
});

describe('a store that cannot be used says why', () => {
  test('not a SQLite file', () => {
    openState({ file, clock }).close();
    writeFileSync(file, 'name,value\n'.repeat(500));
    expect(() => openState({ file, clock })).toThrow(problem(/state\.sqlite: it is not a SQLite file; restore/));
  });

  test('damaged pages', () => {
    openState({ file, clock }).close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, 4096));
    expect(() => openState({ file, clock })).toThrow(problem(/it is damaged; restore/));
  });

  test('a file that was cut off', () => {
    openState({ file, clock }).close();
    truncateSync(file, 4096);
    expect(() => openState({ file, clock })).toThrow(problem(/it is damaged; restore/));
  });

  test('a folder in its place, a file in place of its folder', () => {
    expect(() => openState({ file: folder, clock })).toThrow(problem(/it is a folder/));
    writeFileSync(join(folder, 'data'), '');
    expect(() => openState({ file, clock })).toThrow(problem(/a part of its path is not a folder/));
  });

  test.skipIf(process.platform === 'win32')('a file that may not be written', async () => {
    openState({ file, clock }).close();
    const other = otherProcess(
      { openState: new URL('./open-state.ts', import.meta.url) },
      `
      import { chmodSync } from 'node:fs';
      chmodSync(${JSON.stringify(folder)}, 0o755);
      chmodSync(${JSON.stringify(file)}, 0o444);
      if (process.getuid() === 0) process.setuid(65534);
      try { openState({ file: ${JSON.stringify(file)}, clock: () => new Date() }); } catch (error) { say(error.message); }`,
    );
    await other.ended;
    expect(other.lines).toEqual([expect.stringMatching(/^state\.unavailable: .*state\.sqlite: permission denied; /)]);
  });

  test('a connection that may only read', () => {
    openState({ file, clock }).close();
    const reader = new DatabaseSync(file, { readOnly: true });
    expect(() => withClearErrors(file, () => reader.exec('begin immediate; delete from secrets'))).toThrow(
      problem(/it is read-only/),
    );
    reader.close();
  });

  test('a full disk: the write fails, what was there stays', () => {
    const state = openState({ file, clock });
    const insert = (name: string, size: number) =>
      state.run('insert into secrets values (?, ?, ?)', name, new Uint8Array(size), 'now');
    insert('before', 1);
    state.all('pragma max_page_count = 1');
    expect(() => insert('after', 100_000)).toThrow(problem(/the disk is full/));
    expect(state.all('select name from secrets')).toEqual([{ name: 'before' }]);
    state.close();
  });

  test('another process that keeps the lock', () => {
    const state = openState({ file, clock });
    const impatient = new DatabaseSync(file, { timeout: 0 });
    state.transaction(() => {
      expect(() => withClearErrors(file, () => impatient.exec('begin immediate'))).toThrow(
        problem(/another process holds it locked/),
      );
    });
    impatient.close();
    state.close();
  });

  test('what is no error of the file passes unchanged', () => {
    for (const thrown of ['text', new Error('plain'), Object.assign(new Error('x'), { code: 'EOTHER' })]) {
      expect(() =>
        withClearErrors(file, () => {
          throw thrown;
        }),
      ).toThrow(thrown);
    }
  });
});
