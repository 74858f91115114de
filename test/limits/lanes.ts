import { expect } from 'vitest';
import { busy, driven, eventually, refused, type ServedWorld } from './served-world.ts';

type Lane = 'fast' | 'heavy';
const SLOW: Readonly<Record<Lane, string>> = { fast: 'slow.endless-look-up', heavy: 'slow.endless' };

/** Asks as many questions without an answer as a lane runs and holds, does `work` meanwhile, and leaves. */
async function whileFull(served: ServedWorld, lane: Lane, running: number, waiting: number, work: () => Promise<void>) {
  const leave = new AbortController();
  const asked = Array.from({ length: running + waiting }, (_, n) =>
    served.ask(`/v1/analyses/${SLOW[lane]}?n=${n}`, { signal: leave.signal }),
  );
  const ended = Promise.allSettled(asked);
  await eventually(() => expect(busy(served.world)[lane]).toEqual([running, waiting]));
  await work();
  expect(busy(served.world)[lane][0]).toBe(running);
  leave.abort();
  expect((await ended).map(({ status }) => status)).toEqual(asked.map(() => 'rejected'));
}

/** A lane runs as many statements as its setting says, and the other lane answers meanwhile. */
export function fastConnections(): Promise<void> {
  return driven({ FAST_CONNECTIONS: 3, HEAVY_CONNECTIONS: 1, THREADS: 1 }, (served) =>
    whileFull(served, 'fast', 3, 2, async () => {
      expect((await served.answer('/v1/analyses/ownership.summary')).data).toHaveLength(1);
    }),
  );
}

/** Look-ups and lists never wait behind analytics, from the very first of them. */
export function heavyConnections(): Promise<void> {
  return driven({ HEAVY_CONNECTIONS: 3, THREADS: 1 }, (served) =>
    whileFull(served, 'heavy', 3, 2, async () => {
      const products = (await served.answer('/v1/customers/C1/products')).data;
      expect(products.map(({ productId }) => productId)).toEqual(['P1', 'P2']);
      const rows = (await served.answer('/v1/customers/C1/products?grain=relationship')).data;
      expect(rows).toHaveLength(3);
      expect((await served.answer('/v1/customers?sort=-customerName&limit=2')).data).toHaveLength(2);
      expect((await served.answer('/v1/products/P1/customers')).data.length).toBeGreaterThan(1);
      expect((await served.ask('/v1/relationships/R01')).status).toBe(200);
      await refused(served.ask('/v1/customers/nobody/products'), 404, 'customer.not_found');
    }),
  );
}

export function fastQueue(): Promise<void> {
  return refusesOneMore('fast', { FAST_CONNECTIONS: 1, FAST_QUEUE: 2 });
}

export function heavyQueue(): Promise<void> {
  return refusesOneMore('heavy', { HEAVY_CONNECTIONS: 1, HEAVY_QUEUE: 2 });
}

/** What the queue cannot hold is refused at once, not after QUEUE_SECONDS, and told when to come again. */
function refusesOneMore(lane: Lane, settings: object): Promise<void> {
  return driven({ ...settings, QUEUE_SECONDS: 3600, THREADS: 1 }, (served) =>
    whileFull(served, lane, 1, 2, async () => {
      const responses = await Promise.all([8, 9].map((n) => served.ask(`/v1/analyses/${SLOW[lane]}?n=${n}`)));
      for (const response of responses) {
        expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
        expect((await refused(response, 503, 'warehouse.busy')).detail).toBe('2 statements wait already.');
      }
      expect(served.world.warehouse.state()[lane].refused).toBe(2);
      if (lane === 'heavy') await refused(served.ask('/v1/customers?format=csv'), 503, 'warehouse.busy');
    }),
  );
}

/** The engine computes with as many threads as it was given. */
export async function threads(): Promise<void> {
  for (const THREADS of [1, 3]) {
    await driven({ THREADS }, async ({ answer }) => {
      expect((await answer('/v1/analyses/slow.threads')).data).toEqual([{ n: THREADS }]);
    });
  }
}
