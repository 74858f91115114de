/*
 * Who owns what, in typed arrays: one entry per relationship that has a start, grouped by customer.
 *
 *   one statement streams (customer, product, type, start, end, cents) ─ ids get numbers, arrays in order of arrival
 *                                                       ─ grouped by customer, if they were not ─ narrowed ─► Snapshot
 */
import type { DerivationContext } from '../../analysis/derivation.ts';
import { sql } from '../../data/sql/sql.ts';
import type { Batch } from '../../data/warehouse/port.ts';

type Whole = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Relationships of customer c are the entries `offsets[c]` to `offsets[c + 1]`. Days count from 1970-01-01. */
export type Snapshot = {
  readonly customers: ReadonlyMap<string, number>;
  readonly products: readonly string[];
  /** By type number; null for relationships without one. */
  readonly types: readonly (string | null)[];
  readonly monthly: readonly boolean[];
  readonly offsets: Uint32Array;
  readonly product: Whole;
  readonly type: Whole;
  readonly start: Whole;
  /** NEVER while it is open. */
  readonly end: Whole;
  /** Hundredths of the currency; a missing value counts as 0, as it does in a sum. */
  readonly cents: Whole;
};

/** The end of a relationship that is open. */
export const NEVER = 2 ** 31 - 1;
const MAX_TYPES = 250;
const MAX_PRODUCTS = 200_000;
const SLACK = 10_000;

/** Undefined when there are more relationships than SNAPSHOT_MAX_ROWS, or more types or products than fit: then SQL answers. */
export async function buildSnapshot({
  query,
  stream,
  t,
  d,
  settings,
}: DerivationContext): Promise<Snapshot | undefined> {
  if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
  const counted = await query(sql`select count(*) as rows from ${t.customerProducts} r where r.start_date is not null`);
  // Rows that are written between two of these statements find room too; with more of them the build is given up.
  const room = Number(counted.columns[0]![0]) + SLACK;
  if (room - SLACK > settings.SNAPSHOT_MAX_ROWS) return undefined;
  const ids = await query(
    sql`select distinct r.product_id from ${t.customerProducts} r where r.start_date is not null limit ${MAX_PRODUCTS + 1}`,
    MAX_PRODUCTS + 1,
  );
  if (ids.rowCount > MAX_PRODUCTS) return undefined;
  const products = ids.columns[0] as string[];
  const entries = emptyEntries(room);
  // All relationships in one statement, so that they are of one version. A product that came meanwhile is left out: its
  // customers have changed since the build began, and SQL answers for them.
  const { batches } = await stream(sql`select r.customer_id, p.number as product, r.relationship_type, r.value_kind,
  datediff('day', date '1970-01-01', r.start_date) as start_day,
  datediff('day', date '1970-01-01', r.end_date) as end_day,
  cast(r.value * 100 as bigint) as cents
from ${t.customerProducts} r
join ${d.numberedList(products)} p on p.id = r.product_id
where r.start_date is not null`);
  for await (const batch of batches) if (!append(entries, batch)) return undefined;
  return grouped(entries, products);
}

type Entries = {
  rows: number;
  readonly room: number;
  readonly customers: Map<string, number>;
  readonly types: Map<string | null, number>;
  readonly monthly: boolean[];
  /** How many relationships each customer has, by customer number. */
  readonly counts: number[];
  readonly customer: Uint32Array;
  readonly product: Uint32Array;
  readonly type: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly cents: Float64Array;
  isGrouped: boolean;
};

function emptyEntries(room: number): Entries {
  return {
    rows: 0,
    room,
    customers: new Map(),
    types: new Map(),
    monthly: [],
    counts: [],
    customer: new Uint32Array(room),
    product: new Uint32Array(room),
    type: new Uint8Array(room),
    start: new Int32Array(room),
    end: new Int32Array(room),
    cents: new Float64Array(room),
    isGrouped: true,
  };
}

type Columns = [string[], number[], (string | null)[], string[], number[], (number | null)[], (number | null)[]];

/** Takes a batch in; false when there is no room for it, or too many types. */
function append(entries: Entries, { rowCount, columns }: Batch): boolean {
  const [ids, products, types, kinds, starts, ends, values] = columns as Columns;
  const from = entries.rows;
  entries.rows += rowCount;
  if (entries.rows > entries.room) return false;
  const { customer, product, type, start, end, cents, counts } = entries;
  let last = from > 0 ? customer[from - 1]! : -1;
  let lastType = -1;
  for (let i = 0; i < rowCount; i++) {
    const at = from + i;
    if (i === 0 || ids[i] !== ids[i - 1]) last = customerNumber(entries, ids[i]!, last);
    if (i === 0 || types[i] !== types[i - 1]) lastType = typeNumber(entries, types[i]!, kinds[i]!);
    counts[last]! += 1;
    customer[at] = last;
    product[at] = products[i]!;
    type[at] = lastType;
    start[at] = starts[i]!;
    end[at] = ends[i] ?? NEVER;
    cents[at] = values[i] ?? 0;
  }
  return entries.types.size <= MAX_TYPES;
}

function customerNumber(entries: Entries, id: string, last: number): number {
  const { customers, counts } = entries;
  const known = customers.get(id);
  if (known === undefined) {
    counts.push(0);
    customers.set(id, customers.size);
    return customers.size - 1;
  }
  // A customer who comes again after others: the entries have to be sorted.
  if (known !== last) entries.isGrouped = false;
  return known;
}

function typeNumber({ types, monthly }: Entries, name: string | null, kind: string): number {
  const known = types.get(name);
  if (known !== undefined) return known;
  types.set(name, types.size);
  monthly.push(kind === 'monthly');
  return types.size - 1;
}

/** Entries by customer (a counting sort, which keeps the order within one), each array as narrow as its values allow. */
function grouped(entries: Entries, products: readonly string[]): Snapshot {
  const { rows } = entries;
  const offsets = new Uint32Array(entries.counts.length + 1);
  entries.counts.forEach((count, c) => (offsets[c + 1] = offsets[c]! + count));
  const places = entries.isGrouped ? undefined : placesOf(entries.customer.subarray(0, rows), offsets);
  const arranged = (values: Whole): Whole => {
    const used = values.subarray(0, rows);
    return places === undefined ? used : arrange(used, places);
  };
  return {
    customers: entries.customers,
    products,
    types: [...entries.types.keys()],
    monthly: entries.monthly,
    offsets,
    product: narrowed(arranged(entries.product)),
    type: arranged(entries.type).slice(),
    start: narrowed(arranged(entries.start)),
    end: narrowed(arranged(entries.end)),
    cents: narrowed(arranged(entries.cents)),
  };
}

function placesOf(customer: Uint32Array, offsets: Uint32Array): Uint32Array {
  const next = offsets.slice();
  return customer.map((c) => next[c]!++);
}

function arrange<A extends Whole>(values: A, places: Uint32Array): A {
  const sorted = values.slice() as A;
  for (let i = 0; i < values.length; i++) sorted[places[i]!] = values[i]!;
  return sorted;
}

function narrowed(values: Whole): Whole {
  let [least, most] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least) least = values[i]!;
    if (values[i]! > most) most = values[i]!;
  }
  if (least >= 0 && most < 2 ** 16) return Uint16Array.from(values);
  return least >= -(2 ** 31) && most < 2 ** 31 ? Int32Array.from(values) : values.slice();
}
