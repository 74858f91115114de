import { ownersOfColumn } from '../../lib/co-occurrence/matrix.ts';
import { sharedOwners } from '../../lib/recommend/reasons.ts';
import type { Learned } from './learned/learned.ts';

/** How many have all of some products, and of these another one too: as fields of a row, and as a sentence. */
export type Together = {
  readonly customersAlike: number;
  readonly ownedShare: number | null;
  readonly reason: string | null;
};

/** Of the products that speak most for an item; of all who have anything when there are none. */
export function together(
  reasons: readonly number[],
  item: number,
  { held, products }: Pick<Learned, 'held' | 'products'>,
  nameOf: (productId: string) => string | null,
): Together {
  const { customers, withOther } =
    reasons.length === 0
      ? { customers: held.filled, withOther: ownersOfColumn(held, item) }
      : sharedOwners(held, reasons, item);
  if (customers === 0) return { customersAlike: 0, ownedShare: null, reason: null };
  const ownedShare = withOther / customers;
  const names = reasons.map((number) => nameOf(products[number]!) ?? products[number]!);
  const what = names.length === 0 ? 'anything' : names.join(' and ');
  return {
    customersAlike: customers,
    ownedShare,
    reason: `owned by ${percent(ownedShare)} of the ${customers} customers who have ${what}`,
  };
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
