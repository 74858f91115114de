/*
 * Who owns what, in typed arrays: one entry per relationship that has a start, grouped by customer.
 *
 *   one statement streams (customer, product, type, start, end, cents) ─ ids get numbers, arrays in order of arrival
 *                                                       ─ grouped by customer, if they were not ─ narrowed ─► Snapshot
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

async function buildSnapshot({ query, stream, t, settings }: DerivationContext): Promise<Snapshot | undefined> {
  if (settings.SNAPSHOT_MAX_ROWS === 0) return undefined;
  const counted = await query(sql`select count(*) as rows from ${t.customerProducts} r where r.start_date is not null`);
  // Rows that are written between the two statements find room too; with more of them the build is given up.
  const room = Number(counted.columns[0]![0]) + 10_000;
  if (room - 10_000 > settings.SNAPSHOT_MAX_ROWS) return undefined;
  const entries = emptyEntries(room);
  // One statement, so that all of it is of one version; numbers are given to ids as they come.
  const { batches } = await stream(sql`select r.customer_id, r.product_id, r.relationship_type, r.value_kind,
  datediff('day', date '1970-01-01', r.start_date) as start_day,
  datediff('day', date '1970-01-01', r.end_date) as end_day,
  cast(r.value * 100 as bigint) as cents
from ${t.customerProducts} r
where r.start_date is not null`);
  for await (const batch of batches) if (!append(entries, batch)) return undefined;
  return grouped(entries);
}

type Entries = {
  rows: number;
  readonly room: number;
  readonly customers: Map<string, number>;
  readonly products: Map<string, number>;
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
    products: new Map(),
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

type Columns = [string[], string[], (string | null)[], string[], number[], (number | null)[], (number | null)[]];

/** Takes a batch in; false when there is no room for it, or too many types. */
function append(entries: Entries, { rowCount, columns }: Batch): boolean {
  const [ids, products, types, kinds, start, end, cents] = columns as Columns;
  const from = entries.rows;
  entries.rows += rowCount;
  if (entries.rows > entries.room) return false;
  let last = from > 0 ? entries.customer[from - 1]! : -1;
  for (let i = 0; i < rowCount; i++) {
    const at = from + i;
    if (i === 0 || ids[i] !== ids[i - 1]) last = customerNumber(entries, ids[i]!, last);
    entries.counts[last]! += 1;
    entries.customer[at] = last;
    entries.product[at] = numberOf(entries.products, products[i]!);
    if (!entries.types.has(types[i]!)) entries.monthly.push(kinds[i] === 'monthly');
    entries.type[at] = numberOf(entries.types, types[i]!);
    entries.start[at] = start[i]!;
    entries.end[at] = end[i] ?? NEVER;
    entries.cents[at] = cents[i] ?? 0;
  }
  return entries.types.size <= MAX_TYPES;
}

function customerNumber(entries: Entries, id: string, last: number): number {
  const known = entries.customers.get(id);
  if (known === undefined) {
    entries.counts.push(0);
    return numberOf(entries.customers, id);
  }
  // A customer who comes again after others: the entries have to be sorted.
  if (known !== last) entries.isGrouped = false;
  return known;
}

function numberOf<K>(numbers: Map<K, number>, key: K): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

/** Entries by customer (a counting sort, which keeps the order within one), each array as narrow as its values allow. */
function grouped(entries: Entries): Snapshot {
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
    products: [...entries.products.keys()],
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

/** The arrays, and some 100 bytes for each customer's id and number. */
function bytesOf({ customers, offsets, product, type, start, end, cents }: Snapshot): number {
  const arrays = [offsets, product, type, start, end, cents].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return arrays + customers.size * 100;
}
