import type { RunContext } from '../../../analysis/define.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import type { PackedBatch } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { sortedPlaces } from '../../../lib/sort-texts.ts';
import { turnsOf, type Turns } from '../../../lib/turns.ts';
import type { AskedPairs } from './queries.ts';
import type { AskedRanking, CountedPairs } from './counted.ts';

/** Pairs that are read at once, some 60 bytes each. */
const MOST_PAIRS = 10_000_000;
/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;

/** The same as countInMemory(), of the pairs that a statement counts: item_a, item_b, owners_a, owners_b, customers, base. */
export async function countBySql(
  statement: Sql,
  params: AskedPairs,
  asked: AskedRanking & { readonly isOfOne: boolean },
  context: RunContext,
): Promise<CountedPairs> {
  const turn = turnsOf(TURN_MS);
  const { batches, texts } = await context.pack(statement);
  const parts: Part[] = [];
  let pairs = 0;
  for await (const batch of batches) {
    parts.push(partOf(batch));
    pairs += batch.rowCount;
    if (pairs > MOST_PAIRS)
      throw new AppError('limit.rows', `more than ${MOST_PAIRS} pairs; ask for more by minCustomers or minOwners`);
    await turn();
  }
  const { items, placesOf } = await itemsOf(texts as readonly string[][], turn);
  const owners = new Uint32Array(items.length);
  const list = { a: new Uint32Array(pairs), b: new Uint32Array(pairs), both: new Uint32Array(pairs) };
  let at = 0;
  for (const { a, b, ownersA, ownersB, customers } of parts) {
    for (let i = 0; i < a.length; i++, at++) {
      const [first, second] = [placesOf[0]![a[i]!]!, placesOf[1]![b[i]!]!];
      owners[first] = ownersA[i]!;
      owners[second] = ownersB[i]!;
      // Who is asked about comes first, else the rarer one, as in memory; equal ones come in the order of ids.
      const isTurned = !asked.isOfOne && (ownersA[i]! > ownersB[i]! || (ownersA[i] === ownersB[i] && first > second));
      list.a[at] = isTurned ? second : first;
      list.b[at] = isTurned ? first : second;
      list.both[at] = customers[i]!;
    }
    await turn();
  }
  const base = parts[0]?.base ?? 0;
  const { isOfOne: _, ...ranking } = asked;
  const least = { leastBoth: params.minCustomers, leastOwners: params.minOwners };
  const input = { ...ranking, ...least, ...list, all: base, columnOffsets: offsetsOf(owners) };
  const buffers = [list.a.buffer, list.b.buffer, list.both.buffer];
  const ranked = await context.compute('pairs-listed', input, buffers);
  return { items, ownersOf: (item) => owners[item]!, base, ranked: [ranked] };
}

type Part = {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly ownersA: Uint32Array;
  readonly ownersB: Uint32Array;
  readonly customers: Uint32Array;
  readonly base: number;
};

function partOf({ rowCount, columns }: PackedBatch): Part {
  const [a, b, ownersA, ownersB, customers] = columns.map((column) => Uint32Array.from(column.subarray(0, rowCount)));
  return { a: a!, b: b!, ownersA: ownersA!, ownersB: ownersB!, customers: customers!, base: columns[5]![0]! };
}

/** The items of both columns in the order of their ids, and the place there of each text of a column. */
async function itemsOf(columns: readonly (readonly string[])[], turn: Turns) {
  const told = [...new Set([...columns[0]!, ...columns[1]!])];
  const places = (await sortedPlaces(told, turn)) ?? Uint32Array.from(told.keys());
  const items = Array.from(places, (place) => told[place]!);
  const numbers = new Map(items.map((item, number) => [item, number]));
  const placesOf = columns.slice(0, 2).map((texts) => Uint32Array.from(texts, (text) => numbers.get(text)!));
  return { items, placesOf };
}

function offsetsOf(counts: Uint32Array): Uint32Array {
  const offsets = new Uint32Array(counts.length + 1);
  counts.forEach((count, i) => (offsets[i + 1] = offsets[i]! + count));
  return offsets;
}
