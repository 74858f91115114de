import type { Model } from './model.ts';
import type { Row } from './rows.ts';
import type { Wire } from './wire.ts';

const DAY = '2024-06-15';
const isActive = ({ startDate, endDate }: Row) =>
  startDate != null && (startDate as string) <= DAY && (endDate == null || (endDate as string) > DAY);

/** Where totals, the summary and look-ups of the service disagree with the model, whoever answers them. */
export async function summaryDifferences({ send }: Wire, model: Model): Promise<string[]> {
  const found: string[] = [];
  const compare = (what: string, shown: unknown, expected: unknown) => {
    const [is, must] = [JSON.stringify(shown), JSON.stringify(expected)];
    if (is !== must) found.push(`${what} is ${is}, not ${must}`);
  };
  const data = async (path: string) => {
    const answer = await send({ method: 'GET', path });
    if (answer?.status !== 200) found.push(`${path}: ${answer?.status} ${answer?.text.slice(0, 200)}`);
    return JSON.parse(answer!.text) as { data: readonly Row[]; page: { total: number } };
  };
  const all = [...model.rows.relationships.values()];
  const active = all.filter(isActive);
  const summary = (await data(`/v1/analyses/ownership.summary?asOf=${DAY}`)).data[0]!;
  const { customers, products, relationships, activeRelationships, owners, ownedProducts, unknownCustomers } = summary;
  compare(
    'ownership.summary',
    { customers, products, relationships, activeRelationships, owners, ownedProducts, unknownCustomers },
    {
      customers: model.rows.customers.size,
      products: model.rows.products.size,
      relationships: all.length,
      activeRelationships: active.length,
      owners: new Set(active.map((row) => row['customerId'])).size,
      ownedProducts: new Set(active.map((row) => row['productId'])).size,
      unknownCustomers: 0,
    },
  );
  compare('total of customers', (await data('/v1/customers?limit=1&total=true')).page.total, model.rows.customers.size);
  for (const id of ['B1', 'B7', 'B42', 's1c1'].filter((one) => model.rows.customers.has(one))) {
    const owned = (await data(`/v1/customers/${id}/products?asOf=${DAY}&limit=1000`)).data;
    compare(`products of ${id}`, sumsOf(owned, 'productId'), sumsBy(active, 'customerId', id, 'productId'));
  }
  for (const id of ['BP1', 'BP5']) {
    const owners = (await data(`/v1/products/${id}/customers?asOf=${DAY}&limit=1000`)).data;
    compare(`customers of ${id}`, sumsOf(owners, 'customerId'), sumsBy(active, 'productId', id, 'customerId'));
  }
  return found;
}

const sorted = (sums: Iterable<readonly [string, number]>) => [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
const sumsOf = (rows: readonly Row[], field: string) =>
  sorted(rows.map((row) => [row[field] as string, Math.round(Number(row['valueOnce']) * 100)] as const));

/** The value by `field` of the relationships of one customer or product, in hundredths. */
function sumsBy(active: readonly Row[], of: string, id: string, field: string) {
  const sums = new Map<string, number>();
  for (const row of active.filter((one) => one[of] === id)) {
    const key = row[field] as string;
    sums.set(key, (sums.get(key) ?? 0) + Math.round(Number(row['value'] ?? 0) * 100));
  }
  return sorted(sums);
}
