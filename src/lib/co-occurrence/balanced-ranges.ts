import type { Range } from './tails.ts';

/** Cuts columns into at most `parts` ranges that follow each other and have about the same work; none is empty. */
export function balancedRanges(work: ArrayLike<number>, parts: number): Range[] {
  const total = Array.from(work).reduce((sum, one) => sum + one, 0);
  const ranges: Range[] = [];
  let [from, done] = [0, 0];
  for (let column = 0; column < work.length; column++) {
    done += work[column]!;
    const isFull = ranges.length < parts - 1 && done >= (total * (ranges.length + 1)) / parts;
    if (!isFull && column < work.length - 1) continue;
    ranges.push({ from, to: column + 1 });
    from = column + 1;
  }
  return ranges;
}
