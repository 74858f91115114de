/** Two columns each, and how many rows have both. */
export type PairList = { readonly a: Uint32Array; readonly b: Uint32Array; readonly both: Uint32Array };

export type BestPairs = {
  /** NaN counts as the worst score. */
  add(score: number, a: number, b: number, both: number): void;
  /** Those kept, the best first. */
  list(): PairList;
};

/** Sorting away what is too much costs little when it is done seldom. */
const SLACK = 1_000;

/** Keeps the `count` pairs with the highest scores; of equal ones those that more rows have, then those with lower numbers. */
export function bestPairs(count: number): BestPairs {
  const room = 2 * count + SLACK;
  const scores = new Float64Array(room);
  const columns = [new Uint32Array(room), new Uint32Array(room), new Uint32Array(room)] as const;
  const [as, bs, boths] = columns;
  let [kept, worst] = [0, -Infinity];

  const order = (i: number, j: number) =>
    compareNumbers(scores[j]!, scores[i]!) || boths[j]! - boths[i]! || as[i]! - as[j]! || bs[i]! - bs[j]!;
  const cut = () => {
    const places = Uint32Array.from({ length: kept }, (_, i) => i).sort(order);
    const first = places.subarray(0, count);
    for (const values of [scores, ...columns]) values.set(Array.from(first, (i) => values[i]!));
    kept = first.length;
    if (kept === count && count > 0) worst = scores[count - 1]!;
  };

  return Object.freeze({
    add(score: number, a: number, b: number, both: number) {
      const value = Number.isNaN(score) ? -Infinity : score;
      if (value < worst) return;
      if (kept === room) cut();
      scores[kept] = value;
      as[kept] = a;
      bs[kept] = b;
      boths[kept] = both;
      kept += 1;
    },
    list() {
      cut();
      const [a, b, both] = columns.map((values) => values.slice(0, kept)) as [Uint32Array, Uint32Array, Uint32Array];
      return { a, b, both };
    },
  });
}

/** Two infinite numbers are equal. */
function compareNumbers(x: number, y: number): number {
  return x === y ? 0 : x - y;
}
