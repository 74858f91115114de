/*
 * The lists of all customers, as they are made:
 *
 *   ids as one statement streams them ─ some thousand at a time ─ what they have ─ scored in threads, two at once ─► rows
 */
import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { productDirectory } from '../../../analysis/product-directory.ts';
import { isCustomerAsked } from '../../../analysis/population.ts';
import { releasing } from '../../../analysis/watched-batches.ts';
import { sql } from '../../../data/sql/sql.ts';
import type { Batch, Value } from '../../../data/warehouse/port.ts';
import type { RecommendedRows } from '../../../lib/recommend/recommend-rows.ts';
import { learnedFor } from '../learned/ask-learned.ts';
import { sayLearned, type Learned } from '../learned/learned.ts';
import { eligibleProducts } from './eligible.ts';
import type { AllCustomersParams } from './model.ts';
import { ownedBy } from './owned.ts';

/** Customers that a thread scores at once: some 10 ms of work, and as much to write their rows. */
const STRETCH = 250;
/** Stretches that are made while rows are written. */
const AHEAD = 2;

export async function listsOfAll(
  { limit, repeat, ...asked }: Static<typeof AllCustomersParams>,
  context: RunContext,
): Promise<AsyncIterable<Batch>> {
  const learned = await learnedFor(context);
  context.say(sayLearned(learned));
  const [eligible, directory] = await Promise.all([
    eligibleProducts(asked, learned, context),
    context.derive(productDirectory),
  ]);
  const begun = await context.stream(sql`select c.customer_id
from ${context.t.customers} c
where ${isCustomerAsked(sql`c.customer_id`, asked, context)}
order by c.customer_id nulls last`);
  const customers = begun[Symbol.asyncIterator]();
  const names = learned.products.map((id) => directory?.get(id)?.productName ?? null);
  const { neighbours, popular } = learned;
  const score = async (ids: readonly string[]): Promise<Batch> => {
    const owned = await ownedBy(ids, repeat ? 'active' : 'ever', learned.products, context);
    const input = { owned, from: 0, to: ids.length, neighbours, popular, eligible, most: limit, reasons: 1 };
    return rowsOfLists(ids, await context.compute('recommend-rows', input), { learned, names });
  };
  const rows = ahead(stretches({ [Symbol.asyncIterator]: () => customers }), score);
  // A generator that was never begun has nothing to end: the statement ends with the reader.
  return releasing(rows, () => void customers.return?.());
}

async function* stretches(batches: AsyncIterable<Batch>): AsyncGenerator<readonly string[]> {
  for await (const { columns } of batches) {
    const ids = columns[0] as readonly string[];
    for (let from = 0; from < ids.length; from += STRETCH) yield ids.slice(from, from + STRETCH);
  }
}

/** Results in order, some begun before the one that is waited for. */
async function* ahead<T, R>(inputs: AsyncIterable<T>, work: (input: T) => Promise<R>): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  try {
    for await (const input of inputs) {
      begun.push(work(input));
      if (begun.length > AHEAD) yield await begun.shift()!;
    }
    while (begun.length > 0) yield await begun.shift()!;
  } finally {
    // Those that nobody waits for any more fail in silence.
    for (const one of begun) one.catch(() => {});
  }
}

type Known = { readonly learned: Learned; readonly names: readonly (string | null)[] };

/** One row per product of a list: columns in the order of CustomerListRow. */
function rowsOfLists(ids: readonly string[], lists: RecommendedRows, { learned, names }: Known): Batch {
  const columns: Value[][] = Array.from({ length: 10 }, () => []);
  const push = (...row: Value[]) => row.forEach((value, i) => columns[i]!.push(value));
  ids.forEach((customerId, row) => {
    const first = lists.offsets[row]!;
    for (let at = first; at < lists.offsets[row + 1]!; at++) {
      const rank = at - first;
      const item = lists.items[at]!;
      const isScored = rank < lists.scored[row]!;
      const hasReason = isScored && lists.reasonWeights[at]! > 0;
      const value = learned.values[item]!;
      const probability = learned.chances[rank] ?? 0;
      push(
        customerId,
        rank + 1,
        learned.products[item]!,
        names[item]!,
        isScored ? lists.scores[at]! : null,
        isScored ? learned.model.name : 'popularity',
        hasReason ? learned.products[lists.reasonItems[at]!]! : null,
        hasReason ? names[lists.reasonItems[at]!]! : null,
        probability,
        Number.isFinite(value) ? probability * value : null,
      );
    }
  });
  return { rowCount: columns[0]!.length, columns };
}
