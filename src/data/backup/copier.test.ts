import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { openCopier } from './copier.ts';
import { copy, faultOf, seal } from './copy-work.ts';
import { newFolder } from './test-data.ts';

test('files that may be missing are left out, others are not; nothing is written over', async () => {
  const [from, to] = [newFolder(), newFolder()];
  writeFileSync(join(from, 'x'), 'text');
  const file = { how: 'file', from: join(from, 'x'), name: 'main.duckdb', isOptional: false } as const;
  const missing = { ...file, from: join(from, 'y'), name: 'catalog.yaml' } as const;
  expect(copy(to, [file, { ...missing, isOptional: true }])).toEqual(['main.duckdb']);
  expect(() => copy(to, [missing])).toThrow(/ENOENT/);
  expect(() => copy(to, [{ ...file, isOptional: true }])).toThrow(/EEXIST/);
  expect(await seal(to, ['main.duckdb'])).toEqual([
    {
      name: 'main.duckdb',
      bytes: 4,
      sha256: '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1',
    },
  ]);
});

test('a SQLite file that is none is a fault', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'x'), 'text that is no database, and long enough to be looked at as one'.repeat(20));
  expect(() =>
    copy(folder, [{ how: 'sqlite', from: join(folder, 'x'), name: 'state.sqlite', isOptional: false }]),
  ).toThrow(/not a database/);
});

test.each([
  [{ code: 'ENOSPC' }, true],
  [{ code: 'EDQUOT' }, true],
  [{ errcode: 13 }, true],
  [{ code: 'EIO' }, false],
])('%j', (members, isDiskFull) => {
  expect(faultOf(Object.assign(new Error('words'), members))).toEqual({ message: 'words', isDiskFull });
});

/** A process in the place of ours. */
function standIn(body: string): string {
  const file = join(newFolder(), 'stand-in.mjs');
  writeFileSync(file, body);
  return file;
}

test('a full disk is said as such', async () => {
  const copier = openCopier(
    undefined,
    standIn("process.on('message', () => process.send({ fault: { message: 'no room', isDiskFull: true } }))"),
  );
  await expect(copier.copy('x', [])).rejects.toMatchObject({
    code: 'warehouse.disk_full',
    detail: expect.stringContaining('no room'),
  });
  await copier.close();
});

test('a process that ends is noticed, before and while it is asked', async () => {
  const copier = openCopier(undefined, standIn("process.on('message', () => process.exit(3))"));
  await expect(copier.copy('x', [])).rejects.toMatchObject({ code: 'backup.failed' });
  await expect(copier.seal('x', [])).rejects.toMatchObject({ code: 'backup.failed' });
  await copier.close();
});

test('a signal ends the process and the wait', async () => {
  const controller = new AbortController();
  const gone = new AppError('statement.cancelled', 'gone');
  const copier = openCopier(controller.signal, standIn("process.on('message', () => {})"));
  const asked = copier.copy('x', []);
  controller.abort(gone);
  await expect(asked).rejects.toBe(gone);
  await copier.close();
});
