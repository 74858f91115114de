import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import type { DataPaths } from '../source.ts';
import { checkState } from '../state/check-state.ts';
import { type Finding, well, wrong } from './finding.ts';

/** What the service keeps on this machine, whatever the warehouse: its folder, its records, room on the disk. */
export function localFindings(paths: DataPaths, settings: Pick<Settings, 'SPILL_BYTES'>): readonly Finding[] {
  return [folder(paths), records(paths), disk(paths, settings)];
}

/** Folders that are not there yet are made at the start. */
function folder({ root, folders, spill }: DataPaths): Finding {
  const places = [root, ...folders, spill].map(nearest);
  const file = places.find((path) => !statSync(path).isDirectory());
  if (file !== undefined) {
    return wrong('data folder', `${file} is no folder`, ['DATA_DIR=<folder>   # one that is, or can be made']);
  }
  const refused = places.find((path) => !isWritable(path));
  if (refused === undefined) return well('data folder', `${root}${existsSync(root) ? '' : ' (made at the start)'}`);
  return wrong('data folder', `this user may not write ${refused}`, [
    `chown -R ${process.getuid?.() ?? '$USER'} '${refused}'   # or set DATA_DIR to a folder that can be written`,
  ]);
}

function records({ state }: DataPaths): Finding {
  if (!existsSync(state)) return well('records', 'none yet; made at the start');
  try {
    checkState(state);
    if (isWritable(state)) return well('records', state);
    return wrong('records', `this user may not write ${state}`, [`chmod u+rw '${state}'`]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return wrong('records', error.detail);
  }
}

/** Below it a checkpoint or the log of the records may fail soon. */
const LEAST_BYTES = 1024 ** 3;

function disk({ root }: DataPaths, { SPILL_BYTES }: Pick<Settings, 'SPILL_BYTES'>): Finding {
  const place = nearest(root);
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const says = `${gigabytes(free)} free at ${place}`;
  if (free < LEAST_BYTES) return wrong('disk', says, ['free space, or set DATA_DIR to a folder on a larger disk']);
  const spill = free < SPILL_BYTES ? `; statements may spill ${gigabytes(SPILL_BYTES)} (SPILL_BYTES)` : '';
  return well('disk', `${says}${spill}`);
}

/** The path itself, or the nearest folder above it that is there. */
function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `1.5 GB`. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
