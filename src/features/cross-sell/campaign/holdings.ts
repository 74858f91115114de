import type { RunContext } from '../../../analysis/define.ts';
import { heldMatrix, type HeldMatrix } from '../../../analysis/snapshot/held-matrix.ts';
import type { Ownership } from '../../../analysis/snapshot/held-on.ts';
import type { Rows } from '../../../lib/recommend/cases.ts';
import { addScores } from '../../../lib/recommend/item-scores.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { inSteps, turnsOf } from '../../../lib/turns.ts';
import { readHeld } from '../read-held.ts';

/** Who has what by asOf, and which number each product has among those that were learned from; -1 for none. */
export type Holdings = HeldMatrix & { readonly numberIn: Int32Array };

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
const STEP = 2 ** 12;

/** The score of who has the product. */
export const OWNER = -1;

/** Exact after every acknowledged write. From the relationships in memory where these are as they should be, else read by one statement. */
export async function holdings(
  ownership: Ownership,
  products: readonly string[],
  context: RunContext,
): Promise<Holdings> {
  const held = (await heldMatrix(context, ownership)) ?? (await readNow(ownership, context));
  return { ...held, numberIn: Int32Array.from(held.products, (id) => numberOf(products, id)) };
}

async function readNow(ownership: Ownership, context: RunContext): Promise<HeldMatrix> {
  const { customers, products, matrices } = await readHeld(context, [context.asOf], ownership);
  return { customers, products, matrix: matrices[0]! };
}

/** The score of a product for every customer: the sum of what the products give that the customer has, `given` by their learned numbers. */
export async function scoresFor(
  productId: string,
  given: Float64Array,
  { matrix, products, numberIn }: Holdings,
): Promise<Float64Array> {
  const ofHeld = Float64Array.from(numberIn, (number) => (number < 0 ? 0 : given[number]!));
  const scores = new Float64Array(matrix.rows);
  const turn = turnsOf(TURN_MS);
  await inSteps(matrix.rows, turn, (...range) => addScores(ofHeld, matrix, scores, range), STEP);
  const column = numberOf(products, productId);
  if (column < 0) return scores;
  for (const row of matrix.owners.subarray(matrix.columnOffsets[column]!, matrix.columnOffsets[column + 1]!))
    scores[row] = OWNER;
  return scores;
}

/** What some customers have, by the learned numbers. */
export function learnedRows({ matrix, numberIn }: Holdings, rows: Uint32Array): Rows {
  const rowOffsets = new Uint32Array(rows.length + 1);
  const count = rows.reduce((sum, row) => sum + matrix.rowOffsets[row + 1]! - matrix.rowOffsets[row]!, 0);
  const items = new Uint32Array(count);
  let end = 0;
  rows.forEach((row, i) => {
    for (let at = matrix.rowOffsets[row]!; at < matrix.rowOffsets[row + 1]!; at++) {
      const number = numberIn[matrix.items[at]!]!;
      if (number >= 0) items[end++] = number;
    }
    rowOffsets[i + 1] = end;
  });
  return { rows: rows.length, rowOffsets, items: items.subarray(0, end) };
}
