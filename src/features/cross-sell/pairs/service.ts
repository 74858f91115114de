/*
 * How pairs are answered:
 *
 *   everybody, all products ─ matrix of who holds what ─ counted and tested in threads, range by range ─┬─ first pairs of each ─ sorted together ─► rows
 *   a filter, or no snapshot ─ counted by SQL ─ listed ─ tested in a thread ────────────────────────────┘  probabilities of all ─ adjusted
 */
import { askedItem } from '../../../analysis/asked-item.ts';
import type { RunContext } from '../../../analysis/define.ts';
import { bestPairs } from '../../../lib/co-occurrence/best-pairs.ts';
import { scoreOfPairs, type RankedPairs } from '../../../lib/co-occurrence/rank-pairs.ts';
import { pairMeasures, pairProbability, pairTest, type TwoByTwo } from '../../../lib/stats/pair-measures.ts';
import { namesOf } from '../rules/names.ts';
import { countInMemory, type AskedRanking, type CountedPairs } from './counted.ts';
import { countBySql } from './listed.ts';
import type { PairsOfParams, PairsParams } from './model.ts';
import { pairCounts, pairCountsOf } from './queries.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** One row per pair of two items. Throws request.invalid, segment.not_found and limit.rows. */
export async function pairRows(params: PairsParams, context: RunContext): Promise<Rows> {
  const asked = rankingOf(params);
  const counted =
    (await countInMemory(params, undefined, asked, context)) ??
    (await countBySql(pairCounts(params, context), params, { ...asked, isOfOne: false }, context));
  return rowsOf(counted, params, context);
}

/** One row per item that is held beside one. Throws request.invalid, segment.not_found and limit.rows. */
export async function pairRowsOf(params: PairsOfParams, context: RunContext): Promise<Rows> {
  const item = askedItem(params);
  const asked = rankingOf(params);
  const counted =
    (await countInMemory(params, item, asked, context)) ??
    (await countBySql(pairCountsOf(item, params, context), params, { ...asked, isOfOne: true }, context));
  return rowsOf(counted, params, context);
}

type Paged = Pick<PairsParams, 'sort' | 'limit' | 'offset'>;

function rankingOf({ sort, limit, offset }: Paged): AskedRanking {
  const order = sort === 'customers' ? 'both' : sort;
  return { order, isAscending: sort === 'probability', count: offset + limit };
}

type Pair = TwoByTwo & { readonly itemA: number; readonly itemB: number };

async function rowsOf(counted: CountedPairs, params: Paged & Pick<PairsParams, 'grain'>, context: RunContext) {
  const { items, ranked, base } = counted;
  const pairs = firstOf(counted, params);
  const probabilities = Float64Array.from(pairs, pairProbability);
  const lists = ranked.map(({ tested }) => tested);
  const tested = lists.reduce((sum, { length }) => sum + length, 0);
  const buffers = lists.map(({ buffer }) => buffer as ArrayBuffer);
  const asked = { tested: lists, asked: probabilities };
  const adjusted = await context.compute('adjusted-probabilities', asked, buffers);
  const shown = pairs.flatMap(({ itemA, itemB }) => [items[itemA]!, items[itemB]!]);
  const nameOf = await namesOf(params.grain, shown, context);
  return pairs.map((pair, i) => ({
    itemA: items[pair.itemA]!,
    itemAName: nameOf(items[pair.itemA]!),
    itemB: items[pair.itemB]!,
    itemBName: nameOf(items[pair.itemB]!),
    customers: pair.both,
    ownersA: pair.a,
    ownersB: pair.b,
    base,
    ...pairMeasures(pair),
    test: pairTest(pair),
    probability: probabilities[i]!,
    adjustedProbability: adjusted[i]!,
    tested,
  }));
}

/** The page that is asked for, of the first pairs of all ranges. */
function firstOf({ ranked, ownersOf, base }: CountedPairs, params: Paged): Pair[] {
  const { count, order, isAscending } = rankingOf(params);
  const best = bestPairs(count);
  const score = scoreOfPairs({ order, isAscending });
  const pairOf = (itemA: number, itemB: number, both: number): Pair => {
    return { itemA, itemB, both, a: ownersOf(itemA), b: ownersOf(itemB), all: base };
  };
  const each = ({ a, b, both }: Omit<RankedPairs, 'tested'>) =>
    Array.from(a, (itemA, i) => pairOf(itemA, b[i]!, both[i]!));
  for (const pair of ranked.flatMap(each))
    best.add(score(pair, pairProbability(pair)), pair.itemA, pair.itemB, pair.both);
  return each(best.list()).slice(params.offset);
}
