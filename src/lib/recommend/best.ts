/** The best of what was offered: a heap with the worst of them on top. Made once, emptied for the next. */
export type Best = { readonly items: Uint32Array; readonly scores: Float64Array; count: number };

/** Room for the `size` best. */
export function bestOf(size: number): Best {
  return { items: new Uint32Array(size), scores: new Float64Array(size), count: 0 };
}

/** Keeps the item if it is among the best so far: the higher score first, then the lower item. */
export function offer(best: Best, item: number, score: number): void {
  const { items, scores, count } = best;
  if (count < items.length) {
    best.count += 1;
    siftUp(best, count, item, score);
  } else if (count > 0 && isWorse(scores[0]!, items[0]!, score, item)) {
    siftDown(best, count, item, score);
  }
}

/** Whether offering something with that score could change what is kept: worth asking first where most of it cannot. */
export function couldEnter({ items, scores, count }: Best, score: number): boolean {
  return count < items.length || score >= scores[0]!;
}

/** Puts the best first. Afterwards it has to be emptied (`count = 0`) before something else is offered. */
export function sortBest(best: Best): void {
  const { items, scores } = best;
  for (let last = best.count - 1; last > 0; last--) {
    const [item, score] = [items[last]!, scores[last]!];
    const [worstItem, worstScore] = [items[0]!, scores[0]!];
    siftDown(best, last, item, score);
    items[last] = worstItem;
    scores[last] = worstScore;
  }
}

function isWorse(score: number, item: number, otherScore: number, otherItem: number): boolean {
  return score < otherScore || (score === otherScore && item > otherItem);
}

function siftUp({ items, scores }: Best, start: number, item: number, score: number): void {
  let at = start;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(score, item, scores[parent]!, items[parent]!)) break;
    items[at] = items[parent]!;
    scores[at] = scores[parent]!;
    at = parent;
  }
  items[at] = item;
  scores[at] = score;
}

function siftDown({ items, scores }: Best, count: number, item: number, score: number): void {
  let at = 0;
  for (let child = 1; child < count; child = 2 * at + 1) {
    if (child + 1 < count && isWorse(scores[child + 1]!, items[child + 1]!, scores[child]!, items[child]!)) child += 1;
    if (!isWorse(scores[child]!, items[child]!, score, item)) break;
    items[at] = items[child]!;
    scores[at] = scores[child]!;
    at = child;
  }
  items[at] = item;
  scores[at] = score;
}
