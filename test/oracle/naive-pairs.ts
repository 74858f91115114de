import { compareText } from '../../src/lib/compare-text.ts';
import type { Stored, WorldRows } from '../world-rows.ts';

export type PairQuestion = {
  readonly asOf: string;
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'category';
  readonly minCustomers: number;
  readonly minOwners: number;
  readonly region?: string;
  readonly productType?: string;
  /** Only pairs that begin with it. */
  readonly of?: string | undefined;
};

export type NaivePair = Readonly<Record<string, number | string | null>>;

/** Every pair of items, from loops over customers and the definitions of probability; in no order. */
export function naivePairs(world: WorldRows, asked: PairQuestion): NaivePair[] {
  const held = heldItems(world, asked);
  const base = held.size;
  const items = new Map<string, Set<string>>();
  const wanted = new Set(world.products.filter(isAskedProduct(asked)).map((row) => row['product_id']));
  const categoryOf = new Map(world.products.map((row) => [row['product_id'], row['product_category']]));
  const itemOf = (product: string) => (asked.grain === 'product' ? product : categoryOf.get(product));
  const put = (into: Map<string, Set<string>>, item: unknown, customer: string) => {
    if (typeof item !== 'string') return;
    into.set(item, (into.get(item) ?? new Set()).add(customer));
  };
  const own = new Map<string, Set<string>>();
  for (const [customer, products] of held) {
    for (const product of products) {
      if (asked.productType === undefined || wanted.has(product)) put(items, itemOf(product), customer);
      if (asked.of !== undefined && itemOf(product) === asked.of) put(own, asked.of, customer);
    }
  }
  const pairs: NaivePair[] = [];
  for (const [a, ownersA] of asked.of === undefined ? items : own) {
    for (const [b, ownersB] of items) {
      const isTurned = ownersA.size > ownersB.size || (ownersA.size === ownersB.size && compareText(a, b) > 0);
      if (a === b || (asked.of === undefined && isTurned)) continue;
      const both = ownersA.intersection(ownersB).size;
      if (both < asked.minCustomers || Math.min(ownersA.size, ownersB.size) < asked.minOwners) continue;
      pairs.push({ itemA: a, itemB: b, ...measuresOf(both, ownersA.size, ownersB.size, base) });
    }
  }
  return pairs.map((pair) => ({ ...pair, tested: pairs.length, adjustedProbability: adjusted(pair, pairs) }));
}

const isAskedProduct =
  ({ productType }: PairQuestion) =>
  (row: Stored) =>
    productType === undefined || row['product_type'] === productType;

function heldItems({ customers, customer_products }: WorldRows, { asOf, ownership, region }: PairQuestion) {
  const asked = new Set(customers.filter((row) => row['region'] === region).map((row) => row['customer_id']));
  const held = new Map<string, Set<string>>();
  for (const { customer_id, product_id, start_date, end_date } of customer_products) {
    const [start, end] = [start_date as string | null, end_date as string | null];
    if (start === null || start > asOf || (end !== null && end < start)) continue;
    if (ownership === 'active' && end !== null && end <= asOf) continue;
    if (region !== undefined && !asked.has(customer_id)) continue;
    held.set(customer_id as string, (held.get(customer_id as string) ?? new Set<string>()).add(product_id as string));
  }
  return held;
}

/** From shares, where the service computes from counts. */
function measuresOf(both: number, ownersA: number, ownersB: number, base: number) {
  const [ab, a, b] = [both / base, ownersA / base, ownersB / base];
  const [onlyA, onlyB] = [ownersA - both, ownersB - both];
  const neither = base - both - onlyA - onlyB;
  const isFixed = ownersA === base || ownersB === base;
  const phi = isFixed ? null : (ab - a * b) / Math.sqrt(a * (1 - a) * b * (1 - b));
  return {
    customers: both,
    ownersA,
    ownersB,
    base,
    support: ab,
    confidence: ab / a,
    reverseConfidence: ab / b,
    lift: ab / a / b,
    leverage: ab - a * b,
    conviction: onlyA === 0 ? null : (1 - b) / (1 - ab / a),
    reverseConviction: onlyB === 0 ? null : (1 - a) / (1 - ab / b),
    cosine: Math.sqrt((ab / a) * (ab / b)),
    jaccard: both / (both + onlyA + onlyB),
    kulczynski: (ab / a + ab / b) / 2,
    imbalance: Math.abs(onlyA - onlyB) / (both + onlyA + onlyB),
    phi,
    oddsRatio: onlyA * onlyB === 0 ? null : both / onlyA / (onlyB / neither),
    chiSquare: phi === null ? null : base * phi * phi,
    // A handful of customers never has five expected in each cell.
    test: 'fisher',
    probability: fisher(both, ownersA, ownersB, base),
  };
}

function fisher(both: number, a: number, b: number, all: number): number {
  const ways = (k: number) => choose(a, k) * choose(all - a, b - k);
  let [extreme, total] = [0, 0];
  for (let k = 0; k <= Math.min(a, b); k++) {
    total += ways(k);
    if (ways(k) <= ways(both)) extreme += ways(k);
  }
  return extreme / total;
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}

/** The least level at which the pair is among those that the procedure rejects. */
function adjusted(pair: NaivePair, pairs: readonly NaivePair[]): number {
  const sorted = pairs.map(({ probability }) => probability as number).sort((x, y) => x - y);
  const levels = sorted.map((p, i) => (p * sorted.length) / (i + 1));
  return Math.min(1, ...levels.filter((_, i) => sorted[i]! >= (pair['probability'] as number) * (1 - 1e-12)));
}
