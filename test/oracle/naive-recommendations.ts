import type { Stored, WorldRows } from '../world-rows.ts';

/*
 * Recommendations by their definitions: sets and loops over customers, no matrix, no top lists, no shared counting.
 */

export type NaiveModel = { readonly name: string; readonly alpha: number | null; readonly beta: number | null };
export type NaiveSplit = { readonly cut: string; readonly asOf: string };
export type NaiveOptions = {
  readonly k: number;
  readonly leastOwned: number;
  readonly heaviest: number;
  readonly grain: 'product' | 'category';
  /** Only these are evaluated; all when undefined. */
  readonly customers: ReadonlySet<string> | undefined;
};
type Figures = Readonly<Record<string, number>>;
/** Items by customer. */
type Had = ReadonlyMap<string, ReadonlySet<string>>;
type Weight = (from: string, to: string) => number;

/** What each customer ever had by the end of a day. */
export function hadBy(rows: WorldRows, day: string, grain: 'product' | 'category' = 'product'): Had {
  const categoryOf = new Map(rows.products.map((one) => [one['product_id'], one['product_category'] ?? null]));
  const had = new Map<string, Set<string>>();
  for (const one of rows.customer_products) {
    if (!isCounted(one, day)) continue;
    const product = one['product_id'] as string;
    const item = grain === 'product' ? product : (categoryOf.get(product) ?? null);
    const items = had.get(one['customer_id'] as string) ?? new Set();
    had.set(one['customer_id'] as string, items);
    if (item !== null) items.add(item as string);
  }
  return had;
}

function isCounted(one: Stored, day: string): boolean {
  const { start_date: start, end_date: end } = one;
  return typeof start === 'string' && start <= day && (typeof end !== 'string' || end >= start);
}

/** How much one item says for another; a term per customer with both who does not have too much. */
export function weightUnder({ name, alpha, beta }: NaiveModel, had: Had, heaviest: number): Weight {
  const [degree, from, to] = { lift: [0, 1, 1], cosine: [0, 0.5, 0.5], rp3beta: [alpha!, alpha!, beta!] }[name] as [
    number,
    number,
    number,
  ];
  const light = sorted(had.keys())
    .map((customer) => had.get(customer)!)
    .filter(({ size }) => size <= heaviest);
  const owners = (item: string) => light.filter((items) => items.has(item)).length;
  return (i, j) => {
    const sum = light
      .filter((items) => items.has(i) && items.has(j))
      .reduce((total, { size }) => total + size ** -degree, 0);
    return sum === 0 ? 0 : Math.fround(sum * owners(i) ** -from * owners(j) ** -to);
  };
}

/** All items that may be offered to one who has some: by score, then by how many have them, then by id. */
function ranking(model: NaiveModel, had: Had, own: ReadonlySet<string>, items: readonly string[], heaviest: number) {
  const owners = (item: string) => [...had.values()].filter((one) => one.has(item)).length;
  const weight = model.name === 'popularity' ? () => 0 : weightUnder(model, had, heaviest);
  const score = (item: string) => sorted(own).reduce((sum, mine) => sum + weight(mine, item), 0);
  return items
    .filter((item) => !own.has(item))
    .map((item) => ({ item, score: score(item), owners: owners(item) }))
    .toSorted((a, b) => {
      if (a.score !== b.score) return b.score - a.score;
      return (a.score > 0 ? 0 : b.owners - a.owners) || (a.item < b.item ? -1 : 1);
    })
    .map(({ item }) => item);
}

/** The figures of a model; undefined without anybody to evaluate on. */
export function figuresOf(
  model: NaiveModel,
  rows: WorldRows,
  { cut, asOf }: NaiveSplit,
  { k, leastOwned, heaviest, grain, customers }: NaiveOptions,
): Figures | undefined {
  const had = hadBy(rows, dayBefore(cut), grain);
  const now = hadBy(rows, asOf, grain);
  const items = sorted(new Set([...now.values()].flatMap((one) => [...one])));
  const filled = [...had.values()].filter(({ size }) => size > 0).length;
  const bits = (item: string) =>
    -Math.log2(Math.max(1, [...had.values()].filter((one) => one.has(item)).length) / filled);
  const shown = new Set<string>();
  const figures: Figures[] = [];
  for (const customer of sorted(now.keys())) {
    const own = had.get(customer) ?? new Set<string>();
    const found = [...now.get(customer)!].filter((item) => !own.has(item));
    if (own.size < leastOwned || found.length === 0 || customers?.has(customer) === false) continue;
    const list = ranking(model, had, own, items, heaviest);
    for (const item of list.slice(0, k)) shown.add(item);
    const ranks = found.map((item) => list.indexOf(item) + 1).toSorted((a, b) => a - b);
    const first = list.slice(0, k);
    figures.push({ ...measures(ranks, k), novelty: mean(first.map(bits)) });
  }
  if (figures.length === 0) return undefined;
  const means = Object.keys(figures[0]!).map((name) => [name, mean(figures.map((one) => one[name]!))] as const);
  return { ...Object.fromEntries(means), cases: figures.length, coverage: shown.size / items.length };
}

/** Measures of the ranks, from 1 on, at which what was to be found stands. */
function measures(ranks: readonly number[], k: number): Figures {
  const within = ranks.filter((rank) => rank <= k);
  const gain = (some: readonly number[]) => sum(some.map((rank) => 1 / Math.log2(rank + 1)));
  const life = (some: readonly number[]) => sum(some.map((rank) => 0.5 ** ((rank - 1) / 4)));
  const best = ranks.map((_, i) => i + 1);
  return {
    hitRate: Number(within.length > 0),
    precision: within.length / k,
    recall: within.length / ranks.length,
    ndcg: gain(within) / gain(best.slice(0, k)),
    map: sum(within.map((rank, i) => (i + 1) / rank)) / Math.min(k, ranks.length),
    halfLife: life(ranks) / life(best),
  };
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

function sorted(texts: Iterable<string>): string[] {
  return [...texts].toSorted((a, b) => (a < b ? -1 : 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
