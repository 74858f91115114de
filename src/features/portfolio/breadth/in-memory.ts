import type { RunContext } from '../../../analysis/define.ts';
import type { Period } from '../../../analysis/period.ts';
import { areAllProducts } from '../../../analysis/population.ts';
import { heldMatrix } from '../../../analysis/snapshot/held-matrix.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import { decimalValue, SURE_UNSCALED } from '../../../lib/decimal-value.ts';
import { medianInPlace } from '../../../lib/stats/median.ts';
import { numbersInOrder } from '../../../lib/sorted-ids.ts';
import { groupsInOrder, valuesInOrder, type Asked, type AskedBy } from './queries.ts';

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
  const sizes: number[][] = [];
  for await (const { rowCount, columns } of await context.stream(valuesInOrder(params, context)))
    for (let i = 0; i < rowCount; i++) {
      const value = columns[1]![i];
      // More digits than a number is sure to hold.
      if (typeof value !== 'number' || Math.abs(value * 100) > SURE_UNSCALED) return undefined;
      (sizes[productsOf(columns[0]![i] as string)] ??= []).push(value);
    }
  const rows = Object.entries(sizes).map(([products, values]) => [products, ...figuresOf(values).map(String)]);
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

/** Their number, sum, mean and median. */
function figuresOf(values: readonly number[]): (number | string)[] {
  let cents = 0n;
  for (const value of values) cents += BigInt(Math.round(value * 100));
  const mean = Number(cents) / 100 / values.length;
  return [values.length, decimalValue(cents, 2), mean, medianInPlace(Float64Array.from(values))];
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
