/**
 * Distributions as tables of whole numbers: a uniform number of some bits is a slot, and the table says what the slot
 * stands for. The tables are made here once, so that SQL computes with whole numbers only and gives the same rows on
 * every machine.
 */

/** Slots [from, to) that stand for `value`. */
export type SlotRange = { readonly value: number; readonly from: number; readonly to: number };

/** Cuts `slots` slots into ranges as long as the weights ask for; value i stands for weight i. Rounding is to the nearest slot, so a very small weight may get none. */
export function slotRanges(weights: readonly number[], slots: number): readonly SlotRange[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let from = 0;
  const ranges = weights.map((weight, value) => {
    sum += weight;
    const to = Math.round((sum / total) * slots);
    const range = { value, from, to };
    from = to;
    return range;
  });
  return ranges.filter((range) => range.to > range.from);
}

/** Which of the weights a uniform number below 2^32 falls on. */
export function choose(uniform: number, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = (uniform / 2 ** 32) * total;
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}

/** Quantiles at the middle of each of `slots` slots, scaled to the mean `mean` and rounded. */
export function quantiles(inverse: (p: number) => number, slots: number, mean: number): readonly number[] {
  const raw = Array.from({ length: slots }, (_, i) => inverse((i + 0.5) / slots));
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => Math.round((value / sum) * slots * mean));
}

export function exponential(p: number): number {
  return -Math.log(1 - p);
}

export function lognormal(sigma: number): (p: number) => number {
  return (p) => Math.exp(sigma * standardNormal(p));
}

/** Weight of rank k (0 is the most popular) by the law of Zipf and Mandelbrot (B. Mandelbrot, 1953): 1 / (k + 1 + shift). */
export function zipfMandelbrot(ranks: number, shift: number): readonly number[] {
  return Array.from({ length: ranks }, (_, k) => 1 / (k + 1 + shift));
}

/** Inverse of the standard normal distribution for 0 < p < 1, within 4.5e-4 (Abramowitz and Stegun, 1964, 26.2.23). */
function standardNormal(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const upper = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -upper : upper;
}
