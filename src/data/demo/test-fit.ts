export type MonthCount = { readonly month: string; readonly count: number };
export type CourseFit = {
  readonly season: readonly number[];
  readonly trend: number;
  readonly changeMonth: string;
  readonly changeFactor: number;
};

/**
 * Season (12 factors of mean 1), trend per month and one change of level, by least squares on the logarithms of monthly
 * counts; the month of the change is the one whose fit leaves the smallest sum of squares.
 */
export function fitCourse(months: readonly MonthCount[]): CourseFit {
  const logs = months.map(({ count }) => Math.log(count));
  const candidates = months.slice(3, -3).map(({ month }, i) => {
    const rows = months.map((each, t) => [...seasonOf(each.month), t, t >= i + 3 ? 1 : 0]);
    const weights = leastSquares(rows, logs);
    const error = rows.reduce((sum, row, t) => sum + (logs[t]! - dot(row, weights)) ** 2, 0);
    return { month, weights, error };
  });
  const { month, weights } = candidates.reduce((best, each) => (each.error < best.error ? each : best));
  const season = weights.slice(0, 12).map(Math.exp);
  const mean = season.reduce((sum, factor) => sum + factor, 0) / 12;
  return {
    season: season.map((factor) => factor / mean),
    trend: Math.exp(weights[12]!),
    changeMonth: month,
    changeFactor: Math.exp(weights[13]!),
  };
}

function seasonOf(month: string): number[] {
  return Array.from({ length: 12 }, (_, i) => (Number(month.slice(5)) === i + 1 ? 1 : 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Solves the normal equations by elimination with pivots. */
function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const n = rows[0]!.length;
  const matrix = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, t) => sum + row[i]! * values[t]!, 0),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = matrix
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(matrix[best]![i]!) ? i + k : best), i);
    [matrix[i], matrix[pivot]] = [matrix[pivot]!, matrix[i]!];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = matrix[k]![i]! / matrix[i]![i]!;
      matrix[k] = matrix[k]!.map((value, j) => value - factor * matrix[i]![j]!);
    }
  }
  return matrix.map((row, i) => row[n]! / row[i]!);
}
