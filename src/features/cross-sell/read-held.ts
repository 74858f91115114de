import type { RunContext, SqlKit } from '../../analysis/define.ts';
import type { Ownership } from '../../analysis/snapshot/held-on.ts';
import { isHeld } from '../../analysis/snapshot/held-sql.ts';
import { date, join, sql, type Sql } from '../../data/sql/sql.ts';
import type { PackedBatch } from '../../data/warehouse/port.ts';
import { AppError } from '../../lib/app-error.ts';
import { buildMatrix, type Items, type Matrix } from '../../lib/co-occurrence/matrix.ts';
import { sortedPlaces } from '../../lib/sort-texts.ts';
import { inSteps, turnsOf, type Turns } from '../../lib/turns.ts';
import type { HeldOnDays } from './held-on-days.ts';

/** Relationships that are read at once, 14 bytes each while they are put in order: 420 MB at most. */
const MOST_ROWS = 30_000_000;
const MOST_CUSTOMERS = 5_000_000;
/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** Rows customer_id, product_id, since: a relationship holds from the day with that number on; in no order. Active is what is so on the last day. */
export function heldSince(days: readonly string[], kit: Pick<SqlKit, 't'>, ownership: Ownership = 'ever'): Sql {
  const whens = days.slice(0, -1).map((day, i) => sql`when r.start_date <= ${date(day)} then ${i}`);
  const since = whens.length === 0 ? sql`0` : sql`case ${join(whens, '\n')} else ${whens.length} end`;
  return sql`select r.customer_id, r.product_id, cast(${since} as integer) as since
from ${kit.t.customerProducts} r
where ${isHeld(ownership, { asOf: days.at(-1)! })}`;
}

type Rows = { readonly customer: Int32Array; readonly product: Int32Array; readonly since: Uint8Array };

/** What `heldOnDays` says, read from the warehouse. Throws limit.rows. */
export async function readHeld(
  context: RunContext,
  days: readonly string[],
  ownership?: Ownership,
): Promise<HeldOnDays> {
  const turn = turnsOf(TURN_MS);
  const { batches, texts } = await context.pack(heldSince(days, context, ownership));
  const [customers, products] = texts as [string[], string[]];
  const parts: Rows[] = [];
  let rows = 0;
  for await (const batch of batches) {
    parts.push(rowsOf(batch));
    rows += batch.rowCount;
    requireRoom(rows, customers.length);
    await turn();
  }
  const inOrder = { customer: await ranked(customers, turn), product: await ranked(products, turn) };
  const entries = await byCustomer(parts, rows, inOrder, turn);
  const size = { rows: customers.length, columns: products.length, most: rows };
  const matrices: Matrix[] = [];
  for (let day = 0; day < days.length; day++)
    matrices.push(await buildMatrix({ ...size, put: (...at) => putHeld(entries, day, ...at) }, turn));
  return { customers: inOrder.customer.ids, products: inOrder.product.ids, matrices };
}

function rowsOf({ rowCount, columns }: PackedBatch): Rows {
  const [customer, product, since] = columns.map((column) => column.subarray(0, rowCount));
  return {
    customer: Int32Array.from(customer!),
    product: Int32Array.from(product!),
    since: Uint8Array.from(since!),
  };
}

function requireRoom(rows: number, customers: number): void {
  const what =
    rows > MOST_ROWS
      ? `${MOST_ROWS} relationships`
      : customers > MOST_CUSTOMERS
        ? `${MOST_CUSTOMERS} customers`
        : undefined;
  if (what !== undefined) throw new AppError('limit.rows', `more than ${what}, which are too many to learn from`);
}

type Ranked = { readonly ids: readonly string[]; readonly rankOf: Uint32Array };

/** Ids in order, and the place of each that was told. */
async function ranked(told: readonly string[], turn: Turns): Promise<Ranked> {
  const places = await sortedPlaces(told, turn);
  const ids: string[] = [];
  const rankOf = new Uint32Array(told.length);
  await inSteps(told.length, turn, (from, to) => {
    for (let rank = from; rank < to; rank++) {
      const place = places?.[rank] ?? rank;
      ids.push(told[place]!);
      rankOf[place] = rank;
    }
  });
  return { ids, rankOf };
}

type Entries = { readonly offsets: Uint32Array; readonly product: Uint32Array; readonly since: Uint8Array };

async function byCustomer(
  parts: readonly Rows[],
  rows: number,
  { customer: { rankOf: rowOf }, product: { rankOf } }: { readonly customer: Ranked; readonly product: Ranked },
  turn: Turns,
): Promise<Entries> {
  const offsets = new Uint32Array(rowOf.length + 1);
  const eachPart = async (work: (part: Rows, at: number) => void) => {
    for (const part of parts)
      await inSteps(part.customer.length, turn, (from, to) => {
        for (let at = from; at < to; at++) work(part, at);
      });
  };
  await eachPart(({ customer }, at) => (offsets[rowOf[customer[at]!]! + 1]! += 1));
  for (let row = 0; row < rowOf.length; row++) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice();
  const entries = { offsets, product: new Uint32Array(rows), since: new Uint8Array(rows) };
  await eachPart(({ customer, product, since }, at) => {
    const place = next[rowOf[customer[at]!]!]!++;
    entries.product[place] = rankOf[product[at]!]!;
    entries.since[place] = since[at]!;
  });
  return entries;
}

/** Puts what a customer had on a day, in order and each once. */
function putHeld({ offsets, product, since }: Entries, day: number, row: number, items: Items, start: number): number {
  let filled = start;
  for (let i = offsets[row]!; i < offsets[row + 1]!; i++) if (since[i]! <= day) items[filled++] = product[i]!;
  items.subarray(start, filled).sort();
  let end = start;
  for (let i = start; i < filled; i++) if (i === start || items[i] !== items[i - 1]) items[end++] = items[i]!;
  return end;
}
