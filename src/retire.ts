import type { Settings } from './config/settings.ts';
import type { Generation } from './generation.ts';

/** How often it is looked whether the last request has ended. */
const LOOK_MS = 50;

/**
 * Lets the requests of a generation end, as long as a streamed answer may take, then closes what the next one does not
 * use. Requests that are still running then are cut off.
 */
export async function retire(
  last: Generation,
  next: Generation,
  { STREAM_SECONDS }: Pick<Settings, 'STREAM_SECONDS'>,
): Promise<void> {
  const { lifecycle } = last.app;
  const until = performance.now() + STREAM_SECONDS * 1000;
  while (lifecycle.running > 0 && lifecycle.phase !== 'draining' && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
  try {
    await last.app.close();
  } finally {
    // What it kept in the database is no use to the next one.
    last.engine.derivations.clear();
    if (last.data !== next.data) await last.data.warehouse.close();
  }
}
