/** Every set of at least one and at most `maxLength` items that is in a basket, with the number of baskets that have all of it. */
export function naiveItemsets(baskets: readonly (readonly string[])[], maxLength: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const basket of baskets) {
    for (const subset of subsetsOf([...new Set(basket)].sort(), maxLength)) {
      const key = JSON.stringify(subset);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Subsets that are not empty, each in the order of the items. */
export function subsetsOf<T>(items: readonly T[], maxLength: number): T[][] {
  let subsets: T[][] = [[]];
  for (const item of items) {
    subsets = [...subsets, ...subsets.filter(({ length }) => length < maxLength).map((subset) => [...subset, item])];
  }
  return subsets.filter(({ length }) => length > 0);
}

export type NaiveRule = {
  readonly antecedent: readonly string[];
  readonly consequent: string;
  readonly count: number;
  readonly antecedentCount: number;
  readonly consequentCount: number;
  readonly isRedundant: boolean;
};

/** Rules with one item on the right of all itemsets in at least `minCount` baskets. */
export function naiveRules(
  baskets: readonly (readonly string[])[],
  { minCount, maxLength }: { readonly minCount: number; readonly maxLength: number },
): NaiveRule[] {
  const has = (items: readonly string[]) =>
    baskets.filter((basket) => items.every((item) => basket.includes(item))).length;
  const frequent = [...naiveItemsets(baskets, maxLength)].filter(([, count]) => count >= minCount);
  return frequent.flatMap(([key, count]) => {
    const items = JSON.parse(key) as string[];
    if (items.length < 2) return [];
    return items.map((consequent) => {
      const antecedent = items.filter((item) => item !== consequent);
      const smaller = [[], ...subsetsOf(antecedent, antecedent.length - 1)];
      const confidence = count / has(antecedent);
      const isRedundant = smaller.some((some) => has([...some, consequent]) / has(some) >= confidence);
      return {
        antecedent,
        consequent,
        count,
        antecedentCount: has(antecedent),
        consequentCount: has([consequent]),
        isRedundant,
      };
    });
  });
}
