import type { Stored } from '../world-rows.ts';

export type AlikeQuestion = {
  readonly customerId: string;
  readonly asOf: string;
  readonly count: number;
  readonly minCommon: number;
};

/** Years beyond 9999 and infinity are later than any day that is asked about. */
const isLater = (end: string, day: string) => end === 'infinity' || end.length > day.length || end > day;

function isOn({ start_date: start, end_date: end }: Stored, day: string): boolean {
  return typeof start === 'string' && start <= day && (end == null || isLater(String(end), day));
}

/** Everybody is compared with the customer; ids by their bytes. */
export function mostAlike(rows: readonly Stored[], { customerId, asOf, count, minCommon }: AlikeQuestion) {
  const sets = new Map<string, Set<string>>();
  for (const row of rows) {
    if (!isOn(row, asOf)) continue;
    const id = String(row['customer_id']);
    sets.set(id, (sets.get(id) ?? new Set()).add(String(row['product_id'])));
  }
  const own = sets.get(customerId) ?? new Set();
  return [...sets]
    .filter(([id]) => id !== customerId)
    .map(([id, theirs]) => {
      const common = theirs.intersection(own).size;
      const unionSize = theirs.union(own).size;
      return { customerId: id, common, unionSize, jaccard: common / unionSize };
    })
    .filter(({ common }) => common >= minCommon)
    .sort((a, b) => b.jaccard - a.jaccard || Buffer.compare(Buffer.from(a.customerId), Buffer.from(b.customerId)))
    .slice(0, count);
}
