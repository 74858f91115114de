import { fieldsOfTable } from '../../analysis/columns.ts';
import type { RunContext } from '../../analysis/define.ts';
import type { FactsOptions } from '../../analysis/facts/model.ts';
import { daysBetween } from '../../analysis/period.ts';
import { mostAlike, type AlikeRow } from '../../analysis/snapshot/most-alike.ts';
import { camelCase } from '../../lib/names.ts';
import { firstStart, holdings, lastStart, pick, type Row } from './holdings.ts';
import { customersWithFacts, productsHeld, UNKNOWN_TOLD } from './queries.ts';
import { needs, type Included, type Section } from './sections.ts';

/** What was read about one customer. */
export type Read = {
  /** Columns of the customer, and of the facts. */
  readonly customer: Row;
  readonly attributes: Row;
  /** One row per product. */
  readonly products: readonly Row[];
  readonly alike: readonly AlikeRow[];
  readonly asOf: string;
};

/** Neighbours of a customer that are told. */
const ALIKE = { count: 10, minCommon: 2 } as const;

/** One row per customer that is named and exists, in the order in which they are named. Sections that are not asked for are null. */
export async function profilesOf(
  ids: readonly string[],
  included: Included & { readonly options: FactsOptions },
  context: RunContext,
): Promise<readonly Row[]> {
  const [customers, products] = await Promise.all([
    context.query(customersWithFacts(ids, included, context)),
    needs(included, 'relationships') ? context.query(productsHeld(ids, context)) : [],
  ]);
  const byId = new Map(customers.map((customer) => [customer['customerId'], customer]));
  const held = Map.groupBy(products, ({ customerId }) => customerId);
  const rows: Row[] = [];
  for (const id of new Set(ids)) {
    const customer = byId.get(id);
    if (customer === undefined) continue;
    const alike = needs(included, 'alike') ? await mostAlike(id, ALIKE, context) : [];
    const attributes = attributesOf(customer, context);
    rows.push(profileOf({ customer, attributes, products: held.get(id) ?? [], alike, asOf: context.asOf }, included));
  }
  return rows;
}

/** The row of a customer. */
export function profileOf(read: Read, { include }: Included): Row {
  const sections = Object.entries(MADE).map(([name, make]) => [
    name,
    include.includes(name as Section) ? make(read) : null,
  ]);
  return { customerId: read.customer['customerId'], ...(Object.fromEntries(sections) as Row) };
}

const MADE: Readonly<Record<Section, (read: Read) => unknown>> = {
  attributes: ({ customer, attributes }) => ({
    ...pick(customer, ['customerName', 'customerType', 'region', 'registrationDate', 'status']),
    attributes,
  }),
  holdings: ({ products }) => holdings(products),
  tenure: ({ customer, products, asOf }) => ({
    daysSinceRegistration: daysSince(customer['registrationDate'], asOf),
    daysSinceFirstStart: daysSince(firstStart(products), asOf),
  }),
  activity: ({ products, asOf }) => ({
    firstStart: firstStart(products),
    lastStart: lastStart(products),
    recencyDays: daysSince(lastStart(products), asOf),
  }),
  value: ({ customer }) => ({
    ...pick(customer, ['value', 'value12Months', 'valueMonthly']),
    rank: customer['valueRank'],
    rankInType: customer['valueRankInType'],
    rankInRegion: customer['valueRankInRegion'],
    percentile: customer['valuePercentile'],
    percentileInType: customer['valuePercentileInType'],
    percentileInRegion: customer['valuePercentileInRegion'],
  }),
  rfm: ({ customer }) => ({
    ...pick(customer, ['recencyScore', 'frequencyScore', 'monetaryScore']),
    segment: customer['rfmSegment'],
  }),
  lifecycle: ({ customer }) => ({ stage: customer['lifecycle'], tier: customer['tier'] }),
  alike: ({ alike }) => alike,
  warnings: ({ products }) => ({
    startsLater: sum(products, 'startsLater'),
    endsBeforeStart: sum(products, 'endsBeforeStart'),
    withoutStart: sum(products, 'withoutStart'),
    unknownProducts: products.filter(({ isDescribed }) => isDescribed === false).length,
  }),
};

/** Extra attributes by the names that lists give them. */
function attributesOf(customer: Row, { catalog }: Pick<RunContext, 'catalog'>): Row {
  const fields = fieldsOfTable(catalog, 'customers').filter(({ field }) => field.startsWith('attributes.'));
  return Object.fromEntries(fields.map(({ field, column }) => [field.slice(11), customer[camelCase(column)]]));
}

/** Null without a day, and for one that is later or that the calendar of years 1 to 9999 does not have. */
function daysSince(day: unknown, asOf: string): number | null {
  const days = typeof day === 'string' ? daysBetween(day, asOf) : Number.NaN;
  return days >= 0 ? days : null;
}

function sum(rows: readonly Row[], name: string): number {
  return rows.reduce((total, row) => total + Number(row[name]), 0);
}

/** One sentence that names the ids that do not exist. */
export function sayUnknown(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const told = rows.slice(0, UNKNOWN_TOLD).map(({ id }) => JSON.stringify(id));
  return [`there are no customers ${told.join(', ')}${rows.length > told.length ? ', …' : ''}`];
}
