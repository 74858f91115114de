import type { RunContext } from '../../../analysis/define.ts';
import { periodOf, type Period } from '../../../analysis/period.ts';
import { areAllProducts } from '../../../analysis/population.ts';
import { heldMatrix } from '../../../analysis/snapshot/held-matrix.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import { decimalValue, SURE_UNSCALED } from '../../../lib/decimal-value.ts';
import { medianInPlace } from '../../../lib/stats/median.ts';
import { numbersInOrder } from '../../../lib/sorted-ids.ts';
import { centsBy, revenueOf } from '../cents-by.ts';
import { wholeSnapshot } from '../journeys/whole-snapshot.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { groupsInOrder, valuesInOrder, type Asked, type AskedBy } from './queries.ts';

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** The table of `groupSizes` from memory; undefined where SQL has to answer. */
export async function groupSizesInMemory(params: AskedBy, context: RunContext): Promise<Sql | undefined> {
  const productsOf = await heldBy(params, context);
  if (productsOf === undefined) return undefined;
  const groups = new Map<string | null, number[]>();
  for await (const { rowCount, columns } of await context.stream(groupsInOrder(params, context)))
    for (let i = 0; i < rowCount; i++) {
      const [group, products] = [columns[1]![i] as string | null, productsOf(columns[0]![i] as string)];
      const sizes = groups.get(group) ?? [];
      if (sizes.length === 0) groups.set(group, sizes);
      sizes[products] = (sizes[products] ?? 0) + 1;
    }
  const rows = Array.from(groups, ([group, sizes]) =>
    Object.entries(sizes).map(([products, customers]) => [group, products, String(customers)]),
  );
  return context.d.rows(
    [
      { name: 'group_value', type: 'varchar' },
      { name: 'products', type: 'bigint' },
      { name: 'customers', type: 'bigint' },
    ],
    JSON.stringify(rows.flat()),
  );
}

/** The table of `valuedSizes` from memory; undefined where SQL has to answer. */
export async function valuedSizesInMemory(
  params: Asked & Partial<Period>,
  context: RunContext,
): Promise<Sql | undefined> {
  const productsOf = await heldBy(params, context);
  if (productsOf === undefined) return undefined;
  const spentBy = await spentInMemory(params, context);
  const people = spentBy ? groupsInOrder({ ...params, by: 'none' }, context) : valuesInOrder(params, context);
  const sizes: number[][] = [];
  for await (const { rowCount, columns } of await context.stream(people))
    for (let i = 0; i < rowCount; i++) {
      const id = columns[0]![i] as string;
      const value = spentBy ? spentBy(id) : columns[1]![i];
      // More digits than a number is sure to hold.
      if (typeof value !== 'number' || Math.abs(value * 100) > SURE_UNSCALED) return undefined;
      (sizes[productsOf(id)] ??= []).push(value);
    }
  const turn = turnsOf(TURN_MS);
  const rows: string[][] = [];
  for (const [products, values] of Object.entries(sizes)) {
    const figures = figuresOf(values);
    if (figures === undefined) return undefined;
    rows.push([products, ...figures.map(String)]);
    await turn();
  }
  return context.d.rows(
    [
      { name: 'products', type: 'bigint' },
      { name: 'customers', type: 'bigint' },
      { name: 'value', type: 'decimal(38, 2)' },
      { name: 'value_mean', type: 'double' },
      { name: 'value_median', type: 'double' },
    ],
    JSON.stringify(rows),
  );
}

/** Revenue of the period of a customer; undefined where SQL has to add it. */
async function spentInMemory(
  params: Asked & Partial<Period>,
  context: RunContext,
): Promise<((customerId: string) => number) | undefined> {
  const snapshot = wholeSnapshot({}, context);
  const sums = snapshot && (await centsBy(snapshot, context.asOf, revenueOf(snapshot, periodOf(params, context.asOf))));
  if (sums === undefined) return undefined;
  const numberOf = numbersInOrder(snapshot!.customers);
  return (id) => (sums.customer[numberOf(id)] || 0) / 100;
}

/** Their number, sum, mean and median; undefined when the sum may be beyond what a number holds. */
function figuresOf(values: readonly number[]): (number | string)[] | undefined {
  let [cents, size] = [0, 0];
  for (const value of values) {
    const one = Math.round(value * 100);
    cents += one;
    size += Math.abs(one);
  }
  if (!Number.isSafeInteger(size)) return undefined;
  const mean = cents / 100 / values.length;
  return [values.length, decimalValue(BigInt(cents), 2), mean, medianInPlace(Float64Array.from(values))];
}

/** How many products a customer holds. */
async function heldBy(params: Asked, context: RunContext): Promise<((customerId: string) => number) | undefined> {
  const held = areAllProducts(params) ? await heldMatrix(context, params.ownership) : undefined;
  if (held === undefined) return undefined;
  const { rowOffsets } = held.matrix;
  const numberOf = numbersInOrder(held.customers);
  return (id) => {
    const number = numberOf(id);
    return number < 0 ? 0 : rowOffsets[number + 1]! - rowOffsets[number]!;
  };
}
