import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { AppError } from '../../lib/app-error.ts';
import { syncNow, writeWhole } from '../../lib/durable.ts';
import type { DataPaths } from '../source.ts';

/** One renaming; both are absolute paths. */
export type Move = { readonly from: string; readonly to: string };

type Paths = Pick<DataPaths, 'root' | 'journal'>;

/**
 * A restore changes several files, and no file system does that at once. So all renamings are written down first: when
 * that file is there the restore has happened, and whoever opens the folder next carries out what is left of it.
 * `step` is called before each change.
 */
export function commitRestore({ root, journal }: Paths, moves: readonly Move[], step: () => void = () => {}): void {
  const inRoot = (path: string) => relative(root, path);
  const text = JSON.stringify({ moves: moves.map(({ from, to }) => ({ from: inRoot(from), to: inRoot(to) })) });
  step();
  writeWhole(journal, `${text}\n`);
  try {
    finishRestore({ root, journal }, step);
  } catch (cause) {
    const why = `the data could not be put in their places yet: ${(cause as Error).message}`;
    throw new AppError('restore.failed', `${why}; the next npm start or npm run restore does it`, { cause });
  }
}

/** Carries out what a restore that was cut off has left to do; harmless when there is nothing. */
export function finishRestore({ root, journal }: Paths, step: () => void = () => {}): void {
  if (!existsSync(journal)) return;
  const { moves } = JSON.parse(readFileSync(journal, 'utf8')) as { moves: readonly Move[] };
  const touched = new Set<string>();
  for (const move of moves) {
    const [from, to] = [resolve(root, move.from), resolve(root, move.to)];
    step();
    // A target that is there was moved before: old files go away first, so nothing else can be in its place.
    if (existsSync(to) || !existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    touched.add(dirname(from)).add(dirname(to));
  }
  for (const folder of touched) syncNow(folder);
  step();
  rmSync(journal, { force: true });
  syncNow(root);
}
