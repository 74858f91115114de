import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makingName, removeLeftovers } from './leftovers.ts';

/** Larger than any process id that a system gives. */
const DEAD = 2 ** 30;
const NOW = Date.UTC(2026, 0, 1);

describe('removeLeftovers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, minutesOld = 0) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    utimesSync(path, NOW / 1000, NOW / 1000 - 60 * minutesOld);
    return name;
  };
  const clean = async () => {
    await removeLeftovers(join(folder, 'demo.duckdb'), NOW);
    return readdirSync(folder).sort();
  };

  it('removes the files of processes of this machine that are dead, at once', async () => {
    const own = `demo.duckdb.making-${hostname()}-${DEAD}-0a1b2c3d`;
    write(own);
    write(`${own}.wal`);
    expect(await clean()).toEqual([]);
  });

  it('keeps the files of those that are alive, and of other machines that wrote within the hour', async () => {
    const kept = [
      write(basename(makingName('demo.duckdb'))),
      write(`demo.duckdb.making-${hostname()}-1-0a1b2c3d`),
      write('demo.duckdb.making-elsewhere-7-0a1b2c3d', 59),
    ].sort();
    write('demo.duckdb.making-elsewhere-7-ffffffff', 61);
    write('demo.duckdb.making-what-is-this', 61);
    expect(await clean()).toEqual(kept);
  });

  it('touches nothing else', async () => {
    const others = [write('demo.duckdb', 999), write('main.duckdb.importing', 999), write('demo.duckdb.wal', 999)];
    expect(await clean()).toEqual(others.sort());
  });
});
