import { countOf, type Points } from './points.ts';

/** Mean and population standard deviation of a column. */
export type Column = { readonly mean: number; readonly sd: number };

/** sign(x) * ln(1 + |x|): the logarithm for amounts that may be 0 or negative; 0 stays 0 and order is kept. */
export function signedLog1p(x: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}

/** Of each coordinate. A column of one value has exactly sd 0 (summing would leave a rest), and without points all is 0. */
export function columnsOf(points: Points): Column[] {
  return Array.from({ length: points.width }, (_, column) => columnOf(points, column));
}

function columnOf({ values, width }: Points, column: number): Column {
  const count = values.length / width;
  if (count === 0) return { mean: 0, sd: 0 };
  const first = values[column]!;
  let isConstant = true;
  let sum = 0;
  for (let at = column; at < values.length; at += width) {
    sum += values[at]! - first;
    isConstant &&= values[at] === first;
  }
  if (isConstant) return { mean: first, sd: 0 };
  const mean = first + sum / count;
  let squares = 0;
  for (let at = column; at < values.length; at += width) squares += (values[at]! - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / count) };
}

/** (x - mean) / sd for each coordinate, as new points; a column of sd 0 becomes zeros. */
export function standardised(points: Points, columns: readonly Column[] = columnsOf(points)): Points {
  const { values, width } = points;
  const scaled = new Float64Array(values.length);
  columns.forEach(({ mean, sd }, column) => {
    if (sd === 0) return;
    for (let at = column; at < values.length; at += width) scaled[at] = (values[at]! - mean) / sd;
  });
  return { values: scaled, width };
}

/** `transform` of the columns that are named; the others are as they were. New points. */
export function transformed(
  { values, width }: Points,
  columns: readonly number[],
  transform: (x: number) => number,
): Points {
  const changed = values.slice();
  for (const column of columns) {
    for (let at = column; at < changed.length; at += width) changed[at] = transform(changed[at]!);
  }
  return { values: changed, width };
}

/** Mean of each coordinate for each of `k` groups, `k * width` values; a group without points has zeros. */
export function groupMeans(points: Points, labels: Int32Array, k: number): Float64Array {
  const { values, width } = points;
  const means = new Float64Array(k * width);
  const counts = new Float64Array(k);
  for (let i = 0; i < countOf(points); i++) {
    counts[labels[i]!]!++;
    for (let j = 0; j < width; j++) means[labels[i]! * width + j]! += values[i * width + j]!;
  }
  return means.map((sum, at) => sum / Math.max(1, counts[Math.floor(at / width)]!));
}
