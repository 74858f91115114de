import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportSource } from '../../../data/catalog/import-plan.ts';
import { tenant } from '../../../data/warehouse/tenant.ts';
import type { Reject } from './source-model.ts';
import { readySource, type ReadyOptions, type ReadySource } from './source.ts';
import { readSource } from './source-queries.ts';
import { testWarehouse } from '../test-warehouse.ts';

export const MAX_BYTES = 5000;

/** A folder and a database, to see what the warehouse gets of a file. */
export async function sourceWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'import-source-'));
  const warehouse = await testWarehouse();
  const ready = (name: string, source: Partial<ImportSource> = {}, options: Partial<ReadyOptions> = {}) => {
    const blank = {
      name: 'source',
      file: name,
      delimiter: undefined,
      quote: undefined,
      nullTexts: [],
      columns: undefined,
    };
    const limits = { workDir: folder, maxBytes: MAX_BYTES, fileBytes: 1e9, samples: 3 };
    const path = join(folder, name);
    return readySource({ ...blank, ...source }, path, { ...limits, progress: () => {}, signal: undefined, ...options });
  };
  const rowsOfReady = (one: ReadySource) =>
    warehouse.write(tenant('default'), async (writer) => {
      await writer.run('drop view if exists source');
      await writer.run(readSource(one, false, MAX_BYTES));
      const { rowCount, columns } = await writer.query('select * from source');
      return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
    });
  const write = (content: string | Buffer, name = 'rows.data') => writeFile(join(folder, name), content);
  /** All that is found in a file of this content. */
  const look = async (
    content: string | Buffer,
    source: Partial<ImportSource> = {},
    options: Partial<ReadyOptions> = {},
  ) => {
    await write(content);
    const rejects: Reject[] = [];
    const one = await ready('rows.data', source, { onReject: (reject) => rejects.push(reject), ...options });
    const rows = await rowsOfReady(one);
    const lines = rows.map((_, i) => one.lineOf(i + 1));
    return { ...one, rows, rejects, lines, columns: one.scan.columns };
  };
  const close = async () => {
    await warehouse.close();
    await rm(folder, { recursive: true });
  };
  return { folder, warehouse, ready, rowsOfReady, write, look, close };
}
