import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handOver, refuseUsedFolder } from './hand-over.ts';
import { fill, newFolder, serving, settingsFor } from './test-data.ts';

async function made(): Promise<string> {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 1);
  const { backups } = await serving(settings);
  return join(folder, 'backups', (await backups.create()).name);
}

test('moves to a folder that is not there, or is empty', async () => {
  const [from, parent] = [await made(), newFolder()];
  const names = readdirSync(from).toSorted();
  const far = join(parent, 'a', 'b');
  await handOver(from, far);
  expect([existsSync(from), readdirSync(far).toSorted()]).toEqual([false, names]);
  const empty = join(parent, 'empty');
  mkdirSync(empty);
  await handOver(far, empty);
  expect([existsSync(far), readdirSync(empty).toSorted()]).toEqual([false, names]);
});

test('copies to another file system, and to a folder that something is mounted on', async ({ skip }) => {
  const disk = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=50m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('no file system can be mounted here');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', disk]));
  const [first, second] = [await made(), await made()];
  const names = readdirSync(first).toSorted();
  await handOver(first, disk);
  expect([existsSync(first), readdirSync(disk).toSorted()]).toEqual([false, names]);
  await handOver(second, join(disk, 'below'));
  expect([existsSync(second), readdirSync(join(disk, 'below')).toSorted()]).toEqual([false, names]);
});

test('a used folder is refused, and a file; the backup stays where it is', async () => {
  const [from, folder] = [await made(), newFolder()];
  writeFileSync(join(folder, 'x'), '');
  await expect(handOver(from, folder)).rejects.toMatchObject({
    code: 'backup.failed',
    detail: expect.stringContaining('is not empty'),
  });
  expect(() => refuseUsedFolder(join(folder, 'x'))).toThrow(/is not a folder/);
  await expect(handOver(from, join(folder, 'x', 'y'))).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(existsSync(join(from, 'manifest.json'))).toBe(true);
});

test('what was damaged on the way is refused', async () => {
  const from = await made();
  writeFileSync(join(from, 'main.duckdb'), 'x');
  await expect(handOver(from, join(newFolder(), 'to'))).rejects.toMatchObject({ code: 'restore.failed' });
});
