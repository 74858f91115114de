import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { createLane, type LaneOptions } from './lane.ts';

function lane(changes: Partial<LaneOptions<number>> = {}) {
  let made = 0;
  return createLane<number>({ size: 1, queue: 2, queueSeconds: 10, open: async () => ++made, ...changes });
}

describe('createLane', () => {
  it('opens resources when they are needed, and uses those it has first', async () => {
    const open = vi.fn(async () => 1);
    const two = lane({ size: 2, open });
    const first = await two.acquire();
    first.release();
    (await two.acquire()).release();
    expect(open).toHaveBeenCalledTimes(1);
    await Promise.all([two.acquire(), two.acquire()]);
    expect(open).toHaveBeenCalledTimes(2);
    expect(two.state()).toEqual({ connections: 2, busy: 2, waiting: 0, refused: 0 });
  });

  it('serves those who wait in their order', async () => {
    const one = lane();
    const held = await one.acquire();
    const order: string[] = [];
    const waiting = ['a', 'b'].map(async (name) => {
      const lease = await one.acquire();
      order.push(name);
      lease.release();
    });
    expect(one.state().waiting).toBe(2);
    held.release();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
    expect(one.state()).toEqual({ connections: 1, busy: 0, waiting: 0, refused: 0 });
  });

  it('takes a second release for nothing', async () => {
    const one = lane();
    const held = await one.acquire();
    held.release();
    held.release();
    expect(one.state().busy).toBe(0);
  });

  it('refuses at once when the queue is full, with a Retry-After that follows recent run times', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const one = lane({ queue: 0, queueSeconds: 1000 });
    const first = await one.acquire();
    const early = await one.acquire().catch((error: AppError) => error);
    expect(early).toMatchObject({ code: 'warehouse.busy', headers: { 'retry-after': '1' } });
    vi.advanceTimersByTime(60_000);
    first.release();
    await one.acquire();
    const late = await one.acquire().catch((error: AppError) => error);
    expect(late).toMatchObject({ code: 'warehouse.busy', headers: { 'retry-after': '12' } });
    expect(one.state().refused).toBe(2);
    vi.useRealTimers();
  });

  it('refuses who has waited too long', async () => {
    vi.useFakeTimers();
    const one = lane({ queueSeconds: 5 });
    await one.acquire();
    const waiting = one.acquire().catch((error: AppError) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await waiting).toMatchObject({ code: 'warehouse.busy', headers: { 'retry-after': expect.any(String) } });
    expect(one.state()).toMatchObject({ waiting: 0, refused: 1 });
    vi.useRealTimers();
  });

  it('lets who gives up leave the queue', async () => {
    const one = lane();
    const held = await one.acquire();
    const controller = new AbortController();
    const first = one.acquire(controller.signal).catch((error: AppError) => error);
    const second = one.acquire();
    controller.abort();
    expect(await first).toMatchObject({ code: 'statement.cancelled' });
    held.release();
    await expect(second).resolves.toMatchObject({ resource: 1 });
    expect(await one.acquire(controller.signal).catch((error: AppError) => error)).toMatchObject({
      code: 'statement.cancelled',
    });
  });

  it('passes its place on when a resource cannot be opened', async () => {
    const open = vi.fn(async () => 1).mockRejectedValueOnce(new Error('no'));
    const one = lane({ open });
    const [failed, next] = [one.acquire(), one.acquire()];
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toMatchObject({ resource: 1 });
  });

  it('closes: refuses what waits and comes, and hands out what was opened when all is back', async () => {
    const one = lane();
    const held = await one.acquire();
    const waiting = one.acquire().catch((error: AppError) => error);
    const reason = new AppError('warehouse.unavailable', 'closing');
    let isClosed = false;
    const closing = one.close(reason).then((opened) => ((isClosed = true), opened));
    expect(await waiting).toBe(reason);
    await expect(one.acquire()).rejects.toBe(reason);
    expect(isClosed).toBe(false);
    held.release();
    expect(await closing).toEqual([1]);
    expect(await lane().close(reason)).toEqual([]);
  });

  it('closes what was being opened, too', async () => {
    const one = lane();
    const opening = one.acquire().catch((error: AppError) => error);
    const reason = new AppError('warehouse.unavailable', 'closing');
    expect(await one.close(reason)).toEqual([1]);
    expect(await opening).toBe(reason);
  });
});
