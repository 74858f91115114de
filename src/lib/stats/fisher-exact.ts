/**
 * Fisher's exact test of a table of two by two, two-sided: the probability, with the sums of rows and columns as they are,
 * of this table and all that are at most as probable (Fisher 1935; the two-sided rule, and its tolerance, are those of
 * R's fisher.test). `both` of `all` things have two properties that `a` and `b` have. From 0, where it is less than a
 * double can say, to 1.
 */
export function fisherExact({ both, a, b, all }: TwoByTwo): number {
  const mode = modeOf({ a, b, all });
  // In units of the most probable table; from one to the next by the quotient of their probabilities.
  const above = (k: number) => ((a - k) * (b - k)) / ((k + 1) * (all - a - b + k + 1));
  const below = (k: number) => (k * (all - a - b + k)) / ((a - k + 1) * (b - k + 1));
  const observed = weightAt(both, mode, both > mode ? above : below);
  if (observed === 0) return 0;
  const limit = observed * (1 + TOLERANCE);
  const sums = { total: 1, extreme: limit >= 1 ? 1 : 0 };
  // First where the table itself lies, so that the other side can be left where it adds nothing.
  const sides = both > mode ? ([above, below] as const) : ([below, above] as const);
  for (const ratio of sides) addSide(mode, ratio, ratio === above ? 1 : -1, limit, sums);
  return Math.min(1, sums.extreme / sums.total);
}

/** How many of `all` have both properties, the first, the second. */
export type TwoByTwo = { readonly both: number; readonly a: number; readonly b: number; readonly all: number };

const TOLERANCE = 1e-7;
/** What is less than this part of a sum does not change it. */
const NOTHING = 1e-18;

function modeOf({ a, b, all }: Omit<TwoByTwo, 'both'>): number {
  const mode = Math.floor(((a + 1) * (b + 1)) / (all + 2));
  return Math.min(Math.max(mode, a + b - all, 0), a, b);
}

function weightAt(both: number, mode: number, ratio: (k: number) => number): number {
  const step = both > mode ? 1 : -1;
  let weight = 1;
  for (let k = mode; k !== both && weight > 0; k += step) weight *= ratio(k);
  return weight;
}

/** A ratio of 0 ends the tables that there can be. */
function addSide(
  mode: number,
  ratio: (k: number) => number,
  step: number,
  limit: number,
  sums: { total: number; extreme: number },
): void {
  let weight = ratio(mode);
  for (let k = mode + step; weight > NOTHING * sums.extreme; k += step) {
    sums.total += weight;
    if (weight <= limit) sums.extreme += weight;
    weight *= ratio(k);
  }
}
