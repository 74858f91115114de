/*
 * Who owns what, in typed arrays: one entry per relationship that has a start, grouped by customer.
 *
 *   two dictionaries ─ one statement streams (customer, product, type, start, end, cents) ─ arrays in order of arrival
 *                                                        ─ grouped by customer, if they were not ─ narrowed ─► Snapshot
 */
import { defineDerivation, type DerivationContext } from '../../analysis/derivation.ts';
import { sql } from '../../data/sql/sql.ts';
import type { Batch } from '../../data/warehouse/port.ts';
import { dayText } from '../../lib/calendar.ts';
import type { HeldRelationship } from './service.ts';

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

const NEVER = 2 ** 31 - 1;
const MAX_TYPES = 250;

/** Undefined when there are more relationships than SNAPSHOT_MAX_ROWS, or more types than fit: then SQL answers. */
export const ownershipSnapshot = defineDerivation<Snapshot | undefined>({
  name: 'ownership.snapshot',
  reads: ['customer_products'],
  build: buildSnapshot,
  bytes: (snapshot) => (snapshot === undefined ? 0 : bytesOf(snapshot)),
});

/** The relationships of a customer that have a start; none for a customer that the snapshot does not know. */
export function heldBy(snapshot: Snapshot, customerId: string): HeldRelationship[] {
  const c = snapshot.customers.get(customerId);
  if (c === undefined) return [];
  const held: HeldRelationship[] = [];
  for (let at = snapshot.offsets[c]!; at < snapshot.offsets[c + 1]!; at++) {
    const type = snapshot.type[at]!;
    const end = snapshot.end[at]!;
    held.push({
      productId: snapshot.products[snapshot.product[at]!]!,
      relationshipId: null,
      relationshipType: snapshot.types[type]!,
      startDate: dayText(snapshot.start[at]!),
      endDate: end === NEVER ? null : dayText(end),
      value: snapshot.cents[at]! / 100,
      valueKind: snapshot.monthly[type] ? 'monthly' : 'once',
    });
  }
  return held;
}

async function buildSnapshot(context: DerivationContext): Promise<Snapshot | undefined> {
  const { query, t, settings } = context;
  if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
  const counted = await query(sql`select count(*) as rows from ${t.customerProducts} r where r.start_date is not null`);
  const rows = Number(counted.columns[0]![0]);
  if (rows > settings.SNAPSHOT_MAX_ROWS) return undefined;
  const types = await query(sql`select r.relationship_type, r.value_kind from ${t.customerProducts} r
where r.start_date is not null group by r.relationship_type, r.value_kind order by r.relationship_type nulls last, r.value_kind nulls last`);
  if (types.rowCount > MAX_TYPES) return undefined;
  const products = await query(
    sql`select distinct r.product_id from ${t.customerProducts} r where r.start_date is not null order by r.product_id nulls last`,
    rows,
  );
  const names = { products: products.columns[0] as string[], types: types.columns[0] as (string | null)[] };
  const read = await readEntries(context, rows, names);
  return { ...names, monthly: types.columns[1]!.map((kind) => kind === 'monthly'), ...grouped(read) };
}

type Entries = {
  readonly customers: Map<string, number>;
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

async function readEntries(
  { stream, t }: DerivationContext,
  rows: number,
  names: { types: readonly (string | null)[] },
): Promise<Entries> {
  const entries: Entries = {
    customers: new Map(),
    counts: [],
    customer: new Uint32Array(rows),
    product: new Uint32Array(rows),
    type: new Uint8Array(rows),
    start: new Int32Array(rows),
    end: new Int32Array(rows),
    cents: new Float64Array(rows),
    isGrouped: true,
  };
  const typeNumbers = new Map(names.types.map((name, i) => [name, i]));
  const { batches } = await stream(sql`select r.customer_id, p.number as product, r.relationship_type,
  datediff('day', date '1970-01-01', r.start_date) as start_day,
  datediff('day', date '1970-01-01', r.end_date) as end_day,
  cast(r.value * 100 as bigint) as cents
from ${t.customerProducts} r
join (
  select d.product_id, row_number() over (order by d.product_id nulls last) - 1 as number
  from (select distinct i.product_id from ${t.customerProducts} i where i.start_date is not null) d
) p on p.product_id = r.product_id
where r.start_date is not null`);
  let at = 0;
  for await (const batch of batches) at = append(entries, batch, at, typeNumbers);
  return entries;
}

function append(
  entries: Entries,
  { rowCount, columns }: Batch,
  from: number,
  typeNumbers: ReadonlyMap<string | null, number>,
): number {
  const [ids, product, type, start, end, cents] = columns as [
    string[],
    number[],
    (string | null)[],
    number[],
    (number | null)[],
    (number | null)[],
  ];
  const { customers, counts } = entries;
  let last = from > 0 ? entries.customer[from - 1]! : -1;
  let lastId: string | undefined;
  for (let i = 0; i < rowCount; i++) {
    const at = from + i;
    if (ids[i] !== lastId) {
      lastId = ids[i]!;
      const known = customers.get(lastId);
      // A customer who comes again after others: the entries have to be sorted.
      if (known !== undefined && known !== last) entries.isGrouped = false;
      last = known ?? customers.size;
      if (known === undefined) {
        customers.set(lastId, last);
        counts.push(0);
      }
    }
    counts[last]! += 1;
    entries.customer[at] = last;
    entries.product[at] = product[i]!;
    entries.type[at] = typeNumbers.get(type[i]!)!;
    entries.start[at] = start[i]!;
    entries.end[at] = end[i] ?? NEVER;
    entries.cents[at] = cents[i] ?? 0;
  }
  return from + rowCount;
}

/** Entries by customer (a counting sort, which keeps the order within one), each array as narrow as its values allow. */
function grouped(entries: Entries) {
  const offsets = new Uint32Array(entries.counts.length + 1);
  entries.counts.forEach((count, c) => (offsets[c + 1] = offsets[c]! + count));
  const places = entries.isGrouped ? undefined : placesOf(entries.customer, offsets);
  const arranged = <A extends Whole>(values: A): Whole =>
    narrowed(places === undefined ? values : arrange(values, places));
  const { customers, product, type, start, end, cents } = entries;
  return {
    customers,
    offsets,
    product: arranged(product),
    type: places === undefined ? type : arrange(type, places),
    start: arranged(start),
    end: arranged(end),
    cents: arranged(cents),
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
  return least >= -(2 ** 31) && most < 2 ** 31 && !(values instanceof Uint32Array) ? Int32Array.from(values) : values;
}

/** The arrays, and some 100 bytes for each customer's id and number. */
function bytesOf({ customers, offsets, product, type, start, end, cents }: Snapshot): number {
  const arrays = [offsets, product, type, start, end, cents].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return arrays + customers.size * 100;
}
