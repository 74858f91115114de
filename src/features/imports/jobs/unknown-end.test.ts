import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsWith } from '../../../config/settings.ts';
import { dataPaths } from '../../../data/source.ts';
import { openState } from '../../../data/state/open-state.ts';
import { tenant } from '../../../data/warehouse/tenant.ts';
import { AppError } from '../../../lib/app-error.ts';
import type { ImportHost } from './host.ts';
import { importJobs } from './jobs.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'unknown-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('an import of which nobody knows whether its rows are stored is called neither done nor failed', async () => {
  const settings = settingsWith({ DATA_DIR: folder });
  const state = openState({ file: join(folder, 'state.sqlite'), clock: () => new Date() });
  const unknown = new AppError('write.unknown', 'no answer');
  const { promise: reached, resolve: markReached } = Promise.withResolvers<void>();
  let discarded = 0;
  const host: ImportHost = {
    settings,
    paths: dataPaths(settings),
    state,
    owner: tenant('default'),
    now: () => 0,
    log: { error: () => {} },
    served: () => ({
      catalog: { tables: new Map(), valueMeaning: { default: 'once', byType: {} }, hash: '', file: undefined },
      isFixed: false,
      isDemo: true,
      selectOf: () => '',
    }),
    checkCatalog: async () => {},
    expectCatalog: () => () => {},
    openTarget: async () => ({
      store: async () => {
        markReached();
        throw unknown;
      },
      keep: async () => {},
      discard: async () => void (discarded += 1),
    }),
    hold: () => () => {},
    serve: async () => {},
  };
  const jobs = importJobs(host);
  const job = await jobs.begin();
  mkdirSync(job.folder, { recursive: true });
  writeFileSync(join(job.folder, 'c.csv'), 'customer_id\nA\n');
  await job.run({ table: 'customers' }, { kind: 'upload', folder: job.folder, files: ['c.csv'], catalog: undefined });
  await reached;
  await jobs.close();
  expect(await jobs.status(job.id)).toMatchObject({ state: 'running', report: null, finishedAt: null });
  expect(discarded).toBe(1);
  await expect(jobs.cancel(job.id)).rejects.toMatchObject({ code: 'import.ended' });
  state.close();
});
