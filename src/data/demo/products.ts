import { BRANDS, CATEGORIES } from './categories.ts';
import { PRODUCT_STATUSES, spoil, type PRODUCT_DIRT } from './dirt.ts';
import { choose, lognormal, zipfMandelbrot } from './distributions.ts';
import { draw, type Draw } from './random.ts';
import { LAST_DAY_NUMBER, PAIRS, POPULARITY_SHIFT } from './world.ts';

export type Product = {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  /** Index into CATEGORIES. */
  readonly category: number;
  readonly type: string;
  readonly isPlan: boolean;
  readonly launchDay: number;
  readonly status: string;
  readonly cents: number;
  readonly role: Role;
  /** Weight of the ordinary choice within the category; 0 for products of planted pairs. */
  readonly weight: number;
  /** What is taken instead by a relationship that starts before the launch. */
  readonly substitute: number;
};

/** pair: of a planted pair; fresh: launched in the last days, for rows dated before the launch; anchor: launched early, one in each category, so that a substitute exists. */
type Role = 'ordinary' | 'anchor' | 'pair' | 'fresh';
type Drawn = Omit<Product, 'weight' | 'substitute'>;

export const FRESH_PRODUCTS = 3;
const LAUNCHED_IN_WINDOW = 0.2;
const UNUSUAL_STATUSES = Object.freeze(['ACTIVE', 'activ', 'tbd']);
const GOODS_TYPES = Object.freeze(['standard', 'premium', 'bundle']);
const PLAN_TYPES = Object.freeze(['plan', 'service']);

/** All products, in the order of their numbers 1 to `count`. Those of pair i are at 2 i and 2 i + 1 of `pairProducts()`. */
export function makeProducts(count: number, seed: number): readonly Product[] {
  const roles = rolesOf(count, draw(seed, 'product.pair'));
  const statuses = new Map(
    spoil(['status'], Math.max(2, count / 100), count, draw(seed, 'product.dirt')).map((s) => [s.no, s]),
  );
  const drawn = Array.from({ length: count }, (_, i) => {
    const product = drawProduct(i + 1, roles.get(i + 1) ?? 'ordinary', seed);
    const isUnusual = statuses.has(product.no);
    return isUnusual ? { ...product, status: UNUSUAL_STATUSES[product.no % UNUSUAL_STATUSES.length]! } : product;
  });
  const places = new Map(CATEGORIES.flatMap((_, category) => placesIn(drawn, category, draw(seed, 'product.rank'))));
  return drawn.map((product) => ({ ...product, ...(places.get(product.no) ?? { weight: 0, substitute: product.no }) }));
}

/** Products of the planted pairs: first and second of pair 0, of pair 1, and so on. */
export function pairProducts(products: readonly Product[]): readonly Product[] {
  return products.filter((product) => product.role === 'pair');
}

/** Keys of the dirty products, by kind. */
export function dirtyProducts(products: readonly Product[]): Record<keyof typeof PRODUCT_DIRT, readonly string[]> {
  const isUsual = (product: Product) => PRODUCT_STATUSES.some((status) => status === product.status);
  return { unusual_product_status: products.filter((product) => !isUsual(product)).map((product) => product.id) };
}

function rolesOf(count: number, order: Draw): ReadonlyMap<number, Role> {
  const middle = Array.from(
    { length: count - CATEGORIES.length - FRESH_PRODUCTS },
    (_, i) => i + 1 + CATEGORIES.length,
  );
  const pairs = sortBy(middle, (no) => order.of(no)).slice(0, 2 * PAIRS.length);
  return new Map<number, Role>([
    ...CATEGORIES.map((_, i) => [i + 1, 'anchor'] as const),
    ...pairs.map((no) => [no, 'pair'] as const),
    ...Array.from({ length: FRESH_PRODUCTS }, (_, i) => [count - i, 'fresh'] as const),
  ]);
}

function drawProduct(no: number, role: Role, seed: number): Drawn {
  const uniform = (salt: string) => draw(seed, `product.${salt}`).of(no);
  const breadths = CATEGORIES.map((category) => category.breadth);
  const category = role === 'anchor' ? no - 1 : choose(uniform('category'), breadths);
  const { plans, goodsPrice, planPrice, goodsWords, planWords } = CATEGORIES[category]!;
  const isPlan = role !== 'pair' && role !== 'fresh' && uniform('plan') < plans * 2 ** 32;
  const type = isPlan ? PLAN_TYPES[choose(uniform('type'), [2, 1])]! : GOODS_TYPES[choose(uniform('type'), [6, 3, 1])]!;
  const price = (isPlan ? planPrice : goodsPrice) * (type === 'premium' ? 1.8 : 1);
  const spread = lognormal(0.5)((uniform('price') + 0.5) / 2 ** 32);
  return {
    no,
    id: `P${String(no).padStart(5, '0')}`,
    name: `${pick(BRANDS, uniform('brand'))} ${pick(isPlan ? planWords : goodsWords, uniform('word'))} ${no}`,
    category,
    type,
    isPlan,
    launchDay: launchDay(no, role, uniform('launch'), uniform('launched')),
    status: PRODUCT_STATUSES[choose(uniform('status'), [94, 6])]!,
    cents: Math.max(1, Math.round((price * spread) / 100)) * 100 - 1,
    role,
  };
}

function launchDay(no: number, role: Role, day: number, when: number): number {
  if (role === 'fresh') return LAST_DAY_NUMBER - (no % FRESH_PRODUCTS);
  const isLate = role === 'ordinary' && when < LAUNCHED_IN_WINDOW * 2 ** 32;
  return isLate ? 15 + (day % 1380) : -30 - (day % 2500);
}

/** Popularity in one category: ranks are drawn; a late product is stood in for by the next early one in rank. */
function placesIn(products: readonly Drawn[], category: number, order: Draw) {
  const members = products.filter((product) => product.category === category && product.role !== 'pair');
  const ranked = sortBy(members, (product) => order.of(product.no));
  const weights = zipfMandelbrot(ranked.length, POPULARITY_SHIFT);
  return ranked.map((product, rank) => {
    const others = [...ranked.slice(rank), ...ranked.slice(0, rank)];
    const substitute = others.find((other) => other.launchDay < 0)!.no;
    return [product.no, { weight: weights[rank]!, substitute }] as const;
  });
}

function sortBy<T>(items: readonly T[], key: (item: T) => number): T[] {
  return items.toSorted((a, b) => key(a) - key(b));
}

function pick(words: readonly string[], uniform: number): string {
  return words[uniform % words.length]!;
}
