import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { folderWith } from './data-folder.ts';

/** A folder on a disk of so many kilobytes; the test is skipped where none can be mounted. */
export function smallDisk(kilobytes: number, skip: TestContext['skip']): string {
  const folder = join(folderWith(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    skip('no file system can be mounted here');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}
