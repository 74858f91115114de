import { customerOf, emptyHoldings, isOwned, pushHolding, type AskedOf } from '../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../analysis/snapshot/shape.ts';
import type { StandingSnapshot } from '../../analysis/snapshot/snapshot.ts';

/** One row for each pair of a customer and a product, column by column. */
export type PairColumns = ReturnType<typeof emptyPairs>;

export function emptyPairs() {
  return { customerId: [] as string[], productId: [] as string[], ...emptyHoldings() };
}

/** Entries of customer `c`, product by product. */
export function* groupsOfCustomer({ offsets, product }: Snapshot, c: number): Generator<readonly [number, number]> {
  const end = offsets[c + 1]!;
  for (let from = offsets[c]!, to = from; from < end; from = to) {
    while (to < end && product[to] === product[from]) to += 1;
    yield [from, to];
  }
}

/** A stretch of `byProduct` that is about one customer. */
export type OwnerGroup = { readonly customer: number; readonly from: number; readonly to: number };

/** The entries of product `p`, customer by customer, from a customer on. */
export function* groupsOfProduct(snapshot: Snapshot, p: number, first = 0): Generator<OwnerGroup> {
  const { byProduct, productOffsets, offsets } = snapshot;
  const end = productOffsets[p + 1]!;
  let from = firstOf(snapshot, p, first);
  for (let customer = first; from < end;) {
    customer = customerOf(snapshot, byProduct[from]!, customer);
    let to = from + 1;
    while (to < end && byProduct[to]! < offsets[customer + 1]!) to += 1;
    yield { customer, from, to };
    from = to;
  }
}

/** The first place in `byProduct` of a product whose entry is of this customer or a later one. */
function firstOf({ byProduct, productOffsets, offsets }: Snapshot, p: number, customer: number): number {
  let [low, high] = [productOffsets[p]!, productOffsets[p + 1]!];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byProduct[middle]! < offsets[customer]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Appends the pairs of a customer of whom the snapshot speaks. */
export function pushPairsOfCustomer(snapshot: Snapshot, c: number, asked: AskedOf, out: PairColumns): void {
  for (const group of groupsOfCustomer(snapshot, c)) {
    if (!pushHolding(snapshot, undefined, group, asked, out)) continue;
    out.customerId.push(snapshot.customers[c]!);
    out.productId.push(snapshot.products[snapshot.product[group[0]]!]!);
  }
}

/** Appends the pair that a group is; nothing when it is not owned, or the snapshot does not speak of the customer. */
export function pushPairOfProduct(
  { snapshot, isLeftOut }: StandingSnapshot,
  p: number,
  { customer, from, to }: OwnerGroup,
  asked: AskedOf,
  out: PairColumns,
): void {
  const id = snapshot.customers[customer]!;
  if (isLeftOut(id) || !pushHolding(snapshot, snapshot.byProduct, [from, to], asked, out)) return;
  out.customerId.push(id);
  out.productId.push(snapshot.products[p]!);
}

/** How many customers own a product, those left out not counted. */
export function countOwners({ snapshot, isLeftOut }: StandingSnapshot, p: number, asked: AskedOf): number {
  const { byProduct, customers } = snapshot;
  let owners = 0;
  for (const { customer, from, to } of groupsOfProduct(snapshot, p)) {
    let at = from;
    while (at < to && !isOwned(snapshot, byProduct[at]!, asked)) at += 1;
    if (at < to && !isLeftOut(customers[customer]!)) owners += 1;
  }
  return owners;
}
