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

/** The same for many ids that are asked for mostly in order: the next is mostly the one. */
export function numbersInOrder(ids: readonly string[]): (id: string) => number {
  let next = 0;
  return (id) => {
    const place = ids[next] === id ? next : placeOf(ids, id);
    if (ids[place] !== id) return -1;
    next = place + 1;
    return place;
  };
}

/** Ids in order with a few more among them, and the number that each of the first has there: `places[i]` of `ids[i]`. */
export function withMore(
  ids: readonly string[],
  more: Iterable<string>,
): { readonly ids: readonly string[]; readonly places: Uint32Array } {
  const added = [...new Set(more)].filter((id) => numberOf(ids, id) < 0).sort(compareText);
  const places = new Uint32Array(ids.length);
  const merged: string[] = [];
  let from = 0;
  for (let before = 0; before <= added.length; before++) {
    const to = before < added.length ? placeOf(ids, added[before]!) : ids.length;
    for (let i = from; i < to; i++) {
      places[i] = i + before;
      merged.push(ids[i]!);
    }
    if (before < added.length) merged.push(added[before]!);
    from = to;
  }
  return { ids: merged, places };
}
