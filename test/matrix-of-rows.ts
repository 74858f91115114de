import { buildMatrix, type Matrix } from '../src/lib/co-occurrence/matrix.ts';

/** A matrix of rows that are written down, for tests: their columns in any order, as often as they come. */
export function matrixOfRows(rows: readonly (readonly number[])[], columns: number): Promise<Matrix> {
  const lists = rows.map((row) => [...new Set(row)].toSorted((a, b) => a - b));
  const most = lists.reduce((sum, { length }) => sum + length, 0);
  const put: Parameters<typeof buildMatrix>[0]['put'] = (row, items, at) => {
    items.set(lists[row]!, at);
    return at + lists[row]!.length;
  };
  return buildMatrix({ rows: rows.length, columns, most, put }, () => undefined);
}
