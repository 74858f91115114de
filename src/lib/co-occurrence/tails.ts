import type { Matrix } from './matrix.ts';

/** Columns from `from` up to but not including `to`. */
export type Range = { readonly from: number; readonly to: number };

/**
 * What comes after a column in each row that has it: tail i of column a is `items[starts[i]]` up to `items[ends[i]]`
 * (excluded), with i from `columnOffsets[a] - first` to `columnOffsets[a + 1] - first`.
 */
export type Tails = {
  readonly block: Range;
  readonly first: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
};

/** Tails that are held at once, 8 bytes each. */
const ROOM = 2 ** 21;

/**
 * Tails of a range of columns, one block of columns after the other, in the same memory. Found by reading all rows from
 * the first to the last for each block: to look them up by owner takes a third longer, to keep them all 8 bytes for each pair.
 */
export function* tailsOf(matrix: Matrix, range: Range, room = ROOM): Generator<Tails> {
  const { columnOffsets } = matrix;
  const blocks = blocksOf(columnOffsets, range, room);
  const most = blocks.reduce((sum, { from, to }) => Math.max(sum, columnOffsets[to]! - columnOffsets[from]!), 0);
  const [starts, ends] = [new Uint32Array(most), new Uint32Array(most)];
  for (const block of blocks) {
    const tails = { block, first: columnOffsets[block.from]!, starts, ends };
    findTails(matrix, tails);
    yield tails;
  }
}

function blocksOf(columnOffsets: Uint32Array, { from, to }: Range, room: number): Range[] {
  const blocks: Range[] = [];
  for (let start = from; start < to;) {
    let end = start + 1;
    while (end < to && columnOffsets[end + 1]! - columnOffsets[start]! <= room) end += 1;
    blocks.push({ from: start, to: end });
    start = end;
  }
  return blocks;
}

function findTails({ rows, rowOffsets, items, columnOffsets }: Matrix, { block, first, starts, ends }: Tails): void {
  const { from, to } = block;
  const next = columnOffsets.slice(from, to);
  for (let row = 0, at = 0; row < rows; row++) {
    const end = rowOffsets[row + 1]!;
    for (; at < end; at++) {
      const column = items[at]!;
      if (column < from || column >= to) continue;
      const tail = next[column - from]!++ - first;
      starts[tail] = at + 1;
      ends[tail] = end;
    }
  }
}
