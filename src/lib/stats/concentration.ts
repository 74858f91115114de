/** How concentrated amounts are: what it says of each is in the row of portfolio.concentration. */
export type Concentration = {
  readonly items: number;
  /** Amounts of 0 or less; NaN is none. */
  readonly itemsLeftOut: number;
  readonly total: number;
  readonly hhi: number;
  readonly effectiveNumber: number;
  readonly normalisedHhi: number | null;
  readonly gini: number;
  readonly topShare1: number;
  readonly topShare10: number;
  readonly topShare20Percent: number;
  readonly itemsA: number;
  readonly itemsB: number;
  readonly itemsC: number;
};

/**
 * Of the amounts above 0, whole numbers that add up to less than 2^53; undefined without any. Herfindahl-Hirschman index
 * (Hirschman 1945; Herfindahl 1950), effective number (Laakso and Taagepera 1979), Gini coefficient (Gini 1912), shares
 * of the largest, and ABC classes, in which equals share the worse.
 */
export function concentrationOf(amounts: Float64Array): Concentration | undefined {
  const sorted = amounts.filter((amount) => amount > 0).sort();
  const n = sorted.length;
  if (n === 0) return undefined;
  const total = sorted.reduce((sum, amount) => sum + amount, 0);
  let [herfindahl, spread] = [0, 0];
  for (let i = 0; i < n; i++) {
    const share = sorted[i]! / total;
    herfindahl += share * share;
    spread += (2 * i + 1 - n) * share;
  }
  const topShare = (count: number) => sorted.subarray(-count).reduce((sum, amount) => sum + amount, 0) / total;
  const normalised = (herfindahl - 1 / n) / (1 - 1 / n);
  return {
    items: n,
    itemsLeftOut: amounts.reduce((count, amount) => (amount <= 0 ? count + 1 : count), 0),
    total,
    hhi: 10_000 * herfindahl,
    effectiveNumber: 1 / herfindahl,
    // Nearly equal amounts may come out a last digit below 0, and one beside crumbs above 1.
    normalisedHhi: n === 1 ? null : Math.min(1, Math.max(0, normalised)),
    gini: Math.max(0, spread / n),
    topShare1: topShare(1),
    topShare10: topShare(10),
    topShare20Percent: topShare(Math.ceil(n / 5)),
    ...classesOf(sorted, total),
  };
}

function classesOf(sorted: Float64Array, total: number) {
  const items = { itemsA: 0, itemsB: 0, itemsC: 0 };
  let [place, soFar] = [sorted.length - 1, 0];
  while (place >= 0) {
    const amount = sorted[place]!;
    let equals = 0;
    for (; sorted[place] === amount; place--) equals += 1;
    soFar += equals * amount;
    const share = soFar / total;
    items[share <= 0.8 ? 'itemsA' : share <= 0.95 ? 'itemsB' : 'itemsC'] += equals;
  }
  return items;
}
