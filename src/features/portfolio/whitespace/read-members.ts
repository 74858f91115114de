import type { RunContext } from '../../../analysis/define.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { placeOf } from '../../../lib/sorted-ids.ts';
import { membersInOrder, type Asked } from './members-sql.ts';

/** Customers of a segment by their number of products: a rung for each number that occurs, the lowest first. */
export type Ladder = {
  readonly segment: string | null;
  readonly customers: number;
  /** Number of its first rung among those of all ladders. */
  readonly first: number;
  /** Customers with exactly so many products, and with so many or more. */
  readonly at: readonly number[];
  readonly from: readonly number[];
};

export type Members = {
  readonly ladders: readonly Ladder[];
  /** Where each customer of the snapshot stands; NOBODY for who is no member. */
  readonly rungOf: Int32Array;
  /** Where the customer stands who is looked for; undefined when it is no member. */
  readonly one: { readonly ladder: number; readonly rung: number } | undefined;
};

export const NOBODY = -1;

type Held = { readonly customers: readonly string[]; readonly matrix: Matrix };
type Counted = {
  /** Of each segment: customers by number of products. */
  readonly segments: Map<string | null, { readonly number: number; readonly counts: number[] }>;
  readonly segmentOf: Int32Array;
  one: { readonly segment: number; readonly products: number } | undefined;
};

/** The eligible customers who are asked about, by segment and by the number of products that they hold. */
export async function readMembers(
  held: Held,
  params: Asked,
  context: RunContext,
  customerId?: string,
): Promise<Members> {
  const { segments, segmentOf, one } = await counted(held, params, context, customerId);
  const ladders: Ladder[] = [];
  const rungs: (readonly number[])[] = [];
  let first = 0;
  for (const [segment, { counts }] of segments) {
    const levels = Object.keys(counts).map(Number);
    rungs.push(levels.reduce<number[]>((all, level, i) => ((all[level] = first + i), all), []));
    ladders.push(
      ladderOf(
        segment,
        first,
        levels.map((level) => counts[level]!),
      ),
    );
    first += levels.length;
  }
  const { rowOffsets } = held.matrix;
  const rungOf = segmentOf.map((segment, i) =>
    segment === NOBODY ? NOBODY : rungs[segment]![rowOffsets[i + 1]! - rowOffsets[i]!]!,
  );
  return { ladders, rungOf, one: one && { ladder: one.segment, rung: rungs[one.segment]![one.products]! } };
}

async function counted(
  { customers, matrix: { rowOffsets } }: Held,
  params: Asked,
  context: RunContext,
  customerId: string | undefined,
): Promise<Counted> {
  const found: Counted = {
    segments: new Map(),
    segmentOf: new Int32Array(customers.length).fill(NOBODY),
    one: undefined,
  };
  const { segments, segmentOf } = found;
  let next = 0;
  const add = (id: string, name: string | null) => {
    const segment = segments.get(name) ?? { number: segments.size, counts: [] };
    if (segment.counts.length === 0) segments.set(name, segment);
    // In order, so that the next is mostly the one.
    const place = customers[next] === id ? next : placeOf(customers, id);
    const isHolder = customers[place] === id;
    const products = isHolder ? rowOffsets[place + 1]! - rowOffsets[place]! : 0;
    if (isHolder) [segmentOf[place], next] = [segment.number, place + 1];
    segment.counts[products] = (segment.counts[products] ?? 0) + 1;
    if (id === customerId) found.one = { segment: segment.number, products };
  };
  for await (const { rowCount, columns } of await context.stream(membersInOrder(params, context)))
    for (let i = 0; i < rowCount; i++) add(columns[0]![i] as string, columns[1]![i] as string | null);
  return found;
}

function ladderOf(segment: string | null, first: number, at: readonly number[]): Ladder {
  const from = at.slice();
  for (let i = from.length - 2; i >= 0; i--) from[i]! += from[i + 1]!;
  return { segment, customers: from[0]!, first, at, from };
}
