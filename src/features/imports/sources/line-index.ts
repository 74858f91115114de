/** On which line of a file its sound records start. */
export type LineIndex = {
  /** Record `row` (from 1, one after the other) starts on `line`. */
  mark(row: number, line: number): void;
  /** `rows` records from `row` on start on the lines from `line` on, one each. */
  markRun(row: number, line: number, rows: number): void;
  /** Undefined when `row` was not marked, or lies beyond what is kept. */
  lineOf(row: number): number | undefined;
};

const FIELDS = 3;
const MAX_SEGMENTS = 4_000_000;
const MAX_LINE = 0xffffffff;

/**
 * Keeps pieces in which the line is a straight function of the row (first row, first line, lines a row): one piece for a
 * plain file and for records of equal height, one more where a blank line, a rejected record or another height comes
 * between. At most 48 MB: rows after that have no line.
 */
export function lineIndex(maxSegments: number = MAX_SEGMENTS): LineIndex {
  let segments = new Uint32Array(64 * FIELDS);
  let count = 0;
  let last = 0;
  let isFull = false;

  const mark = (row: number, line: number) => {
    if (isFull) return;
    const at = (count - 1) * FIELDS;
    const ahead = count === 0 ? 0 : row - segments[at]!;
    const isSecond = ahead === 1;
    if (isSecond) segments[at + 2] = line - segments[at + 1]!;
    const isStraight = ahead > 0 && segments[at + 1]! + ahead * segments[at + 2]! === line;
    if (!isStraight && !add(row, line)) return;
    last = row;
  };
  const add = (row: number, line: number): boolean => {
    isFull = count === maxSegments || line > MAX_LINE;
    if (isFull) return false;
    if (count * FIELDS === segments.length) {
      const larger = new Uint32Array(segments.length * 2);
      larger.set(segments);
      segments = larger;
    }
    segments.set([row, line, 0], count * FIELDS);
    count += 1;
    return true;
  };
  const find = (row: number): number => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (segments[middle * FIELDS]! <= row) low = middle;
      else high = middle - 1;
    }
    return low * FIELDS;
  };
  return {
    mark,
    markRun: (row, line, rows) => {
      // Three points make any piece before them end or go on as one line a row; the rest follows from it.
      for (let i = 0; i < Math.min(rows, 3); i++) mark(row + i, line + i);
      if (!isFull) last = row + rows - 1;
    },
    lineOf: (row) => {
      if (!Number.isInteger(row) || row < 1 || row > last) return undefined;
      const at = find(row);
      return segments[at + 1]! + (row - segments[at]!) * segments[at + 2]!;
    },
  };
}
