import type { RunContext } from '../../../analysis/define.ts';
import type { PackedBatch } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import type { BasketInput, BasketRows } from '../../../lib/itemsets/baskets.ts';
import { sortedPlaces } from '../../../lib/sort-texts.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { basketRows, hasDay, type AskedBaskets } from './basket.ts';

/** Relationships that are read at once, 12 bytes each and 8 more while they are sorted: 600 MB at most. */
const MOST_ROWS = 30_000_000;
/** Customers, or values of the column that names baskets: each is a text in memory, 400 MB at most. */
const MOST_OWNERS = 5_000_000;
const PART_ROWS = 2 ** 20;
const FIRST_ROWS = 2 ** 12;
const TURN_MS = 4;

export type ReadBaskets = { readonly input: BasketInput; readonly itemIds: readonly string[] };

/** The rows of all baskets; items are ranked by their ids. Throws limit.rows when there are more than can be held: none is left out in silence. */
export async function readBaskets(params: AskedBaskets, context: RunContext): Promise<ReadBaskets> {
  const { batches, texts } = await context.pack(basketRows(params, context));
  const [owners, items] = texts as [string[], string[]];
  const collected = collector(hasDay(params));
  const turn = turnsOf(TURN_MS);
  for await (const batch of batches) {
    collected.add(batch);
    requireRoom(collected.rows(), owners.length);
    await turn();
  }
  const places = (await sortedPlaces(items, turn)) ?? Uint32Array.from(items.keys());
  const rankOf = new Uint32Array(items.length);
  places.forEach((item, rank) => (rankOf[item] = rank));
  return {
    input: { parts: collected.parts(), owners: owners.length, rankOf },
    itemIds: Array.from(places, (item) => items[item]!),
  };
}

function requireRoom(rows: number, owners: number): void {
  const what =
    rows > MOST_ROWS ? `${MOST_ROWS} relationships` : owners > MOST_OWNERS ? `${MOST_OWNERS} baskets` : undefined;
  if (what !== undefined)
    throw new AppError('limit.rows', `more than ${what}; ask about some of them by a filter or a shorter period`);
}

/** Buffers of the rows, to be handed over. */
export function buffersOf({ parts }: BasketInput): ArrayBuffer[] {
  return parts.flatMap(({ owner, day, item }) =>
    [owner, item, ...(day === undefined ? [] : [day])].map(({ buffer }) => buffer as ArrayBuffer),
  );
}

/** Copies rows into parts of growing size. */
function collector(hasDays: boolean) {
  const parts: BasketRows[] = [];
  let [room, used, rows] = [FIRST_ROWS, 0, 0];
  let part = emptyPart(room, hasDays);
  const close = () => {
    parts.push(mapPart(part, (column) => column.slice(0, used)));
    rows += used;
    room = Math.min(PART_ROWS, room * 2);
    part = emptyPart(room, hasDays);
    used = 0;
  };
  return {
    add({ rowCount, columns }: PackedBatch): void {
      for (let from = 0; from < rowCount;) {
        if (used === room) close();
        const to = Math.min(rowCount, from + room - used);
        part.owner.set(columns[0]!.subarray(from, to), used);
        part.item.set(columns[1]!.subarray(from, to), used);
        part.day?.set(columns[2]!.subarray(from, to), used);
        used += to - from;
        from = to;
      }
    },
    rows: () => rows + used,
    parts(): readonly BasketRows[] {
      if (used > 0) close();
      return parts;
    },
  };
}

function emptyPart(room: number, hasDays: boolean): BasketRows {
  const column = () => new Int32Array(room);
  return { owner: column(), item: column(), day: hasDays ? column() : undefined };
}

function mapPart({ owner, day, item }: BasketRows, change: (column: Int32Array) => Int32Array): BasketRows {
  return { owner: change(owner), item: change(item), day: day && change(day) };
}
