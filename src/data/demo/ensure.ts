import { existsSync } from 'node:fs';
import type { Settings } from '../../config/settings.ts';
import { dataPaths } from '../source.ts';
import { makeDemoFile } from './demo-file.ts';
import { DEMO_SIZES } from './world.ts';

/** Seed of the demo data when none is named. */
export const DEFAULT_SEED = 1;

/**
 * Makes DATA_DIR/demo.duckdb of size S when it is not there. Several processes may do so at once: one file comes out.
 * `progress` hears lines for a person who waits.
 */
export async function ensureDemo({
  settings,
  progress,
}: {
  readonly settings: Settings;
  readonly progress: (line: string) => void;
}): Promise<void> {
  if (existsSync(dataPaths(settings).demo)) return;
  const { customers, products } = DEMO_SIZES.S;
  const say = progressLine(progress);
  progress(`making demo data: ${customers.toLocaleString('en')} customers, ${products.toLocaleString('en')} products`);
  await makeDemoFile({ settings, size: 'S', seed: DEFAULT_SEED, existing: 'keep', progress: say });
}

/** Turns the steps of the generator into lines. */
export function progressLine(say: (line: string) => void): (phase: string, share: number) => void {
  return (phase, share) => say(`${String(Math.round(share * 100)).padStart(3)} % ${phase}`);
}
