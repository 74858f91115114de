/**
 * Adjusted probabilities of some tests among many (Benjamini and Hochberg 1995): for a probability p of rank j among m, the
 * least m * p' / j' of all p' >= p. Rejecting what is at most q keeps the expected part of false rejections at most at q.
 * `tested` are the probabilities of all m tests in lists, each in ascending order; those of `asked` are among them. Both
 * lists may have equal ones. Answers one for each of `asked`. The lists are read once from their ends: no copy of them is made.
 */
export function benjaminiHochberg(tested: readonly Float64Array[], asked: Float64Array): Float64Array {
  const adjusted = new Float64Array(asked.length);
  const order = [...asked.keys()].sort((i, j) => asked[j]! - asked[i]!);
  const ends = tested.map(({ length }) => length);
  const total = ends.reduce((sum, length) => sum + length, 0);
  let [rank, least] = [total, 1];
  for (const i of order) {
    const p = asked[i]!;
    // All that are larger, and the largest of those that are equal, which has the highest rank.
    for (let next = largest(tested, ends); next >= 0 && tested[next]![ends[next]! - 1]! > p;) {
      ends[next]! -= 1;
      least = Math.min(least, (total * tested[next]![ends[next]!]!) / rank);
      rank -= 1;
      next = largest(tested, ends);
    }
    least = Math.min(least, (total * p) / rank);
    adjusted[i] = least;
  }
  return adjusted;
}

export type Tests = { readonly tested: readonly Float64Array[]; readonly asked: Float64Array };

/** The list that ends with the largest; -1 when all are empty. */
function largest(lists: readonly Float64Array[], ends: readonly number[]): number {
  let found = -1;
  for (let list = 0; list < lists.length; list++) {
    if (ends[list] === 0) continue;
    if (found < 0 || lists[list]![ends[list]! - 1]! > lists[found]![ends[found]! - 1]!) found = list;
  }
  return found;
}
