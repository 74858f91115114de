import type { KnownProduct } from '../../../analysis/product-directory.ts';
import type { Items } from '../../../lib/co-occurrence/matrix.ts';
import type { Learned } from '../learned/learned.ts';
import { togetherBy, type Together } from '../together.ts';

/** Owned products that are named as reasons, and of which it is said who has them too. */
const REASONS = 3;
const TOGETHER = 2;

export type Named = (productId: string) => KnownProduct | undefined;

/** What an item's score comes from. */
export type Explained = {
  readonly item: number;
  /** What each owned item gives to its score. */
  readonly given: Float64Array;
};

/** What of the owned items gives most to a score: `because`, and who has the two strongest, as fields of a row. Many customers have the same two. */
export function explainer(
  { item, given }: Explained,
  { products, held }: Pick<Learned, 'products' | 'held'>,
  named: Named,
) {
  const nameOf = (number: number) => named(products[number]!)?.productName ?? null;
  const known = new Map<string, Together>();
  const together = togetherBy({ products, held }, (id) => named(id)?.productName ?? null);
  return (owned: Items, score: number) => {
    const because = strongest(owned, given);
    const first = because.slice(0, TOGETHER);
    const key = first.join();
    const shared = known.get(key) ?? together(first, item);
    known.set(key, shared);
    return {
      because: because.map((number) => ({
        productId: products[number]!,
        productName: nameOf(number),
        weight: given[number]!,
        share: Math.min(1, given[number]! / score),
      })),
      ...shared,
    };
  };
}

/** The owned items that give most, then the lower one. */
function strongest(owned: Items, given: Float64Array): number[] {
  const giving = Array.from(owned).filter((number) => given[number]! > 0);
  return giving.toSorted((a, b) => given[b]! - given[a]! || a - b).slice(0, REASONS);
}
