import { describe, expect, test } from 'vitest';
import fc from '../../../test/fast-check.ts';
import { PAIR_MEASURES, pairProbability } from '../stats/pair-measures.ts';
import { bestPairs, type PairList } from './best-pairs.ts';
import { buildMatrix } from './matrix.ts';
import { rankBeside, rankList, rankRange, type PairOrder, type Ranking } from './rank-pairs.ts';

const rowsOf = ({ a, b, both }: PairList) => Array.from(a, (one, i) => [one, b[i]!, both[i]!]);

describe('the best pairs', () => {
  test('are those of sorting all, however many there are', () => {
    const pair = fc.record({ score: fc.constantFrom(0, 1, 1.5, NaN, -Infinity, Infinity), both: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 3_000, size: 'max' }), fc.nat(5), (pairs, count) => {
        const best = bestPairs(count);
        pairs.forEach(({ score, both }, i) => best.add(score, i % 7, i, both));
        const value = (score: number) => (Number.isNaN(score) ? -Infinity : score);
        const expected = pairs
          .map(({ score, both }, i) => ({ score: value(score), row: [i % 7, i, both] as const }))
          .sort(
            (x, y) =>
              (x.score === y.score ? 0 : y.score - x.score) ||
              y.row[2] - x.row[2] ||
              x.row[0] - y.row[0] ||
              x.row[1] - y.row[1],
          )
          .slice(0, count);
        expect(rowsOf(best.list())).toEqual(expected.map(({ row }) => row));
      }),
      { numRuns: 30 },
    );
  });
});

const ROWS = [[0, 1, 2], [0, 1, 2], [0, 1], [1, 2, 3], [1], [3], [0, 1, 2, 3]];
const matrix = await buildMatrix(
  {
    rows: ROWS.length,
    columns: 4,
    most: 20,
    put: (row, items, at) => (items.set(ROWS[row]!, at), at + ROWS[row]!.length),
  },
  () => undefined,
);
const ranking: Ranking = { all: 7, leastBoth: 1, leastOwners: 1, order: 'both', isAscending: false, count: 10 };
const range = { from: 0, to: 4 };
// Owners: 4, 6, 4, 3.
const ALL = [
  [0, 1, 4],
  [2, 1, 4],
  [0, 2, 3],
  [3, 1, 2],
  [3, 2, 2],
  [3, 0, 1],
];

describe('ranked pairs', () => {
  test('begin with the column that fewer have, each pair once, with the probabilities of all', () => {
    const { tested, ...list } = rankRange({ ...ranking, matrix, range });
    expect(rowsOf(list)).toEqual(ALL);
    const owners = [4, 6, 4, 3];
    const expected = ALL.map(([a, b, both]) =>
      pairProbability({ both: both!, a: owners[a!]!, b: owners[b!]!, all: 7 }),
    );
    expect([...tested]).toEqual(expected.sort((x, y) => x - y));
  });

  test.each([
    ['with so many at least', { leastBoth: 3 }, ALL.slice(0, 3)],
    ['of columns that so many have', { leastOwners: 4 }, ALL.slice(0, 3)],
    ['so many at most', { count: 2 }, ALL.slice(0, 2)],
    ['from the other end', { isAscending: true, count: 2 }, [ALL[5], ALL[3]]],
    ['by lift', { order: 'lift', count: 1 } as const, [ALL[2]]],
  ])('%s', (_, more, expected) => {
    expect(rowsOf(rankRange({ ...ranking, ...more, matrix, range }))).toEqual(expected);
  });

  test('without a value come last, in either direction', () => {
    for (const isAscending of [false, true]) {
      const rows = rowsOf(rankRange({ ...ranking, order: 'conviction', isAscending, matrix, range }));
      expect(rows.slice(-2)).toEqual(ALL.slice(0, 2));
    }
  });

  test('are the same by every order when they come as a list', () => {
    const [a, b, both] = [0, 1, 2].map((i) => Uint32Array.from(ALL, (row) => row[i]!)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    const orders = ['both', 'probability', ...Object.keys(PAIR_MEASURES)] as PairOrder[];
    for (const order of orders) {
      const inMatrix = rankRange({ ...ranking, order, matrix, range });
      expect(rankList({ ...ranking, order, a, b, both, columnOffsets: matrix.columnOffsets })).toEqual(inMatrix);
    }
  });

  test('of one column begin with it', () => {
    const { tested, ...list } = rankBeside({ ...ranking, matrix, column: 1 });
    expect(rowsOf(list)).toEqual([
      [1, 0, 4],
      [1, 2, 4],
      [1, 3, 2],
    ]);
    expect(tested).toHaveLength(3);
  });

  test('are tested however many there are', async () => {
    const columns = 60;
    const row = Array.from({ length: columns }, (_, i) => i);
    const put = (_: number, items: Uint16Array | Uint32Array, at: number) => (items.set(row, at), at + columns);
    const wide = await buildMatrix({ rows: 2, columns, most: 2 * columns, put }, () => undefined);
    const { tested, a } = rankRange({ ...ranking, all: 2, matrix: wide, range: { from: 0, to: columns } });
    expect(tested).toHaveLength((columns * (columns - 1)) / 2);
    expect(a).toHaveLength(10);
    const tooMany = () => rankRange({ ...ranking, matrix: wide, range: { from: 0, to: columns }, most: 1_769 });
    expect(tooMany).toThrow(new RangeError('more than 1769 pairs to be tested'));
  });
});
