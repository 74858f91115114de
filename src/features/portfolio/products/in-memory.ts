import type { RunContext } from '../../../analysis/define.ts';
import { periodBefore, periodOf } from '../../../analysis/period.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import { decimalValue } from '../../../lib/decimal-value.ts';
import { centsBy, moneySnapshot, monthlyOn, revenueOf } from '../cents-by.ts';
import { MANY_PRODUCTS } from '../categories-of.ts';
import { ownersInMemory, type Grain } from '../owners.ts';
import { earnedBySql, type Asked, type Sources } from './queries.ts';

/** What the statement reads, from memory as far as may be; undefined where SQL has to answer. */
export async function sourcesInMemory(grain: Grain, params: Asked, context: RunContext): Promise<Sources | undefined> {
  const owners = await ownersInMemory(grain, params, context);
  if (owners === undefined) return undefined;
  return { owners, earned: (await earnedInMemory(params, context)) ?? earnedBySql(params, context) };
}

/** Columns of the table `earned`. */
export const EARNED = Object.freeze([
  { name: 'product_id', type: 'varchar' },
  { name: 'value', type: 'decimal(38, 2)' },
  { name: 'value_before', type: 'decimal(38, 2)' },
  { name: 'monthly_value', type: 'decimal(38, 2)' },
]);

async function earnedInMemory(params: Asked, context: RunContext): Promise<Sql | undefined> {
  const snapshot = moneySnapshot(params, context);
  if (snapshot === undefined || snapshot.products.length > MANY_PRODUCTS) return undefined;
  const { asOf } = context;
  const period = periodOf(params, asOf);
  const measures = [revenueOf(snapshot, period), revenueOf(snapshot, periodBefore(period)), monthlyOn(snapshot, asOf)];
  const sums: Float64Array[] = [];
  for (const centsOf of measures) {
    const found = await centsBy(snapshot, asOf, centsOf);
    if (found === undefined) return undefined;
    sums.push(found.product);
  }
  const rows = snapshot.products.flatMap((id, product) => {
    const cents = sums.map((sum) => sum[product]!);
    return Number.isNaN(cents[0]) ? [] : [[id, ...cents.map((one) => String(decimalValue(BigInt(one), 2)))]];
  });
  return context.d.rows(EARNED, JSON.stringify(rows));
}
