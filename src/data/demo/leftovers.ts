import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

const MARK = '.making-';
/** A run writes all the time; a file of another machine that was not written for so long belongs to a run that died. */
const OLD_MS = 3_600_000;

/** A name beside `file` under which it is made; it tells who makes it. */
export function makingName(file: string): string {
  return `${file}${MARK}${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes what runs that died left beside `file`. Files of runs that are alive stay. */
export async function removeLeftovers(file: string, now: number): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(file)}${MARK}`)) continue;
    const path = join(folder, name);
    if (await isLeftOver(path, now)) await rm(path, { recursive: true, force: true });
  }
}

async function isLeftOver(path: string, now: number): Promise<boolean> {
  const [, host, pid] = new RegExp(`${MARK.replaceAll('.', '\\.')}(.*)-(\\d+)-[0-9a-f]{8}`).exec(path) ?? [];
  if (host === hostname() && !isAlive(Number(pid))) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
  return now - mtimeMs > OLD_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
