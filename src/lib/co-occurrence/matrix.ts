import { inSteps, type Turns } from '../turns.ts';

/** Numbers of columns. */
export type Items = Uint16Array | Uint32Array;

/**
 * Which rows (customers, baskets) have which columns (products), each pair once. In memory that threads share: a task
 * gets it without a copy. Nobody writes to it once it is made.
 */
export type Matrix = {
  readonly rows: number;
  readonly columns: number;
  /** Columns of row r, ascending, are `items[i]` with i from `rowOffsets[r]` to `rowOffsets[r + 1]`. */
  readonly rowOffsets: Uint32Array;
  readonly items: Items;
  /** Rows with column c, ascending, are `owners[i]` with i from `columnOffsets[c]` to `columnOffsets[c + 1]`. */
  readonly columnOffsets: Uint32Array;
  readonly owners: Uint32Array;
  /** How often column c stands before another in a row: the steps that it takes to count it beside all later ones. */
  readonly laterBeside: Float64Array;
  /** Rows that have something. */
  readonly filled: number;
};

export type MatrixSource = {
  readonly rows: number;
  readonly columns: number;
  /** Pairs at most. */
  readonly most: number;
  /** Puts the columns of a row into `items` from `at` on, ascending and each once; says where they end. Called row by row. */
  readonly put: (row: number, items: Items, at: number) => number;
};

/** Rows between two looks at the clock. */
const STEPS = 2 ** 11;

/** Makes a matrix of its rows; others have their turns meanwhile. */
export async function buildMatrix({ rows, columns, most, put }: MatrixSource, turn: Turns): Promise<Matrix> {
  const room = itemsFor(most, columns);
  const rowOffsets = new Uint32Array(shared(4 * (rows + 1)));
  const columnOffsets = new Uint32Array(shared(4 * (columns + 1)));
  const laterBeside = new Float64Array(shared(8 * columns));
  let [at, filled] = [0, 0];
  const fill = (from: number, to: number) => {
    for (let row = from; row < to; row++) {
      const end = put(row, room, at);
      if (end > at) filled += 1;
      for (; at < end; at++) {
        columnOffsets[room[at]! + 1]! += 1;
        laterBeside[room[at]!]! += end - at - 1;
      }
      rowOffsets[row + 1] = end;
    }
  };
  await inSteps(rows, turn, fill, STEPS);
  for (let column = 0; column < columns; column++) columnOffsets[column + 1]! += columnOffsets[column]!;
  const items = room.subarray(0, at);
  const owners = await ownersOf({ rows, rowOffsets, items, columnOffsets }, turn);
  return { rows, columns, rowOffsets, items, columnOffsets, owners, laterBeside, filled };
}

async function ownersOf(
  { rows, rowOffsets, items, columnOffsets }: Pick<Matrix, 'rows' | 'rowOffsets' | 'items' | 'columnOffsets'>,
  turn: Turns,
): Promise<Uint32Array> {
  const owners = new Uint32Array(shared(4 * items.length));
  const next = columnOffsets.slice();
  const place = (from: number, to: number) => {
    for (let row = from; row < to; row++)
      for (let at = rowOffsets[row]!; at < rowOffsets[row + 1]!; at++) owners[next[items[at]!]!++] = row;
  };
  await inSteps(rows, turn, place, STEPS);
  return owners;
}

/** Columns put together: `groupOf[c]` is the group of column c, a number below `groups`, or -1 for none. A row has a group when it has one of its columns. */
export function regrouped(matrix: Matrix, groupOf: Int32Array, groups: number, turn: Turns): Promise<Matrix> {
  const { rows, rowOffsets, items } = matrix;
  const lastRow = new Int32Array(groups).fill(-1);
  const put = (row: number, room: Items, start: number) => {
    let end = start;
    for (let at = rowOffsets[row]!; at < rowOffsets[row + 1]!; at++) {
      const group = groupOf[items[at]!]!;
      if (group < 0 || lastRow[group] === row) continue;
      lastRow[group] = row;
      room[end++] = group;
    }
    room.subarray(start, end).sort();
    return end;
  };
  return buildMatrix({ rows, columns: groups, most: items.length, put }, turn);
}

export function bytesOfMatrix({ rowOffsets, items, columnOffsets, owners, laterBeside }: Matrix): number {
  // The items lie in room for more of them.
  const arrays = [rowOffsets, columnOffsets, owners, laterBeside];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, items.buffer.byteLength);
}

/** How many rows have a column. */
export function ownersOfColumn({ columnOffsets }: Pick<Matrix, 'columnOffsets'>, column: number): number {
  return columnOffsets[column + 1]! - columnOffsets[column]!;
}

function itemsFor(length: number, columns: number): Items {
  return columns <= 2 ** 16 ? new Uint16Array(shared(2 * length)) : new Uint32Array(shared(4 * length));
}

function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}
