import type { Stored, WorldRows } from '../world-rows.ts';
import type { Flat } from './naive-list.ts';

export type NaiveQuestion = {
  readonly asOf: string;
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'relationship';
};

const dayOf = (row: Stored, column: string) => row[column] as string | null | undefined;

/** Holds on a day: begun, and not ended yet; the day of the end is outside. */
export function isActiveOn(row: Stored, day: string): boolean {
  const [start, end] = [dayOf(row, 'start_date'), dayOf(row, 'end_date')];
  return start != null && start <= day && (end == null || end > day);
}

function hasStartedBy(row: Stored, day: string): boolean {
  const start = dayOf(row, 'start_date');
  return start != null && start <= day;
}

/** Relationships that count, in groups that share the values of `by`. */
function groups(rows: readonly Stored[], by: readonly string[], { asOf, ownership }: NaiveQuestion): Stored[][] {
  const found = new Map<string, Stored[]>();
  for (const row of rows) {
    if (!(ownership === 'active' ? isActiveOn(row, asOf) : hasStartedBy(row, asOf))) continue;
    const key = JSON.stringify(by.map((column) => row[column]));
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return [...found.values()];
}

/** What is said about a group of relationships. */
function holding(rows: readonly Stored[], asOf: string): Flat {
  const texts = (column: string) =>
    rows
      .map((row) => dayOf(row, column) ?? null)
      .filter((value) => value !== null)
      .sort();
  const isMonthly = (row: Stored) => row['relationship_type'] === 'subscription';
  const sum = (list: readonly Stored[]) => list.reduce((total, row) => total + Number(row['value'] ?? 0), 0);
  const ends = texts('end_date');
  return {
    relationships: rows.length,
    relationshipType: texts('relationship_type')[0] ?? null,
    firstStart: texts('start_date')[0] ?? null,
    lastStart: texts('start_date').at(-1) ?? null,
    endDate: ends.length === rows.length ? ends.at(-1) : null,
    isActive: rows.some((row) => isActiveOn(row, asOf)),
    valueOnce: sum(rows.filter((row) => !isMonthly(row))),
    valueMonthly: sum(rows.filter((row) => isMonthly(row) && isActiveOn(row, asOf))),
  };
}

const byGrain = (id: string, grain: NaiveQuestion['grain']) => (grain === 'product' ? [id] : [id, 'relationship_id']);

export function productsOf(customer: string, world: WorldRows, question: NaiveQuestion): Flat[] {
  const rows = world.customer_products.filter((row) => row['customer_id'] === customer);
  return groups(rows, byGrain('product_id', question.grain), question).map((group) => {
    const product = world.products.find((row) => row['product_id'] === group[0]!['product_id']);
    return {
      productId: group[0]!['product_id'],
      productName: product?.['product_name'] ?? null,
      productCategory: product?.['product_category'] ?? null,
      productType: product?.['product_type'] ?? null,
      productStatus: product?.['status'] ?? null,
      relationshipId: question.grain === 'relationship' ? group[0]!['relationship_id'] : null,
      ...holding(group, question.asOf),
    };
  });
}

export function customersOf(product: string, world: WorldRows, question: NaiveQuestion): Flat[] {
  const rows = world.customer_products.filter((row) => row['product_id'] === product);
  return groups(rows, byGrain('customer_id', question.grain), question).map((group) => {
    const customer = world.customers.find((row) => row['customer_id'] === group[0]!['customer_id']);
    return {
      customerId: group[0]!['customer_id'],
      customerName: customer?.['customer_name'] ?? null,
      customerType: customer?.['customer_type'] ?? null,
      region: customer?.['region'] ?? null,
      customerStatus: customer?.['status'] ?? null,
      relationshipId: question.grain === 'relationship' ? group[0]!['relationship_id'] : null,
      ...holding(group, question.asOf),
    };
  });
}

export function pairsOf(column: string, ids: readonly string[], world: WorldRows, question: NaiveQuestion): Flat[] {
  const rows = world.customer_products.filter((row) => ids.includes(row[column] as string));
  return groups(rows, ['customer_id', 'product_id'], question).map((group) => ({
    customerId: group[0]!['customer_id'],
    productId: group[0]!['product_id'],
    ...holding(group, question.asOf),
  }));
}

export function summaryOf(world: WorldRows, asOf: string): Flat {
  const rows = world.customer_products;
  const active = rows.filter((row) => isActiveOn(row, asOf));
  const idsOf = (list: readonly Stored[], column: string) => new Set(list.map((row) => row[column]));
  const known = (column: string, table: readonly Stored[], list: readonly Stored[]) =>
    [...idsOf(list, column)].filter((id) => idsOf(table, column).has(id)).length;
  const unknown = (column: string, table: readonly Stored[]) => idsOf(rows, column).size - known(column, table, rows);
  const owners = known('customer_id', world.customers, active);
  const ofOwners = active.filter((row) => idsOf(world.customers, 'customer_id').has(row['customer_id']));
  return {
    customers: world.customers.length,
    products: world.products.length,
    relationships: rows.length,
    activeRelationships: active.length,
    owners,
    everOwners: known(
      'customer_id',
      world.customers,
      rows.filter((row) => hasStartedBy(row, asOf)),
    ),
    ownedProducts: known('product_id', world.products, active),
    relationshipsPerOwner: owners === 0 ? null : ofOwners.length / owners,
    withoutStart: rows.filter((row) => row['start_date'] == null).length,
    endsBeforeStart: rows.filter(
      (row) => row['start_date'] != null && row['end_date'] != null && row['end_date'] < row['start_date'],
    ).length,
    unknownCustomers: unknown('customer_id', world.customers),
    unknownProducts: unknown('product_id', world.products),
  };
}
