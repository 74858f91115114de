import type { Settings } from '../../../config/settings.ts';
import type { AppError } from '../../../lib/app-error.ts';
import type { Watch } from '../deadline.ts';
import { closeLanes, openLanes, type Lanes } from '../lanes.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Driver } from './driver.ts';
import { createSeat, type Seat } from './seat.ts';

/** Sessions by lane, and what watches over all of them. */
export type Pool = {
  readonly lanes: Lanes<Seat>;
  readonly breaker: Breaker;
  readonly running: Set<Watch>;
  /** Makes all runs end with this reason, waits for them, ends the sessions and the driver. */
  close(reason: AppError): Promise<void>;
};

type PoolOptions = { readonly settings: Settings; readonly driver: Driver; readonly now: () => number };

export function openPool({ settings, driver, now }: PoolOptions): Pool {
  const breaker = createBreaker({ now });
  const running = new Set<Watch>();
  const lanes = openLanes(settings, async () =>
    createSeat({ driver, breaker, idleSeconds: settings.SNOWFLAKE_IDLE_SECONDS, now }),
  );
  return {
    lanes,
    breaker,
    running,
    async close(reason) {
      const seats = await closeLanes(lanes, running, reason);
      await Promise.all(seats.map((one) => one.close()));
      await driver.close();
    },
  };
}
