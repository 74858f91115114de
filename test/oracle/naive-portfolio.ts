import { periodBefore, periodOf, type Period } from '../../src/analysis/period.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { isActiveOn } from './naive-ownership.ts';

export type NaiveAsked = {
  readonly asOf: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly ownership: 'active' | 'ever';
  readonly customerType?: string | undefined;
  readonly category?: string | undefined;
};
type Row = Readonly<Record<string, unknown>>;

const text = (row: Stored, column: string) => (row[column] ?? null) as string | null;
const idOf = (row: Stored, column: string) => row[column] as string;
const unique = (rows: readonly Stored[], column: string) => new Set(rows.map((row) => idOf(row, column)));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function monthNumber(day: string): number {
  const [year, month, of] = day.split('-').map(Number) as [number, number, number];
  return 12 * year + month - 1 + (of - 1) / new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Revenue of a relationship in a period, in cents. */
export function centsIn(row: Stored, { from, to }: Period): number {
  const [start, end] = [text(row, 'start_date')!, text(row, 'end_date')];
  const value = Number(row['value'] ?? 0);
  if (row['relationship_type'] !== 'subscription') return start >= from && start < to ? Math.round(value * 100) : 0;
  const [begins, ends] = [start < from ? from : start, end !== null && end < to ? end : to];
  if (begins >= ends) return 0;
  const amount = value * (monthNumber(ends) - monthNumber(begins));
  return Math.sign(amount) * Math.round(Math.abs(amount) * 100);
}

/** What is asked about of a world, row by row. */
export function scopeOf(world: WorldRows, { asOf, customerType, category, ...days }: NaiveAsked) {
  const customers = world.customers.filter(
    (row) => customerType === undefined || row['customer_type'] === customerType,
  );
  const products = world.products.filter((row) => category === undefined || row['product_category'] === category);
  const [ids, productIds] = [unique(customers, 'customer_id'), unique(products, 'product_id')];
  const hasStarted = world.customer_products.filter((row) => {
    const [start, end] = [text(row, 'start_date'), text(row, 'end_date')];
    return start !== null && start <= asOf && (end === null || end >= start);
  });
  const counted = hasStarted.filter(
    (row) =>
      (customerType === undefined || ids.has(idOf(row, 'customer_id'))) &&
      (category === undefined || productIds.has(idOf(row, 'product_id'))),
  );
  const haveSomething = unique(hasStarted, 'customer_id');
  const eligible = customers.filter((row) => {
    const day = text(row, 'registration_date');
    return day === null || day <= asOf || haveSomething.has(idOf(row, 'customer_id'));
  });
  const period = periodOf(Object.fromEntries(Object.entries(days).filter(([, day]) => day !== undefined)), asOf);
  return { counted, products, eligible, eligibleIds: unique(eligible, 'customer_id'), period };
}

/** One row per product, or per category. */
export function portfolioOf(world: WorldRows, asked: NaiveAsked, by: 'product' | 'category'): Row[] {
  const { counted, products, eligible, eligibleIds, period } = scopeOf(world, asked);
  const listed = [...new Set([...unique(products, 'product_id'), ...unique(counted, 'product_id')])];
  const product = (id: string) => products.find((row) => row['product_id'] === id) ?? {};
  const keyOf = (id: string) => (by === 'product' ? id : text(product(id), 'product_category'));
  const total = sum(counted.map((row) => centsIn(row, period)));
  return [...new Set(listed.map(keyOf))].map((key) => {
    const rows = counted.filter((row) => keyOf(idOf(row, 'product_id')) === key);
    const owning = rows.filter((row) => eligibleIds.has(idOf(row, 'customer_id')));
    const active = owning.filter((row) => isActiveOn(row, asked.asOf));
    const [owners, activeOwners] = [unique(owning, 'customer_id').size, unique(active, 'customer_id').size];
    const value = sum(rows.map((row) => centsIn(row, period)));
    const before = sum(rows.map((row) => centsIn(row, periodBefore(period))));
    const monthly = rows.filter((row) => row['relationship_type'] === 'subscription' && isActiveOn(row, asked.asOf));
    const known = product(key ?? '');
    return {
      ...(by === 'product'
        ? {
            productId: key,
            productName: text(known, 'product_name'),
            productCategory: text(known, 'product_category'),
            productType: text(known, 'product_type'),
            productStatus: text(known, 'status'),
          }
        : { productCategory: key, products: listed.filter((id) => keyOf(id) === key).length }),
      owners,
      activeOwners,
      penetration: ratio(asked.ownership === 'active' ? activeOwners : owners, eligible.length),
      eligibleCustomers: eligible.length,
      value: value / 100,
      valueBefore: before / 100,
      growth: before > 0 ? value / before - 1 : null,
      share: total > 0 ? value / total : null,
      monthlyValue: sum(monthly.map((row) => Number(row['value'] ?? 0))),
    };
  });
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Cents per customer, product or category with a counted relationship. */
function amountsOf(world: WorldRows, asked: NaiveAsked, dimension: string): Map<string | null, number> {
  const { counted, period } = scopeOf(world, asked);
  const categoryOf = (id: string) =>
    text(world.products.find((row) => row['product_id'] === id) ?? {}, 'product_category');
  const amounts = new Map<string | null, number>();
  for (const row of counted) {
    const id = idOf(row, dimension === 'customers' ? 'customer_id' : 'product_id');
    const key = dimension === 'categories' ? categoryOf(id) : id;
    amounts.set(key, (amounts.get(key) ?? 0) + centsIn(row, period));
  }
  return amounts;
}

const classOf = (share: number) => (share <= 0.8 ? 'A' : share <= 0.95 ? 'B' : 'C');

/** Items with a positive value, the largest first: share, cumulative share with all of the same value, class. */
export function abcOf(world: WorldRows, asked: NaiveAsked, dimension: string) {
  const items = [...amountsOf(world, asked, dimension)].filter(([, cents]) => cents > 0).sort((a, b) => b[1] - a[1]);
  const total = sum(items.map(([, cents]) => cents));
  const names = dimension === 'customers' ? world.customers : world.products;
  const [id, name] = dimension === 'customers' ? ['customer_id', 'customer_name'] : ['product_id', 'product_name'];
  return items.map(([item, cents]) => {
    const cumulative = sum(items.filter(([, other]) => other >= cents).map(([, other]) => other)) / total;
    return {
      itemId: item,
      itemName: text(names.find((row) => row[id!] === item) ?? {}, name!),
      rank: items.filter(([, other]) => other > cents).length + 1,
      value: cents / 100,
      share: cents / total,
      cumulativeShare: cumulative,
      abcClass: classOf(cumulative),
    };
  });
}

export function concentrationOf(world: WorldRows, asked: NaiveAsked): Row[] {
  return ['customers', 'products', 'categories'].flatMap((dimension) => {
    const items = abcOf(world, asked, dimension);
    const n = items.length;
    if (n === 0) return [];
    const value = sum(items.map((item) => Math.round(item.value * 100)));
    const hhi = sum(items.map(({ share }) => share ** 2));
    const ascending = items.map((item) => item.value).sort((a, b) => a - b);
    const spread = sum(ascending.map((x, i) => (2 * (i + 1) - n - 1) * x));
    const top = (count: number) => sum(items.slice(0, count).map(({ share }) => share));
    const inClass = (name: string) => items.filter(({ abcClass }) => abcClass === name).length;
    const normalised = n === 1 ? null : (hhi - 1 / n) / (1 - 1 / n);
    return [
      {
        dimension,
        items: n,
        itemsLeftOut: amountsOf(world, asked, dimension).size - n,
        value: value / 100,
        hhi: 10_000 * hhi,
        effectiveNumber: 1 / hhi,
        normalisedHhi: normalised,
        gini: spread / (n * (value / 100)),
        topShare1: top(1),
        topShare10: top(10),
        topShare20Percent: top(Math.ceil(n / 5)),
        itemsA: inClass('A'),
        itemsB: inClass('B'),
        itemsC: inClass('C'),
      },
    ];
  });
}

/** Different products and cents of each eligible customer. */
function peopleOf(world: WorldRows, asked: NaiveAsked) {
  const { counted, eligible, period } = scopeOf(world, asked);
  return eligible.map((customer) => {
    const rows = counted.filter((row) => row['customer_id'] === customer['customer_id']);
    const held = asked.ownership === 'ever' ? rows : rows.filter((row) => isActiveOn(row, asked.asOf));
    return { customer, products: unique(held, 'product_id').size, cents: sum(rows.map((row) => centsIn(row, period))) };
  });
}

export function productsPerCustomerOf(world: WorldRows, asked: NaiveAsked): Row[] {
  const people = peopleOf(world, asked);
  return [...new Set(people.map(({ products }) => products))].map((products) => {
    const among = people.filter((one) => one.products === products);
    const cents = among.map((one) => one.cents).sort((a, b) => a - b);
    const middle = (cents[Math.floor((cents.length - 1) / 2)]! + cents[Math.ceil((cents.length - 1) / 2)]!) / 2;
    return {
      products,
      customers: among.length,
      share: among.length / people.length,
      cumulativeShare: people.filter((one) => one.products <= products).length / people.length,
      value: sum(cents) / 100,
      valueMean: sum(cents) / 100 / among.length,
      valueMedian: middle / 100,
    };
  });
}

export function crossSellOf(world: WorldRows, asked: NaiveAsked, by: 'none' | 'customerType' | 'region'): Row[] {
  const people = peopleOf(world, asked);
  const column = { none: '', customerType: 'customer_type', region: 'region' }[by];
  return [...new Set(people.map(({ customer }) => text(customer, column)))].map((groupValue) => {
    const among = people.filter(({ customer }) => text(customer, column) === groupValue);
    const counts = among.map(({ products }) => products);
    const [withProducts, withSeveral] = [1, 2].map((least) => counts.filter((count) => count >= least).length);
    return {
      groupValue,
      customers: among.length,
      withProducts,
      withSeveral,
      productsPerCustomer: sum(counts) / among.length,
      productsPerOwner: ratio(sum(counts), withProducts!),
      crossSellRate: ratio(withSeveral!, withProducts!),
    };
  });
}
