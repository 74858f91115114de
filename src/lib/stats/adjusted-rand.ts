/**
 * How far two clusterings of the same points agree beyond chance: 1 when they are the same up to the numbering, 0 on
 * average for independent ones (L. Hubert and P. Arabie, 1985, "Comparing partitions", equation 5). Labels are whole
 * numbers from 0. Two clusterings that cannot differ (one cluster each, all alone each, less than two points) agree: 1.
 * Throws RangeError for unequal lengths.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} labels cannot be compared with ${b.length}`);
  const both = new Map<string, number>();
  const [ofA, ofB] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < a.length; i++) {
    count(both, `${a[i]},${b[i]}`);
    count(ofA, a[i]!);
    count(ofB, b[i]!);
  }
  const [together, inA, inB] = [pairs(both), pairs(ofA), pairs(ofB)];
  const expected = a.length < 2 ? 0 : (inA * inB) / choose2(a.length);
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairs(counts: Map<unknown, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + choose2(n), 0);
}

function choose2(n: number): number {
  return (n * (n - 1)) / 2;
}
