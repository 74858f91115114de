import { rowOf, type Rows } from './cases.ts';
import { contributions, type Reasons } from './reasons.ts';
import { type Scorer, scorerOf, type ScorerInput } from './scorer.ts';

export type RowsInput = ScorerInput & {
  /** What counts for the score, per customer. */
  readonly owned: Rows;
  /** What is not to be offered besides, for the same customers: what they had once. */
  readonly excluded?: Rows | undefined;
  /** From this customer up to, but not including, that one. */
  readonly from: number;
  readonly to: number;
  /** Reasons of each item, at most: none costs least. */
  readonly reasons?: number;
};

/** The lists of customers that follow each other. */
export type RecommendedRows = {
  /** The list of customer `from + n` is at offsets[n] to offsets[n + 1] - 1 of items and scores. */
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
  /** 0 for those that popularity added. */
  readonly scores: Float64Array;
  /** How many of each list have a score; they come first. */
  readonly scored: Uint32Array;
  /** `reasons` of them for each item of the lists: the owned items, and how much of the score they gave (0: there is none). */
  readonly reasonItems: Uint32Array;
  readonly reasonWeights: Float64Array;
};

/** Lists of many customers: ask for some thousand of them at a time, so that answers flow. */
export function recommendRows(input: RowsInput): RecommendedRows {
  const { owned, excluded, from, to, neighbours, popular, reasons: perItem = 0 } = input;
  const room = (to - from) * Math.min(input.most, popular.length);
  const [items, scores] = [new Uint32Array(room), new Float64Array(room)];
  const reasons: Reasons = {
    items: new Uint32Array(room * perItem),
    weights: new Float64Array(room * perItem),
    perItem,
  };
  const [offsets, scored] = [new Uint32Array(to - from + 1), new Uint32Array(to - from)];
  const explain = neighbours === undefined || perItem === 0 ? undefined : contributions(neighbours, popular.length);
  const scorer: Scorer = scorerOf(input);
  for (let row = from, at = 0; row < to; row++) {
    const has = rowOf(owned, row);
    const ranked = scorer(has, excluded === undefined ? undefined : rowOf(excluded, row));
    items.set(ranked.items.subarray(0, ranked.count), at);
    scores.set(ranked.scores.subarray(0, ranked.count), at);
    scored[row - from] = ranked.scored;
    explain?.(has, ranked.items.subarray(0, ranked.scored), reasons, at * perItem);
    at += ranked.count;
    offsets[row - from + 1] = at;
  }
  const end = offsets.at(-1)!;
  return {
    offsets,
    items: items.slice(0, end),
    scores: scores.slice(0, end),
    scored,
    reasonItems: reasons.items.slice(0, end * perItem),
    reasonWeights: reasons.weights.slice(0, end * perItem),
  };
}
