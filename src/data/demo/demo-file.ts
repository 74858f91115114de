import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Value } from 'typebox/value';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { dataPaths } from '../source.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';
import { generateDemo } from './generate.ts';
import { makingName, removeLeftovers } from './leftovers.ts';
import { DemoTruth } from './truth.ts';
import type { DemoSize } from './world.ts';

export type DemoFileOptions = {
  readonly settings: Settings;
  readonly size: DemoSize;
  readonly seed: number;
  /** What to do with a demo.duckdb that is there by the time that the new one is complete. */
  readonly existing: 'replace' | 'keep';
  readonly progress: (phase: string, share: number) => void;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Makes DATA_DIR/demo.duckdb and demo-truth.json. The database is made under another name and takes its own when it is
 * complete: a kill leaves the old one, or none, and never a half one. Throws `warehouse.locked` when another process
 * has the old one open and it would be replaced.
 */
export async function makeDemoFile(options: DemoFileOptions): Promise<DemoTruth> {
  const { settings, existing } = options;
  const { demo, spill } = dataPaths(settings);
  await mkdir(spill, { recursive: true });
  for (const file of [demo, truthFile(settings)]) await removeLeftovers(file, Date.now());
  if (existing === 'replace') await refuseIfOpen(settings, demo, spill);
  const making = makingName(demo);
  try {
    const truth = await fillDatabase(options, making, spill);
    const isTaken =
      existing === 'keep' ? await takeNameIfFree(making, demo) : await replaceDatabase(options, making, demo, spill);
    if (isTaken) await writeTruth(truthFile(settings), truth);
    return truth;
  } finally {
    for (const file of [making, `${making}.wal`]) await rm(file, { force: true });
  }
}

export function truthFile(settings: Settings): string {
  return join(dirname(dataPaths(settings).demo), 'demo-truth.json');
}

/** What demo-truth.json says, or undefined when it is absent or not by this version of the generator. */
export async function readTruth(settings: Settings): Promise<DemoTruth | undefined> {
  try {
    const truth: unknown = JSON.parse(await readFile(truthFile(settings), 'utf8'));
    return Value.Check(DemoTruth, truth) ? truth : undefined;
  } catch {
    return undefined;
  }
}

async function fillDatabase(options: DemoFileOptions, file: string, spill: string): Promise<DemoTruth> {
  const { settings, size, seed, progress, signal } = options;
  const warehouse = await open(settings, file, spill);
  try {
    return await generateDemo({ warehouse, tenant: tenant('default'), size, seed, progress, signal });
  } finally {
    await warehouse.close();
  }
}

function open(settings: Settings, file: string, spillDir: string): Promise<Warehouse> {
  // The few rows that the generator reads are no answer of the service: its limit does not hold for them.
  const unlimited = { ...settings, RESULT_ROWS: 100_000 };
  return openDuckdb({ settings: unlimited, fileOf: () => file, spillDir });
}

async function refuseIfOpen(settings: Settings, demo: string, spill: string): Promise<void> {
  if (!existsSync(demo)) return;
  try {
    const warehouse = await open(settings, demo, spill);
    try {
      await warehouse.ping(tenant('default'));
    } finally {
      await warehouse.close();
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'warehouse.locked') return;
    throw new AppError(
      'warehouse.locked',
      `${demo} is open in another process, likely a service that serves it: stop it, or use another DATA_DIR`,
      { cause: error },
    );
  }
}

/** The old truth goes before and the new one comes after: what a kill leaves is never the truth about other data. */
async function replaceDatabase(
  { settings }: DemoFileOptions,
  making: string,
  demo: string,
  spill: string,
): Promise<true> {
  await refuseIfOpen(settings, demo, spill);
  await rm(truthFile(settings), { force: true });
  await rm(`${demo}.wal`, { force: true });
  await rename(making, demo);
  return true;
}

/** False when the name was taken in the meantime: of two that make the file at once the first one's stays, since the other may read it already. */
async function takeNameIfFree(making: string, demo: string): Promise<boolean> {
  try {
    await link(making, demo);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // A file system without hard links: a rename leaves a short gap between looking and taking.
  if (existsSync(demo)) return false;
  await rename(making, demo);
  return true;
}

async function writeTruth(file: string, truth: DemoTruth): Promise<void> {
  const making = makingName(file);
  await writeFile(making, `${JSON.stringify(truth, null, 2)}\n`, { flush: true });
  await rename(making, file);
}
