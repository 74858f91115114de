import { compareText } from './compare-text.ts';

/** The number of an id among ids in order; -1 when it is not there. */
export function numberOf(ids: readonly string[], id: string): number {
  const at = placeOf(ids, id);
  return ids[at] === id ? at : -1;
}

/** How many of the ids in order come before an id. */
export function placeOf(ids: readonly string[], id: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(ids[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
