import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceData } from '../../../test/reference-data.ts';
import { importCommand } from './command.ts';
import type { ImportReport } from './model.ts';

const retail = referenceData('online_retail_ii_2009_2010');
test.skipIf(retail === undefined)(
  'Online Retail II (Chen 2019): 407,664 lines, 8,832,003.27',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'import-example-'));
    const out: string[] = [];
    const catalog = new URL('../../../examples/online-retail-ii/catalog.yaml', import.meta.url).pathname;
    const env = { DATA_DIR: folder, THREADS: '2', MEMORY_LIMIT: '1GB' };
    const io = { env, cwd: folder, stdout: (line: string) => out.push(line), stderr: () => {} };
    try {
      expect(await importCommand(['--catalog', catalog, '--data', retail!, '--json'], io)).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
    const { tables } = JSON.parse(out.join('\n')) as ImportReport;
    expect(tables.map(({ rowsOut, valueSum }) => [rowsOut, valueSum])).toEqual([
      [4312, null],
      [4632, null],
      [407_664, '8832003.27'],
    ]);
    expect(tables[2]!.filters.map(({ reason, rows }) => [reason, rows])).toEqual([
      ['no customer', 107_927],
      ['cancellation', 9839],
      ['price not positive', 31],
    ]);
    expect(tables.map(({ rejected }) => rejected)).toEqual([0, 0, 0]);
  },
  60_000,
);
