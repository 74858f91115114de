import { expect, test } from 'vitest';
import type { Batch, Stream, Writer } from '../../../data/warehouse/port.ts';
import { tenant } from '../../../data/warehouse/tenant.ts';
import { directPlan } from '../direct-plan.ts';
import { fetchDatasets } from './fetch.ts';

test('a stream that nobody will read is left', async () => {
  let left = 0;
  const batches = (async function* (): AsyncGenerator<Batch> {})();
  batches.return = async (value) => {
    left += 1;
    return { done: true, value };
  };
  const stream: Stream = { schema: [{ name: 'id', type: 'text', engineType: 'TEXT' }], batches, waitMs: 0 };
  const writer = { run: () => Promise.reject(new Error('the disk is full')) } as Pick<Writer, 'run'> as Writer;
  const plan = directPlan({
    table: 'customers',
    file: 'raw',
    mode: 'append',
    onReject: 'reject',
    onMissingReference: 'reject',
  });
  const tables = plan.tables.map((table) => ({ ...table, isOfWarehouse: true }));
  const warehouse = { stream: () => Promise.resolve(stream) };
  const fetching = { warehouse, owner: tenant('default'), progress: () => {}, signal: undefined };
  await expect(fetchDatasets(writer, { ...plan, tables }, fetching)).rejects.toThrow('the disk is full');
  expect(left).toBe(1);
});
