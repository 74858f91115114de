/*
 * Whom to offer a product:
 *
 *   learned neighbours ─ what each product gives to this one's score ─┐
 *   who has what by asOf ─────────────────────────────────────────────┴─ score of every customer
 *   customers who are asked about, in groups ─ the first of each group, and of all ─ reasons, place in their own list ─► rows
 */
import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { productDirectory } from '../../../analysis/product-directory.ts';
import { sql } from '../../../data/sql/sql.ts';
import { AppError } from '../../../lib/app-error.ts';
import { rowOf } from '../../../lib/recommend/cases.ts';
import { itemWeights } from '../../../lib/recommend/item-scores.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { learnedFor } from '../learned/ask-learned.ts';
import type { Learned } from '../learned/learned.ts';
import { eligibleProducts } from '../next/eligible.ts';
import { candidatesAsked, type Candidates } from './candidates.ts';
import { chosen } from './chosen.ts';
import { holdings, learnedRows, scoresFor, type Holdings } from './holdings.ts';
import type { CampaignParams } from './model.ts';
import { explainer } from './reasons.ts';
import { sayCandidates, sayRanking } from './remarks.ts';

type Row = Readonly<Record<string, unknown>>;
type Asked = Static<typeof CampaignParams>;

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
const NAMES_AT_ONCE = 5_000;

/** The customers for a product, the first to be asked first. Throws product.not_found, request.invalid, and what `learnedFor` throws. */
export async function campaign(params: Asked, context: RunContext): Promise<readonly Row[]> {
  requireGroups(params);
  await requireProduct(params.productId, context);
  const learned = await learnedFor(context);
  context.say(sayRanking(learned));
  const item = numberOf(learned.products, params.productId);
  if (item < 0) {
    context.say('nothing is known of who takes the product: nobody had it when the model was learned');
    return [];
  }
  const given = itemWeights(learned.best.neighbours, item);
  const held = await holdings(params.repeat ? 'active' : 'ever', learned.products, context);
  const scores = await scoresFor(params.productId, given, held);
  const candidates = await candidatesAsked(params, { customers: held.customers, scores }, context);
  const places = await chosen(candidates, scores, params);
  context.say(sayCandidates(candidates, places.length, params));
  return rowsOf({ item, given, held, scores, candidates, places }, learned, context);
}

function requireGroups({ per, capacityPer }: Asked): void {
  if (per !== 'none' || capacityPer === undefined) return;
  const detail = 'takes a `per` that says what its groups are';
  throw new AppError('request.invalid', `capacityPer ${detail}`, { errors: [{ pointer: '?capacityPer', detail }] });
}

async function requireProduct(productId: string, { query, t }: RunContext): Promise<void> {
  const found = await query(sql`select 1 as found from ${t.products} p where p.product_id = ${productId}`);
  if (found.length > 0) return;
  throw new AppError('product.not_found', `there is no product ${JSON.stringify(productId.slice(0, 100))}`);
}

type Listed = {
  readonly item: number;
  readonly given: Float64Array;
  readonly held: Holdings;
  readonly scores: Float64Array;
  readonly candidates: Candidates;
  readonly places: Uint32Array;
};

async function rowsOf(listed: Listed, learned: Learned, context: RunContext): Promise<readonly Row[]> {
  const { item, given, held, candidates, places } = listed;
  if (places.length === 0) return [];
  const rows = places.map((place) => candidates.rows[place]!);
  const owned = learnedRows(held, rows);
  const ids = Array.from(rows, (row) => held.customers[row]!);
  const [names, directory, ranks] = await Promise.all([
    customerNames(ids, context),
    context.derive(productDirectory),
    ranksIn(owned, item, learned, context),
  ]);
  const explain = explainer({ item, given }, learned, (id) => directory?.get(id));
  const worth = worthOf(item, learned);
  const inGroup = new Uint32Array(candidates.groups.length);
  const turn = turnsOf(TURN_MS);
  const made: Row[] = [];
  for (const [i, customerId] of ids.entries()) {
    const group = candidates.groupOf[places[i]!]!;
    const score = listed.scores[rows[i]!]!;
    made.push({
      rank: i + 1,
      customerId,
      customerName: names.get(customerId) ?? null,
      group: candidates.groups[group]!,
      rankInGroup: (inGroup[group]! += 1),
      score,
      ...explain(rowOf(owned, i), score),
      ...worth(ranks[i]!),
    });
    await turn();
  }
  return made;
}

/** What the product's place in a customer's own list is worth. Whoever is listed has a reason, so that some had the product: it has a value. */
function worthOf(item: number, { values, best: { chances } }: Learned) {
  const value = values[item]!;
  return (rankOfProduct: number) => {
    const probability = chances[rankOfProduct - 1] ?? 0;
    return { rankOfProduct, probability, value, expectedValue: probability * value };
  };
}

/** Where the product stands in the customers' own lists of what may be offered by default; it itself may be whatever its status. */
async function ranksIn(
  owned: ReturnType<typeof learnedRows>,
  item: number,
  learned: Learned,
  context: RunContext,
): Promise<Uint32Array> {
  const eligible = (await eligibleProducts({ status: 'active', exclude: [] }, learned, context)).slice();
  eligible[item] = 1;
  return context.compute('item-ranks', { neighbours: learned.best.neighbours, owned, item, eligible });
}

async function customerNames(
  ids: readonly string[],
  { query, t, d }: RunContext,
): Promise<ReadonlyMap<string, string | null>> {
  const names = new Map<string, string | null>();
  for (let from = 0; from < ids.length; from += NAMES_AT_ONCE) {
    const some = ids.slice(from, from + NAMES_AT_ONCE);
    const found = await query(sql`select c.customer_id, c.customer_name
from ${t.customers} c
where c.customer_id in (select l.id from ${d.idList(some)} l)`);
    for (const { customerId, customerName } of found) names.set(String(customerId), customerName as string | null);
  }
  return names;
}
