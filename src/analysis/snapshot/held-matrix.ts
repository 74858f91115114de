/*
 * Who holds what, exact after every acknowledged write:
 *
 *   snapshot ─ matrix of the day, kept as long as the snapshot ─┬─ nobody changed since ───────────────► HeldMatrix
 *                                                               └─ rows of who changed, by one statement, in their place ─► until the next write
 */
import { buildMatrix, bytesOfMatrix, type Items, type Matrix } from '../../lib/co-occurrence/matrix.ts';
import { numberOf, withMore } from '../../lib/sorted-ids.ts';
import { turnsOf } from '../../lib/turns.ts';
import type { RunContext } from '../define.ts';
import { defineDerivation } from '../derivation.ts';
import { changedOnDay, type HeldBy } from './changed-on.ts';
import { heldOnDay, type HeldAsked, type Ownership } from './held-on.ts';
import { dayNumber } from './holdings.ts';
import type { Snapshot } from './shape.ts';
import { standingSnapshot, type StandingSnapshot } from './snapshot.ts';

/** Rows are customers, columns products; both are numbered in the order of their ids, by code point. Some have nothing. */
export type HeldMatrix = {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly matrix: Matrix;
};

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/**
 * Who holds what as of asOf, each pair once, as the last acknowledged write left it. Undefined where there is no snapshot,
 * or much has changed since it was built: then SQL answers. Ids are those of relationships, with a row of their own or not.
 */
export async function heldMatrix(context: RunContext, ownership: Ownership): Promise<HeldMatrix | undefined> {
  const standing = standingSnapshot(context);
  if (standing === undefined) return undefined;
  const asked = { day: dayNumber(context.asOf), ownership };
  const left = standing.leftOut().length;
  if (left > 0) return withChanged(context, standing, asked, left);
  const { customers, products } = standing.snapshot;
  return { customers, products, matrix: await heldOnDay(context, standing.snapshot, asked) };
}

function withChanged(
  context: RunContext,
  standing: StandingSnapshot,
  asked: HeldAsked,
  left: number,
): Promise<HeldMatrix | undefined> {
  const { snapshot } = standing;
  const ofVersion = defineDerivation<HeldMatrix | undefined, HeldAsked & { snapshot: string; customers: number }>({
    name: 'ownership.held-matrix',
    reads: ['customer_products'],
    async build() {
      // Both are of one moment, and not older than the version under which the matrix is kept.
      const leftOut = standing.leftOut();
      const held = await changedOnDay(context, standing, asked.ownership);
      return held && replaced(snapshot, await heldOnDay(context, snapshot, asked), { leftOut, held });
    },
    bytes: (built) => (built === undefined ? 0 : bytesOfMatrix(built.matrix) + 8 * built.customers.length),
  });
  // Customers only join those who changed, so that their number says who they are.
  return context.derive(ofVersion, { snapshot: snapshot.id, ...asked, customers: left });
}

type Changed = { readonly leftOut: readonly string[]; readonly held: HeldBy };

/** The matrix with other rows for those who are left out, and rows and columns for who and what is new. */
export async function replaced(
  snapshot: Pick<Snapshot, 'customers' | 'products'>,
  matrix: Matrix,
  { leftOut, held }: Changed,
): Promise<HeldMatrix> {
  const customers = withMore(snapshot.customers, held.keys());
  const products = withMore(
    snapshot.products,
    [...held.values()].flatMap((ids) => [...ids]),
  );
  const rows = new Map(leftOut.map((id) => [numberOf(customers.ids, id), itemsOf(held.get(id), products.ids)]));
  const before = rowsBefore(customers);
  const put = (row: number, items: Items, at: number) => {
    const own = rows.get(row);
    if (own !== undefined) {
      items.set(own, at);
      return at + own.length;
    }
    const to = matrix.rowOffsets[before[row]! + 1]!;
    let next = at;
    for (let i = matrix.rowOffsets[before[row]!]!; i < to; i++) items[next++] = products.places[matrix.items[i]!]!;
    return next;
  };
  const most = matrix.items.length + [...held.values()].reduce((sum, { size }) => sum + size, 0);
  const size = { rows: customers.ids.length, columns: products.ids.length, most };
  return {
    customers: customers.ids,
    products: products.ids,
    matrix: await buildMatrix({ ...size, put }, turnsOf(TURN_MS)),
  };
}

function itemsOf(held: ReadonlySet<string> | undefined, products: readonly string[]): number[] {
  return Array.from(held ?? [], (id) => numberOf(products, id)).sort((a, b) => a - b);
}

/** The former number of each customer who had one. */
function rowsBefore({ ids, places }: { readonly ids: readonly string[]; readonly places: Uint32Array }): Uint32Array {
  const before = new Uint32Array(ids.length);
  for (let i = 0; i < places.length; i++) before[places[i]!] = i;
  return before;
}
