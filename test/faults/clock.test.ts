import { expect, onTestFinished, test } from 'vitest';
import { pino } from 'pino';
import { createService } from '../../src/app.ts';
import { settingsWith } from '../../src/config/settings.ts';
import { folderWith } from '../imports-client.ts';
import { clientOf } from '../world-client.ts';

const DAY = 86_400_000;

/** The service over a folder, by a clock that the test moves. */
async function served(folder: string, clock: { now: number }) {
  const service = await createService({
    settings: settingsWith({ DATA_DIR: folder, DEMO: 'off', MEMORY_LIMIT: 512 * 1024 ** 2, THREADS: 1 }),
    logger: pino({ level: 'silent' }),
    version: '1.2.3',
    clock: () => new Date(clock.now),
    progress: () => undefined,
  });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await service.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { ...clientOf(service.current().app), service, close };
}

test('a clock that jumps back and forward loses nothing and breaks nothing', async () => {
  const folder = folderWith();
  const clock = { now: Date.parse('2026-10-01T12:00:00Z') };
  const first = await served(folder, clock);
  for (const productId of ['A', 'B', 'C', 'D']) await first.post('/v1/products', { productId });
  await first.post('/v1/customers', { customerId: 'X' });
  const held = { relationshipId: '1', customerId: 'X', productId: 'A', startDate: '2026-10-01' };
  expect((await first.post('/v1/relationships', held)).status).toBe(201);
  const { nextCursor } = (await first.get('/v1/products?limit=1')).json.page!;
  const etag = (await first.get('/v1/products/A')).headers['etag'];
  const owned = async () => (await first.get('/v1/customers/X/products')).json;
  expect((await owned()).data).toHaveLength(1);

  for (const days of [-1, +2, -400, +800]) {
    clock.now += days * DAY;
    const page = await first.get(`/v1/products?cursor=${nextCursor!}`);
    expect([page.status, page.json.data.map(({ productId }) => productId)]).toEqual([200, ['B', 'C', 'D']]);
    expect((await first.get('/v1/products/A')).headers['etag']).toBe(etag);
    // Before the first start nothing is owned yet; from that day on it is.
    const { data, meta } = await owned();
    expect(data).toHaveLength(clock.now < Date.parse('2026-10-01') ? 0 : 1);
    expect(meta['asOf'] <= new Date(clock.now).toISOString().slice(0, 10)).toBe(true);
    const written = await first.post('/v1/customers', { customerId: `at ${clock.now}` });
    expect(written.status).toBe(201);
    expect((await first.get('/v1/imports')).status).toBe(200);
  }
  await first.close();

  clock.now -= 1000 * DAY;
  const again = await served(folder, clock);
  expect((await again.get('/v1/customers')).json.data).toHaveLength(5);
  expect((await again.get(`/v1/products?cursor=${nextCursor!}`)).json.data).toHaveLength(3);
  expect((await again.get('/v1/products/A')).headers['etag']).toBe(etag);
});
