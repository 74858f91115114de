import { describe, expect, test } from 'vitest';
import fc from '../../../test/fast-check.ts';
import { balancedRanges } from './balanced-ranges.ts';
import { countBeside, countPairs, weighPairs, type VisitPair } from './count-pairs.ts';
import { degreeWeights } from './degree-weights.ts';
import { buildMatrix, bytesOfMatrix, ownersOfColumn, regrouped, type Matrix } from './matrix.ts';
import { pairWork } from './pair-work.ts';
import { tailsOf } from './tails.ts';

const now = () => undefined;

function matrixOf(rows: readonly (readonly number[])[], columns: number): Promise<Matrix> {
  const most = rows.reduce((sum, row) => sum + row.length, 0);
  const source = { rows: rows.length, columns, most };
  return buildMatrix({ ...source, put: (row, items, at) => (items.set(rows[row]!, at), at + rows[row]!.length) }, now);
}

/** What is visited, as `a b: sum`, in order. */
function visited(run: (visit: VisitPair) => void): string[] {
  const found: string[] = [];
  run((a, b, sum) => found.push(`${a} ${b}: ${Number(sum.toFixed(9))}`));
  return found.sort();
}

function naive(rows: readonly (readonly number[])[], columns: number, weightOf: (row: readonly number[]) => number) {
  const pairs = new Map<string, number>();
  for (const row of rows)
    for (const a of row)
      for (const b of row) if (a !== b) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + weightOf(row));
  return [...pairs].filter(([, sum]) => sum > 0).map(([pair, sum]) => [...pair.split(' ').map(Number), sum] as const);
}
const told = (pairs: (readonly (number | undefined)[])[]) =>
  pairs.map(([a, b, sum]) => `${a} ${b}: ${Number(sum!.toFixed(9))}`).sort();

/** Few columns with long lists, or many with short ones: counters are emptied in two ways. */
const world = fc.integer({ min: 1, max: 60 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(
      fc.uniqueArray(fc.nat(columns - 1), { maxLength: 8 }).map((row) => row.toSorted((a, b) => a - b)),
      { maxLength: 40 },
    ),
    least: fc.integer({ min: 1, max: 3 }),
    cut: fc.nat(columns),
    column: fc.nat(columns - 1),
  }),
);

describe('co-occurrence equals a naive count', () => {
  test('of pairs, whatever the ranges', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ rows, columns, least, cut }) => {
        const matrix = await matrixOf(rows, columns);
        const found = visited((visit) => {
          countPairs(matrix, { from: 0, to: cut }, least, visit);
          countPairs(matrix, { from: cut, to: columns }, least, visit);
        });
        const all = naive(rows, columns, () => 1);
        expect(found).toEqual(told(all.filter(([a, b, count]) => a! < b! && count! >= least)));
      }),
    );
  });

  test('of what is beside one column', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ rows, columns, least, column }) => {
        const matrix = await matrixOf(rows, columns);
        const found = visited((visit) => countBeside(matrix, column, least, visit));
        const all = naive(rows, columns, () => 1);
        expect(found).toEqual(told(all.filter(([a, , count]) => a === column && count! >= least)));
      }),
    );
  });

  test('of weights, without rows that have too much', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ rows, columns, cut }) => {
        const matrix = await matrixOf(rows, columns);
        const { weights, leftOut } = degreeWeights(matrix, 0.8, 5);
        expect(leftOut).toBe(rows.filter((row) => row.length > 5).length);
        const found = visited((visit) => {
          weighPairs(matrix, weights, { from: 0, to: cut }, visit);
          weighPairs(matrix, weights, { from: cut, to: columns }, visit);
        });
        const weightOf = (row: readonly number[]) => (row.length > 5 ? 0 : row.length ** -0.8);
        expect(found).toEqual(told(naive(rows, columns, weightOf)));
      }),
    );
  });

  test('of groups of columns', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ rows, columns }) => {
        const groupOf = Int32Array.from({ length: columns }, (_, column) => ((column * 7) % 5) - 1);
        const matrix = await regrouped(await matrixOf(rows, columns), groupOf, 4, now);
        const groups = rows.map((row) => [...new Set(row.map((c) => groupOf[c]!))].filter((group) => group >= 0));
        const all = naive(groups, 4, () => 1).filter(([a, b]) => a! < b!);
        expect(visited((visit) => countPairs(matrix, { from: 0, to: 4 }, 1, visit))).toEqual(told(all));
      }),
    );
  });
});

describe('a matrix', () => {
  test('says who has what, both ways', async () => {
    const matrix = await matrixOf([[0, 2], [], [2]], 3);
    expect([...matrix.rowOffsets]).toEqual([0, 2, 2, 3]);
    expect([...matrix.items]).toEqual([0, 2, 2]);
    expect([...matrix.columnOffsets]).toEqual([0, 1, 1, 3]);
    expect([...matrix.owners]).toEqual([0, 0, 2]);
    expect([...matrix.laterBeside]).toEqual([1, 0, 0]);
    expect(matrix.filled).toBe(2);
    expect(ownersOfColumn(matrix, 2)).toBe(2);
    expect(matrix.items.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(bytesOfMatrix(matrix)).toBe(16 + 6 + 16 + 12 + 24);
  });

  test('has room for more columns than two bytes can number', async () => {
    const matrix = await matrixOf([[1, 70_000], [70_000]], 70_001);
    expect(visited((visit) => countPairs(matrix, { from: 0, to: 70_001 }, 1, visit))).toEqual(['1 70000: 1']);
  });

  test('may be empty', async () => {
    const matrix = await matrixOf([], 0);
    expect(visited((visit) => countPairs(matrix, { from: 0, to: 0 }, 1, visit))).toEqual([]);
    expect(balancedRanges(pairWork(matrix), 2)).toEqual([]);
  });
});

describe('tails', () => {
  test('come in blocks of columns, of one column when it has more than there is room for', async () => {
    const matrix = await matrixOf(
      [
        [0, 1, 2],
        [0, 2],
        [0, 1],
      ],
      3,
    );
    const found = [...tailsOf(matrix, { from: 0, to: 3 }, 2)].map(({ block, first }) => ({ ...block, first }));
    expect(found).toEqual([
      { from: 0, to: 1, first: 0 },
      { from: 1, to: 2, first: 3 },
      { from: 2, to: 3, first: 5 },
    ]);
    for (const { first, starts, ends, block } of tailsOf(matrix, { from: 1, to: 3 }, 4)) {
      expect([block, first]).toEqual([{ from: 1, to: 3 }, 3]);
      expect([...starts]).toEqual([2, 7, 3, 5]);
      expect([...ends]).toEqual([3, 7, 3, 5]);
    }
  });
});

describe('ranges', () => {
  test('have about the same work', () => {
    expect(balancedRanges([5, 1, 1, 1, 1, 1], 2)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 6 },
    ]);
    expect(balancedRanges([1, 1, 1, 9], 2)).toEqual([{ from: 0, to: 4 }]);
    expect(balancedRanges([0, 0, 0], 2)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 3 },
    ]);
    expect(balancedRanges([1], 4)).toEqual([{ from: 0, to: 1 }]);
  });

  test('weigh the steps of a column', () => {
    expect([...pairWork({ columns: 3, laterBeside: Float64Array.of(10, 1, 0) })]).toEqual([13, 2, 0]);
  });
});
