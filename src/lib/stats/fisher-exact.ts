/** How many of `all` have both properties, the first, the second. */
export type TwoByTwo = { readonly both: number; readonly a: number; readonly b: number; readonly all: number };

const TOLERANCE = 1e-7;
/** What is less than this part of a sum does not change it. */
const NOTHING = 1e-18;

/**
 * Fisher's exact test of a table of two by two, two-sided: the probability, with the sums of rows and columns as they are,
 * of this table and all that are at most as probable (Fisher 1935; the two-sided rule, and its tolerance, are those of
 * R's fisher.test). `both` of `all` things have two properties that `a` and `b` have. From 0, where it is less than a
 * double can say, to 1.
 */
export function fisherExact({ both, a, b, all }: TwoByTwo): number {
  // Seen from the other property, what is more than expected is less: so that only the one case is to be told.
  const mode = modeOf(a, b, all);
  return both >= mode ? fromAbove(both, a, b, all, mode) : fromAbove(a - both, a, all - b, all, a - mode);
}

function modeOf(a: number, b: number, all: number): number {
  const mode = Math.floor(((a + 1) * (b + 1)) / (all + 2));
  return Math.min(Math.max(mode, a + b - all, 0), a, b);
}

/**
 * Of a table at or above the mode. Weights are in units of the most probable table, from one table to the next by the
 * quotient of their probabilities, which ends at 0. Plain loops: millions of pairs are tested.
 */
function fromAbove(both: number, a: number, b: number, all: number, mode: number): number {
  const rest = all - a - b;
  let [observed, total] = [1, 0];
  for (let k = mode; k < both && observed > 0; k++) {
    total += observed;
    observed *= ((a - k) * (b - k)) / ((k + 1) * (rest + k + 1));
  }
  if (observed === 0) return 0;
  let extreme = 0;
  for (let k = both, weight = observed; weight > NOTHING * extreme; k++) {
    extreme += weight;
    weight *= ((a - k) * (b - k)) / ((k + 1) * (rest + k + 1));
  }
  total += extreme;
  // Below the mode first come those that are more probable than the table, then those that are not.
  const limit = observed * (1 + TOLERANCE);
  if (limit >= 1) extreme += total - extreme;
  let weight = (mode * (rest + mode)) / ((a - mode + 1) * (b - mode + 1));
  for (let k = mode - 1; weight > NOTHING * extreme; k--) {
    total += weight;
    if (weight <= limit) extreme += weight;
    weight *= (k * (rest + k)) / ((a - k + 1) * (b - k + 1));
  }
  return Math.min(1, extreme / total);
}
