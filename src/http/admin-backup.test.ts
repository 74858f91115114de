import { expect, test } from 'vitest';
import { listeningServer } from '../../test/listening-server.ts';
import type { Backup, Backups } from '../data/backup/backups.ts';
import { AppError } from '../lib/app-error.ts';
import { mountBackup } from './admin-backup.ts';

const MADE: Backup = {
  name: '20260301T100000Z',
  manifest: {
    format: 1,
    createdAt: '2026-03-01T10:00:00.250Z',
    service: '1.2.3',
    source: 'main',
    files: [{ name: 'main.duckdb', bytes: 3, sha256: 'a'.repeat(64) }],
    dataVersions: { customers: 2, 'my.table': 1 },
    namedCatalog: null,
  },
  seconds: 1.5,
  heldSeconds: 0.25,
};

const serverOf = (create: Backups['create']) => listeningServer((app) => mountBackup(app, { create }));
const post = (url: string, init: RequestInit = {}) => fetch(`${url}/v1/admin/backups`, { method: 'POST', ...init });

test('answers 201 with what was made, whole', async () => {
  const { url } = await serverOf(() => Promise.resolve(MADE));
  const answer = await post(url);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
  expect(await answer.json()).toEqual({ data: MADE });
  expect((await post(url, { headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(201);
});

test.each(['{"folder":"/tmp"}', '[1]', 'null', '"x"'])('the body %s is refused', async (body) => {
  const { url } = await serverOf(() => Promise.resolve(MADE));
  const answer = await post(url, { headers: { 'content-type': 'application/json' }, body });
  expect(await answer.json()).toMatchObject({
    code: 'request.invalid',
    detail: expect.stringContaining('must be empty'),
  });
});

test.each(['backup.demo', 'backup.running', 'backup.failed', 'warehouse.disk_full'] as const)(
  '%s is a problem',
  async (code) => {
    const { url } = await serverOf(() => Promise.reject(new AppError(code, 'words')));
    const answer = await post(url);
    expect(await answer.json()).toMatchObject({ code, status: answer.status });
  },
);

test('a client that leaves calls it off', async () => {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const { url } = await serverOf((signal) => {
    begun.resolve();
    return new Promise((_, reject) => {
      signal!.addEventListener('abort', () => {
        ended.resolve(signal!.reason);
        reject(signal!.reason as Error);
      });
    });
  });
  const controller = new AbortController();
  const asked = post(url, { signal: controller.signal });
  await begun.promise;
  controller.abort();
  await expect(asked).rejects.toThrow();
  expect(await ended.promise).toMatchObject({ code: 'statement.cancelled' });
});
