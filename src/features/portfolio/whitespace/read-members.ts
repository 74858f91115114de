import type { RunContext } from '../../../analysis/define.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { placeOf } from '../../../lib/sorted-ids.ts';
import { membersInOrder, type Asked } from './members-sql.ts';

/** Customers of a segment by their number of products. */
export type Ladder = {
  readonly segment: string | null;
  readonly customers: number;
  /** Numbers of products that occur, ascending. */
  readonly levels: readonly number[];
  /** Customers with exactly so many, and with so many or more. */
  readonly at: readonly number[];
  readonly from: readonly number[];
};

export type Members = {
  readonly ladders: readonly Ladder[];
  /** Number of the ladder of each customer of the snapshot; NOBODY for who is no member. */
  readonly ladderOf: Int32Array;
  /** Number of the ladder of the customer who is looked for, and the products it has; undefined when it is no member. */
  readonly one: { readonly ladder: number; readonly products: number } | undefined;
};

export const NOBODY = -1;

type Held = { readonly customers: readonly string[]; readonly matrix: Matrix };

/** The eligible customers who are asked about, by segment and by the number of products that they hold. */
export async function readMembers(
  { customers, matrix: { rowOffsets } }: Held,
  params: Asked,
  context: RunContext,
  customerId?: string,
): Promise<Members> {
  const ladderOf = new Int32Array(customers.length).fill(NOBODY);
  const numbers = new Map<string | null, number>();
  const counts: number[][] = [];
  let [next, one] = [0, undefined as Members['one']];
  const add = (id: string, segment: string | null) => {
    let ladder = numbers.get(segment);
    if (ladder === undefined) {
      ladder = counts.push([]) - 1;
      numbers.set(segment, ladder);
    }
    // In order, so that the next is mostly the one.
    const place = customers[next] === id ? next : placeOf(customers, id);
    const isHolder = customers[place] === id;
    const products = isHolder ? rowOffsets[place + 1]! - rowOffsets[place]! : 0;
    if (isHolder) [ladderOf[place], next] = [ladder, place + 1];
    counts[ladder]![products] = (counts[ladder]![products] ?? 0) + 1;
    if (id === customerId) one = { ladder, products };
  };
  for await (const { rowCount, columns } of await context.stream(membersInOrder(params, context)))
    for (let i = 0; i < rowCount; i++) add(columns[0]![i] as string, columns[1]![i] as string | null);
  const ladders = Array.from(numbers, ([segment, ladder]) => ladderFrom(segment, counts[ladder]!));
  return { ladders, ladderOf, one };
}

function ladderFrom(segment: string | null, counts: readonly number[]): Ladder {
  const levels = Object.keys(counts).map(Number);
  const at = levels.map((products) => counts[products]!);
  const from = at.slice();
  for (let i = from.length - 2; i >= 0; i--) from[i]! += from[i + 1]!;
  return { segment, customers: from[0]!, levels, at, from };
}
