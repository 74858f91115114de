/*
 * What is learned from all relationships for the next products:
 *
 *   snapshot ─ who had what on the day, 90 and 180 days before ─┬─ two splits judged in threads ─ verdict: the model that is served
 *                                                               ├─ neighbours of all products under it
 *                                                               └─ how often each rank is started ─► Learned
 */
import { defineDerivation, type DerivationContext } from '../../../analysis/derivation.ts';
import { buildSnapshot } from '../../../analysis/snapshot/build.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import { heldOn } from '../../../analysis/snapshot/held-on.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { ownershipSnapshot } from '../../../analysis/snapshot/snapshot.ts';
import { bytesOfMatrix, type Matrix } from '../../../lib/co-occurrence/matrix.ts';
import { COSINE, type Model, POPULARITY, rp3beta } from '../../../lib/recommend/models.ts';
import { joinNeighbours, neighbourRanges, type Neighbours } from '../../../lib/recommend/neighbours.ts';
import { popularityOrder } from '../../../lib/recommend/scorer.ts';
import { verdict } from '../../../lib/recommend/verdict.ts';
import { firstYearValues } from './first-year-values.ts';

export type Learned = {
  /** Its own: what is made of its numbers is kept under this name. */
  readonly id: string;
  /** The newest day that it knows. */
  readonly day: number;
  /** Numbered in the order of their ids, as everything below. */
  readonly products: readonly string[];
  /** Which model is served, and why: one sentence. */
  readonly model: Model;
  readonly reason: string;
  /** Of the served model; undefined when that is the popularity. */
  readonly neighbours: Neighbours | undefined;
  readonly popular: Uint32Array;
  /** Share of customers who start what stands at a rank within HORIZON_DAYS, by rank from 0 on. */
  readonly chances: Float64Array;
  /** Median value of the first year of a relationship, per product, in currency; NaN without one. */
  readonly values: Float64Array;
  /** What ranks customers for a product, which popularity cannot: what is served, or else the best that there is. */
  readonly best: Ranking;
  /** Who had which products by the day. */
  readonly held: Matrix;
  /** Customers whose pairs are not counted, since they have too many products. */
  readonly heavy: number;
};

/** A model other than popularity, its neighbours, and its own chances by rank. */
export type Ranking = {
  readonly model: Model;
  readonly neighbours: Neighbours;
  readonly chances: Float64Array;
};

/** How far ahead it looks, and how far apart the splits are that it is judged on. */
export const HORIZON_DAYS = 90;
/** Products of a list, at most. */
export const RANKS = 100;
/** Ranks whose chances are measured: a product that is asked about may stand anywhere. */
export const MEASURED_RANKS = 1_000;
const SEED = 1;
/** Which models compete to be served, and on how many customers: fewer than cross-sell.evaluation asks, as it is done again and again. */
const JUDGED = Object.freeze({
  models: [COSINE, ...[0.5, 1].flatMap((alpha) => [0.4, 0.6].map((beta) => rp3beta(alpha, beta)))],
  mostCases: 5_000,
  seed: SEED,
});

/** Relationships that are read for this alone where none are kept in memory; 14 bytes each. */
const MOST_ROWS = 30_000_000;

async function snapshotFor(context: DerivationContext): Promise<Snapshot | undefined> {
  const kept = await context.newest(ownershipSnapshot);
  return kept ?? buildSnapshot({ ...context, settings: { ...context.settings, SNAPSHOT_MAX_ROWS: MOST_ROWS } });
}

/** For questions about today. Undefined where there are too many relationships to learn from. */
export const learnedNow = defineDerivation<Learned | undefined>({
  name: 'product.neighbours',
  reads: ['customer_products'],
  build: async (context) => {
    const snapshot = await snapshotFor(context);
    return snapshot && learn(snapshot, newestDay(snapshot, context.clock()), context);
  },
  bytes: bytesOf,
});

/** For questions about a day before: nothing later is known to it. */
export const learnedOn = defineDerivation<Learned | undefined, { day: number }>({
  name: 'product.neighbours-on-day',
  reads: ['customer_products'],
  build: async (context, { day }) => {
    const snapshot = await snapshotFor(context);
    return snapshot && learn(snapshot, day, context);
  },
  bytes: bytesOf,
});

function bytesOf(learned: Learned | undefined): number {
  if (learned === undefined) return 0;
  const { best, values, popular, held } = learned;
  const { offsets, items, weights } = best.neighbours;
  const arrays = [values, popular, offsets, items, weights];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, bytesOfMatrix(held));
}

/** The newest start that is not in the future; the day itself without any. */
function newestDay({ start }: Snapshot, now: Date): number {
  const today = dayNumber(now.toISOString().slice(0, 10));
  let newest = -Infinity;
  for (let i = 0; i < start.length; i++) if (start[i]! > newest && start[i]! <= today) newest = start[i]!;
  return Number.isFinite(newest) ? newest : today;
}

async function learn(
  snapshot: Snapshot,
  day: number,
  { compute }: Pick<DerivationContext, 'compute'>,
): Promise<Learned> {
  const on = (back: number) => heldOn(snapshot, { day: day - back, ownership: 'ever' });
  const [held, before, earlier] = [await on(0), await on(HORIZON_DAYS), await on(2 * HORIZON_DAYS)];
  const [test, validation] = await Promise.all([
    compute('evaluate-split', { train: before, started: held, ...JUDGED }),
    compute('evaluate-split', { train: earlier, started: before, ...JUDGED }),
  ]);
  const { model, best: ranking, reason } = verdict(test, validation);
  const isRanked = model.name !== POPULARITY.name;
  const chancesOf = (of: Model) =>
    compute('hit-rates', { model: of, train: before, started: held, ranks: MEASURED_RANKS, seed: SEED });
  const [{ neighbours, heavy }, chances, values] = await Promise.all([
    neighboursOf(held, ranking, compute),
    chancesOf(ranking),
    firstYearValues(snapshot, day),
  ]);
  const best = { model: ranking, neighbours, chances };
  const served = isRanked ? best : { model, neighbours: undefined, chances: await chancesOf(model) };
  return {
    id: snapshot.id,
    day,
    products: snapshot.products,
    reason,
    ...served,
    best,
    popular: popularityOrder(held),
    values,
    held,
    heavy,
  };
}

async function neighboursOf(
  matrix: Matrix,
  model: Model,
  compute: DerivationContext['compute'],
): Promise<{ readonly neighbours: Neighbours; readonly heavy: number }> {
  const ranges = neighbourRanges(matrix);
  const parts = await Promise.all(ranges.map((range) => compute('neighbours', { matrix, model, range })));
  return { neighbours: joinNeighbours(parts), heavy: parts[0]?.leftOut ?? 0 };
}

/** What is said in meta.warnings of an answer. */
export function sayLearned({ reason }: Learned): string {
  return `served by ${reason}`;
}
