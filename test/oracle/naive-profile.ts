import type { Stored, WorldRows } from '../world-rows.ts';

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const sorted = (texts: readonly string[]) => texts.toSorted(compare);
const days = (from: string | undefined | null, to: string) =>
  from == null || from > to ? null : (Date.parse(to) - Date.parse(from)) / 86_400_000;
const text = (value: unknown) => (value ?? null) as string | null;

/** What a profile says about rows and days, relationship by relationship. */
export function naiveProfile({ customers, products, customer_products }: WorldRows, id: string, asOf: string) {
  const customer = customers.find((row) => row['customer_id'] === id)!;
  const own = customer_products.filter((row) => row['customer_id'] === id);
  const start = (row: Stored) => row['start_date'] as string | null;
  const end = (row: Stored) => row['end_date'] as string | null;
  const isTurned = (row: Stored) => start(row) !== null && end(row) !== null && end(row)! < start(row)!;
  const counted = own.filter((row) => start(row) !== null && start(row)! <= asOf && !isTurned(row));
  const starts = sorted(counted.map((row) => start(row)!));
  const describe = (product: unknown) => products.find((row) => row['product_id'] === product);
  const held = sorted([...new Set(counted.map((row) => String(row['product_id'])))]).map((productId) => {
    const mine = counted.filter((row) => row['product_id'] === productId);
    const days = sorted(mine.map((row) => start(row)!));
    const isActive = mine.some((row) => end(row) === null || end(row)! > asOf);
    const productName = text(describe(productId)?.['product_name']);
    return { productId, productName, firstStart: days[0], lastStart: days.at(-1), isActive };
  });
  const categoryOf = (productId: string) => text(describe(productId)?.['product_category']);
  const categories = [...new Set(held.map(({ productId }) => categoryOf(productId)))];
  const inOrder = [...sorted(categories.filter((one) => one !== null)), ...categories.filter((one) => one === null)];
  return {
    attributes: {
      customerName: text(customer['customer_name']),
      region: text(customer['region']),
      attributes: { tier: text(customer['attribute_tier']), is_vip: customer['attribute_is_vip'] ?? null },
    },
    holdings: inOrder.map((category) => {
      const mine = held.filter(({ productId }) => categoryOf(productId) === category);
      const active = mine.filter(({ isActive }) => isActive).length;
      return { category, active, ever: mine.length, products: mine };
    }),
    tenure: {
      daysSinceRegistration: days(text(customer['registration_date']), asOf),
      daysSinceFirstStart: days(starts[0], asOf),
    },
    activity: {
      firstStart: starts[0] ?? null,
      lastStart: starts.at(-1) ?? null,
      recencyDays: days(starts.at(-1), asOf),
    },
    warnings: {
      startsLater: own.filter((row) => start(row) !== null && start(row)! > asOf && !isTurned(row)).length,
      endsBeforeStart: own.filter(isTurned).length,
      withoutStart: own.filter((row) => start(row) === null).length,
      unknownProducts: new Set(own.map((row) => row['product_id']).filter((product) => describe(product) === undefined))
        .size,
    },
  };
}
