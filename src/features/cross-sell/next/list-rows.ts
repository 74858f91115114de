import type { KnownProduct } from '../../../analysis/product-directory.ts';
import type { Rows } from '../../../lib/recommend/cases.ts';
import { recommendRows, type RecommendedRows } from '../../../lib/recommend/recommend-rows.ts';
import type { Learned } from '../learned/learned.ts';
import { togetherBy } from '../together.ts';

/** Owned products that are named as reasons, and of which it is said who has them too. */
const REASONS = 3;
const TOGETHER = 2;

export type ListsAsked = {
  readonly owned: Rows;
  readonly eligible: Uint8Array;
  /** Products of a list. */
  readonly limit: number;
};

export type Named = (productId: string) => KnownProduct;

/** The lists of customers, row after row: what to offer to each, the best first. */
export function listRows(asked: ListsAsked, learned: Learned, named: Named): Readonly<Record<string, unknown>>[][] {
  const { owned, eligible, limit: most } = asked;
  const { neighbours, popular } = learned;
  const together = togetherBy(learned, (id) => named(id).productName);
  const lists = recommendRows({
    owned,
    from: 0,
    to: owned.rows,
    neighbours,
    popular,
    eligible,
    most,
    reasons: REASONS,
  });
  return Array.from({ length: owned.rows }, (_, row) => {
    const [from, to] = [lists.offsets[row]!, lists.offsets[row + 1]!];
    const isScored = (at: number) => at - from < lists.scored[row]!;
    return Array.from({ length: to - from }, (_place, rank) =>
      itemRow({ lists, at: from + rank, rank, isScored: isScored(from + rank), together }, learned, named),
    );
  });
}

type Place = {
  readonly lists: RecommendedRows;
  readonly at: number;
  readonly rank: number;
  readonly isScored: boolean;
  readonly together: ReturnType<typeof togetherBy>;
};

function itemRow({ lists, at, rank, isScored, together }: Place, learned: Learned, named: Named) {
  const item = lists.items[at]!;
  const score = lists.scores[at]!;
  const because = isScored ? reasonsOf(lists, at) : [];
  const probability = learned.chances[rank] ?? 0;
  const value = finite(learned.values[item]!);
  const productId = learned.products[item]!;
  const { productName, productCategory } = named(productId);
  return {
    rank: rank + 1,
    productId,
    productName,
    productCategory,
    score: isScored ? score : null,
    method: isScored ? learned.model.name : 'popularity',
    because: because.map(({ number, weight }) => {
      const id = learned.products[number]!;
      return { productId: id, productName: named(id).productName, weight, share: Math.min(1, weight / score) };
    }),
    ...together(
      because.slice(0, TOGETHER).map(({ number }) => number),
      item,
    ),
    probability,
    value,
    expectedValue: value === null ? null : probability * value,
  };
}

function reasonsOf({ reasonItems, reasonWeights }: RecommendedRows, at: number) {
  return Array.from({ length: REASONS }, (_, i) => ({
    number: reasonItems[at * REASONS + i]!,
    weight: reasonWeights[at * REASONS + i]!,
  })).filter(({ weight }) => weight > 0);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
