import { ownersOfColumn } from '../../lib/co-occurrence/matrix.ts';
import { sharedBy, type Shared } from '../../lib/recommend/reasons.ts';
import type { Learned } from './learned/learned.ts';

/** Reasons of which is kept who has them, at 1 M customers 125 kB each. */
const MOST_KEPT = 200;

/** How many have all of some products, and of these another one too: as fields of a row, and as a sentence. */
export type Together = {
  readonly customersAlike: number;
  readonly ownedShare: number | null;
  readonly reason: string | null;
};

/** Of the products that speak most for an item; of all who have anything when there are none. Many lists have the same reasons: who has them is found once. */
export function togetherBy(
  { held, products }: Pick<Learned, 'held' | 'products'>,
  nameOf: (productId: string) => string | null,
): (reasons: readonly number[], item: number) => Together {
  const known = new Map<string, Shared>();
  const anything: Shared = { customers: held.filled, withOther: (item) => ownersOfColumn(held, item) };
  const sharedOf = (reasons: readonly number[]): Shared => {
    const key = reasons.join();
    const shared = known.get(key) ?? (reasons.length === 0 ? anything : sharedBy(held, reasons));
    if (known.size < MOST_KEPT) known.set(key, shared);
    return shared;
  };
  return (reasons, item) => {
    const { customers, withOther } = sharedOf(reasons);
    if (customers === 0) return { customersAlike: 0, ownedShare: null, reason: null };
    const ownedShare = withOther(item) / customers;
    const names = reasons.map((number) => nameOf(products[number]!) ?? products[number]!);
    const what = names.length === 0 ? 'anything' : names.join(' and ');
    const reason = `owned by ${percent(ownedShare)} of the ${customers} customers who have ${what}`;
    return { customersAlike: customers, ownedShare, reason };
  };
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
