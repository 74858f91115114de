import type { Settings } from '../../config/settings.ts';
import type { AppError } from '../../lib/app-error.ts';
import type { Watch } from './deadline.ts';
import { createLane, type Lane } from './lane.ts';
import type { Lane as LaneName } from './port.ts';

/** The lanes of a warehouse; `open` makes what they hand out. */
export type Lanes<T> = Readonly<Record<LaneName | 'writer', Lane<T>>>;

export function openLanes<T>(settings: Settings, open: () => Promise<T>): Lanes<T> {
  const { QUEUE_SECONDS: queueSeconds } = settings;
  return {
    fast: createLane({ size: settings.FAST_CONNECTIONS, queue: settings.FAST_QUEUE, queueSeconds, open }),
    heavy: createLane({ size: settings.HEAVY_CONNECTIONS, queue: settings.HEAVY_QUEUE, queueSeconds, open }),
    // Writes wait for one another as long as it takes: an import is one of them.
    writer: createLane({ size: 1, queue: Infinity, queueSeconds: Infinity, open }),
  };
}

/** Refuses what waits, stops what runs, waits for it, and gives what was opened. */
export async function closeLanes<T>(
  lanes: Lanes<T>,
  running: ReadonlySet<Watch>,
  reason: AppError,
): Promise<readonly T[]> {
  const closing = Object.values(lanes).map((lane) => lane.close(reason));
  for (const watch of running) watch.stop(reason);
  return (await Promise.all(closing)).flat();
}
