import type { RunContext } from '../../../analysis/define.ts';
import type { HeldAsked, Ownership } from '../../../analysis/snapshot/held-on.ts';
import { heldProducts } from '../../../analysis/snapshot/held-on.ts';
import { heldPairsOf } from '../../../analysis/snapshot/held-sql.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import { standingSnapshot, type StandingSnapshot } from '../../../analysis/snapshot/snapshot.ts';
import type { Rows } from '../../../lib/recommend/cases.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';

/** Pairs that one answer reads. */
const MANY_PAIRS = 1_000_000;

/**
 * The products of customers by asOf, as the last acknowledged write left them, in the numbering of `products`: a row for
 * each id. A product that is not among these is left out.
 */
export async function ownedBy(
  ids: readonly string[],
  ownership: Ownership,
  products: readonly string[],
  context: RunContext,
): Promise<Rows> {
  const standing = standingSnapshot(context);
  const asked = { ownership, day: dayNumber(context.asOf) };
  const isInMemory = (id: string) => standing !== undefined && !standing.isLeftOut(id);
  const others = ids.filter((id) => !isInMemory(id));
  const read = others.length === 0 ? new Map<string, number[]>() : await readHeld(others, ownership, products, context);
  return rowsOf(ids.map((id) => (isInMemory(id) ? inMemory(standing!, id, asked, products) : (read.get(id) ?? []))));
}

function inMemory({ snapshot }: StandingSnapshot, id: string, asked: HeldAsked, products: readonly string[]): number[] {
  const customer = numberOf(snapshot.customers, id);
  if (customer < 0) return [];
  const held = Array.from(heldProducts(snapshot, customer, asked));
  return snapshot.products === products
    ? held
    : numbersOf(
        held.map((number) => snapshot.products[number]!),
        products,
      );
}

async function readHeld(
  ids: readonly string[],
  ownership: Ownership,
  products: readonly string[],
  context: RunContext,
): Promise<Map<string, number[]>> {
  const pairs = await context.query(heldPairsOf(ids, ownership, context, MANY_PAIRS));
  const byCustomer = Map.groupBy(pairs, ({ customerId }) => String(customerId));
  return new Map(
    Array.from(byCustomer, ([id, rows]) => [
      id,
      numbersOf(
        rows.map(({ productId }) => String(productId)),
        products,
      ),
    ]),
  );
}

/** Numbers of ids, ascending and each once; ids without one are left out. */
export function numbersOf(ids: readonly string[], all: readonly string[]): number[] {
  const numbers = new Set(ids.map((id) => numberOf(all, id)));
  numbers.delete(-1);
  return [...numbers].sort((a, b) => a - b);
}

export function rowsOf(lists: readonly (readonly number[])[]): Rows {
  const rowOffsets = new Uint32Array(lists.length + 1);
  lists.forEach(({ length }, row) => (rowOffsets[row + 1] = rowOffsets[row]! + length));
  return { rows: lists.length, rowOffsets, items: Uint32Array.from(lists.flat()) };
}
