/*
 * How the snapshot is built, beside everything else that the service does:
 *
 *   how many relationships, in which ranges ─ arrays of just that width ─ one statement streams (customer, product, type,
 *        start, end, cents) as numbers into them ─ arranged by customer and product ─► Snapshot
 */
import type { DerivationContext } from '../derivation.ts';
import { sql } from '../../data/sql/sql.ts';
import type { PackedBatch } from '../../data/warehouse/port.ts';
import { turnsOf } from '../../lib/turns.ts';
import { arranged } from './arrange.ts';
import { kindOf } from '../../data/catalog/value-kind.ts';
import { readExtent, type Extent } from './extent.ts';
import { endCode, OPEN, type Snapshot } from './shape.ts';
import { arrayFor, type Whole } from './whole.ts';

const MOST_TYPES = 250;
const MOST_UNSURE = 2_000;
/** Rows that are written between two statements find room; with more of them the build is given up. */
const SLACK = 10_000;
/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/**
 * Undefined when there are more relationships than SNAPSHOT_MAX_ROWS, more types than fit into a byte, or many of which
 * a snapshot cannot speak: then SQL answers.
 */
export async function buildSnapshot({
  query,
  pack,
  t,
  settings,
  catalog,
}: DerivationContext): Promise<Snapshot | undefined> {
  if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
  const extent = await readExtent({ query, t });
  if (extent.rows > settings.SNAPSHOT_MAX_ROWS) return undefined;
  const entries = emptyEntries(extent);
  // All relationships in one statement, so that they are of one version.
  const { batches, texts } = await pack(
    sql`select r.customer_id, r.product_id, r.relationship_type, r.start_date, r.end_date, cast(r.value * 100 as bigint) as cents
from ${t.customerProducts} r
where r.start_date is not null`,
  );
  const [customers, products, types] = texts as [string[], string[], string[]];
  for await (const batch of batches) {
    const isFull = entries.rows + batch.rowCount > entries.customer.length;
    if (isFull || types.length > MOST_TYPES || entries.unsure.size > MOST_UNSURE) return undefined;
    if (products.length > 2 ** 16 && entries.product instanceof Uint16Array)
      entries.product = Int32Array.from(entries.product);
    append(entries, batch);
  }
  const isMonthly = (type: string | null) => kindOf(catalog.valueMeaning, type) === 'monthly';
  return arranged({ ...entries, customers, products, types, isMonthly }, turnsOf(TURN_MS));
}

type Entries = {
  rows: number;
  readonly customer: Int32Array;
  product: Whole;
  readonly type: Whole;
  readonly start: Whole;
  readonly end: Whole;
  readonly cents: Whole;
  readonly unsure: Set<number>;
  isWhole: boolean;
};

/** What a write brings that does not fit is stored as something else: its customer has changed, so that nobody will ask for it here. */
function emptyEntries({ rows, days, cents }: Extent): Entries {
  const room = rows + SLACK;
  return {
    rows: 0,
    customer: new Int32Array(room),
    product: new Uint16Array(room),
    type: arrayFor(room, 0, MOST_TYPES + 1),
    start: arrayFor(room, ...days),
    end: arrayFor(room, ...days),
    cents: arrayFor(room, ...cents),
    unsure: new Set(),
    isWhole: true,
  };
}

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

function append(entries: Entries, { rowCount, columns }: PackedBatch): void {
  const some = columns.map((column) => column.subarray(0, rowCount)) as Columns;
  if (!isPlain(some)) return appendEach(entries, rowCount, some);
  const [customers, products, types, starts, ends, values] = some;
  const { customer, product, type, start, end, cents, rows } = entries;
  customer.set(customers, rows);
  product.set(products, rows);
  start.set(starts, rows);
  for (let i = 0; i < rowCount; i++) {
    type[rows + i] = Number.isNaN(types[i]) ? 0 : types[i]! + 1;
    end[rows + i] = Number.isNaN(ends[i]) ? OPEN : endCode(ends[i]!);
    cents[rows + i] = Number.isNaN(values[i]) ? 0 : values[i]!;
  }
  entries.rows += rowCount;
}

/** Whether every row has a customer, a product and days that are kept: what is missing or infinite is no number times zero. */
function isPlain([customers, products, , starts, ends]: Columns): boolean {
  let zero = 0;
  for (let i = 0; i < customers.length; i++) {
    zero += (customers[i]! + products[i]! + starts[i]!) * 0 + (Number.isNaN(ends[i]) ? 0 : ends[i]! * 0);
  }
  return zero === 0;
}

function appendEach(entries: Entries, rowCount: number, columns: Columns): void {
  const [customers, products, types, starts, ends, values] = columns;
  const { customer, product, type, start, end, cents } = entries;
  let at = entries.rows;
  for (let i = 0; i < rowCount; i++) {
    const isOpen = Number.isNaN(ends[i]);
    if (Number.isNaN(customers[i])) entries.isWhole = false;
    else if (Number.isNaN(products[i]) || !Number.isFinite(starts[i]) || !(isOpen || Number.isFinite(ends[i])))
      entries.unsure.add(customers[i]!);
    else {
      customer[at] = customers[i]!;
      product[at] = products[i]!;
      type[at] = Number.isNaN(types[i]) ? 0 : types[i]! + 1;
      start[at] = starts[i]!;
      end[at] = isOpen ? OPEN : endCode(ends[i]!);
      cents[at] = Number.isNaN(values[i]) ? 0 : values[i]!;
      at += 1;
    }
  }
  entries.rows = at;
}
