import { expect, test } from 'vitest';
import type { RunContext } from '../../../analysis/define.ts';
import { coreCatalog } from '../../../data/catalog/core-catalog.ts';
import { tablesOf } from '../../../analysis/engine.ts';
import { NOTHING_SAVED } from '../../../analysis/saved.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { PackedBatch } from '../../../data/warehouse/port.ts';
import { readBaskets } from './read-baskets.ts';

const ASKED = { basket: 'customer-day', grain: 'product', ownership: 'active' } as const;
function contextOf(texts: readonly string[][], batches: readonly PackedBatch[]): RunContext {
  const catalog = coreCatalog(duckdbDialect);
  const kit = { t: tablesOf(catalog), d: duckdbDialect, catalog, asOf: '2024-06-01', saved: NOTHING_SAVED };
  async function* rows() {
    yield* await Promise.resolve(batches);
  }
  const pack = () => Promise.resolve({ schema: [], texts, batches: rows(), waitMs: 0 });
  return { ...kit, pack } as unknown as RunContext;
}
const batchOf = (rowCount: number): PackedBatch => ({
  rowCount,
  columns: [0, 1, 2].map((column) => Float64Array.from({ length: rowCount }, (_, i) => (i + column) % 2)),
});

test('rows are kept in parts, and items are ranked by their ids', async () => {
  const { input, itemIds } = await readBaskets(
    ASKED,
    contextOf(
      [
        ['A', 'B'],
        ['z', 'a'],
      ],
      [batchOf(4000), batchOf(9000)],
    ),
  );
  expect([itemIds, [...input.rankOf], input.owners]).toEqual([['a', 'z'], [1, 0], 2]);
  expect(input.parts.map(({ owner }) => owner.length)).toEqual([4096, 8192, 712]);
  expect(
    input.parts.flatMap(({ owner, item, day }) => [...owner.slice(0, 2), ...item.slice(0, 2), ...day!.slice(0, 2)]),
  ).toEqual([0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1]);
});

test('more baskets than can be held are refused, none is left out', async () => {
  const many: string[] = [];
  many.length = 5_000_001;
  await expect(readBaskets(ASKED, contextOf([many, ['a']], [batchOf(1)]))).rejects.toMatchObject({
    code: 'limit.rows',
    message: expect.stringContaining('more than 5000000 baskets') as string,
  });
});
