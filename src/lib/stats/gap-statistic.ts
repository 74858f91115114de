import { kMeans } from './k-means.ts';
import { countOf, type Points } from './points.ts';
import { randomOf } from './random.ts';

export type GapOptions = {
  readonly seed: number;
  /** The largest k that is tried. */
  readonly kMax?: number;
  /** How many reference sets (B). */
  readonly references?: number;
  readonly starts?: number;
  /** Told before each k; an answer of `false` stops: the choice is among those tried. */
  readonly onStep?: ((k: number, kMax: number) => boolean | undefined) | undefined;
};

export type GapStep = {
  readonly k: number;
  /** E* ln W_k - ln W_k; null when W_k is 0: no k can be better. */
  readonly gap: number | null;
  /** s_k = sd * sqrt(1 + 1 / B). */
  readonly error: number;
};

/** The steps are those that it took: from 1 to one more than the choice, or to the last that could be tried. */
export type GapChoice = { readonly k: number; readonly steps: readonly GapStep[] };

export const K_MAX = 10;
const REFERENCES = 10;
const STARTS = 2;
/** Its error is some hundredths: the third digit of an inertia does not count. */
const REST = 5e-3;

/**
 * How many clusters there are (R. Tibshirani, G. Walther and T. Hastie, 2001, "Estimating the number of clusters in a data
 * set via the gap statistic"): the least k with Gap(k) >= Gap(k + 1) - s(k + 1), where W is the inertia and the reference
 * sets are uniform over the box of the points (their choice a). No larger k is tried than it takes; the largest one tried
 * is the answer when the rule holds for none, and 0 without points.
 * Costs some `references + 1` runs of k-means for each k: meant for a sample of at most some thousand points.
 */
export function gapStatistic(points: Points, options: GapOptions): GapChoice {
  const { seed, kMax = K_MAX, references = REFERENCES, starts = STARTS, onStep } = options;
  if (countOf(points) === 0) return { k: 0, steps: [] };
  const box = boxOf(points);
  const sets = Array.from({ length: references }, (_, b) => uniformIn(box, points, seed, b));
  const steps: GapStep[] = [];
  for (let k = 1; k <= kMax && onStep?.(k, kMax) !== false; k++) {
    const own = kMeans(points, { k, seed, starts, rest: REST });
    if (own.k < k) break;
    const logs = sets.map((set) => Math.log(kMeans(set, { k, seed, starts, rest: REST }).inertia));
    const step = stepOf(k, own.inertia, logs);
    const before = steps.at(-1);
    steps.push(step);
    if (before !== undefined && isEnough(before, step)) return { k: k - 1, steps };
    if (step.gap === null) break;
  }
  return { k: Math.max(1, steps.length), steps };
}

function stepOf(k: number, inertia: number, logs: readonly number[]): GapStep {
  if (inertia === 0) return { k, gap: null, error: 0 };
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
  return { k, gap: mean - Math.log(inertia), error: Math.sqrt(variance * (1 + 1 / logs.length)) };
}

function isEnough({ gap }: GapStep, next: GapStep): boolean {
  return gap !== null && next.gap !== null && gap >= next.gap - next.error;
}

function boxOf({ values, width }: Points): { low: Float64Array; high: Float64Array } {
  const low = new Float64Array(width).fill(Infinity);
  const high = new Float64Array(width).fill(-Infinity);
  values.forEach((value, at) => {
    low[at % width] = Math.min(low[at % width]!, value);
    high[at % width] = Math.max(high[at % width]!, value);
  });
  return { low, high };
}

function uniformIn(
  { low, high }: ReturnType<typeof boxOf>,
  { values, width }: Points,
  seed: number,
  b: number,
): Points {
  const random = randomOf(seed, `reference ${b}`);
  const drawn = values.map((_, at) => low[at % width]! + random.uniform() * (high[at % width]! - low[at % width]!));
  return { values: drawn, width };
}
