import type { Settings } from '../../../config/settings.ts';
import type { AppError } from '../../../lib/app-error.ts';
import type { Watch } from '../deadline.ts';
import { createLane, type Lane } from '../lane.ts';
import type { Lane as LaneName } from '../port.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Driver } from './driver.ts';
import { createSeat, type Seat } from './seat.ts';

/** Sessions by lane, and what watches over all of them. */
export type Pool = {
  readonly lanes: Readonly<Record<LaneName | 'writer', Lane<Seat>>>;
  readonly breaker: Breaker;
  readonly running: Set<Watch>;
  /** Makes all runs end with this reason, waits for them, ends the sessions and the driver. */
  close(reason: AppError): Promise<void>;
};

type PoolOptions = { readonly settings: Settings; readonly driver: Driver; readonly now: () => number };

export function openPool({ settings, driver, now }: PoolOptions): Pool {
  const breaker = createBreaker({ now });
  const running = new Set<Watch>();
  const seat = () => createSeat({ driver, breaker, idleSeconds: settings.SNOWFLAKE_IDLE_SECONDS, now });
  const lane = (size: number, queue: number, queueSeconds: number) =>
    createLane({ size, queue, queueSeconds, open: async () => seat() });
  const lanes = {
    fast: lane(settings.FAST_CONNECTIONS, settings.FAST_QUEUE, settings.QUEUE_SECONDS),
    heavy: lane(settings.HEAVY_CONNECTIONS, settings.HEAVY_QUEUE, settings.QUEUE_SECONDS),
    // Writes wait for one another as long as it takes: an import is one of them.
    writer: lane(1, Infinity, Infinity),
  };
  return {
    lanes,
    breaker,
    running,
    async close(reason) {
      const closing = Object.values(lanes).map((one) => one.close(reason));
      for (const watch of running) watch.stop(reason);
      const seats = (await Promise.all(closing)).flat();
      await Promise.all(seats.map((one) => one.close()));
      await driver.close();
    },
  };
}
