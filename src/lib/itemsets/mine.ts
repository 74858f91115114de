/*
 * All frequent itemsets, depth first (occurrence delivery: Uno, Kiyomi and Arimura 2004, "LCM ver. 2"):
 *
 *   a set, and where in each basket its most frequent item stands ─ count what stands before it ─ frequent? a child each
 *        ─ deliver to each child where its item stands ─ the children, the most frequent item first
 *
 * In that order every subset of a set is found before the set: what was found is whole whenever the search stops.
 */
import type { Recoded } from './recode.ts';
import { emptyTree, type Bound, type ItemsetTree } from './tree.ts';

export type MineOptions = {
  /** Itemsets in fewer baskets are not frequent. At least 1. */
  readonly minCount: number;
  readonly maxLength: number;
  readonly maxItemsets: number;
  readonly maxSeconds: number;
};

/** `now`: milliseconds of a clock that only goes forward. */
export function mine(recoded: Recoded, options: MineOptions, now: () => number): ItemsetTree {
  const { minCount, maxLength, maxItemsets, maxSeconds } = options;
  const { codes, itemOf } = recoded;
  const deadline = now() + maxSeconds * 1000;
  const tree = emptyTree(maxItemsets);
  tree.count[0] = recoded.baskets;
  const counter = counterOf(codes, itemOf.length);
  const slot = new Uint32Array(itemOf.length);
  // Slot 0 is nobody's.
  let places = placesOfAll(codes);
  let top = places.length;
  let size = 1;
  let bound: Bound | undefined;
  expand(0, 1, top);
  return { ...tree, size, bound };

  function expand(node: number, from: number, to: number): void {
    if (now() > deadline) bound ??= 'maxSeconds';
    if (bound !== undefined) return;
    const items = counter.count(places, from, to, minCount);
    addChildren(node, items);
    counter.clear();
    if (items.length > 1 && bound === undefined && tree.length[node]! + 1 < maxLength) deliver(node, from, to);
  }

  function addChildren(node: number, items: Uint32Array): void {
    const children = Math.min(items.length, maxItemsets + 1 - size);
    if (children < items.length) bound = 'maxItemsets';
    tree.firstChild[node] = size;
    tree.children[node] = children;
    for (let i = 0; i < children; i++, size++) {
      tree.code[size] = items[i]!;
      tree.count[size] = counter.found[items[i]!]!;
      tree.parent[size] = node;
      tree.length[size] = tree.length[node]! + 1;
    }
  }

  function deliver(node: number, from: number, to: number): void {
    const bottom = top;
    // Before the item of the first child stands nothing that is frequent.
    const first = tree.firstChild[node]! + 1;
    const end = tree.firstChild[node]! + tree.children[node]!;
    for (let child = first; child < end; child++) {
      slot[tree.code[child]!] = top;
      top += tree.count[child]!;
    }
    places = withRoom(places, top);
    writePlaces(codes, places, slot, from, to);
    for (let child = first; child < end; child++) slot[tree.code[child]!] = 0;
    for (let child = first, at = bottom; child < end; child++) {
      expand(child, at, at + tree.count[child]!);
      at += tree.count[child]!;
    }
    top = bottom;
  }
}

type Codes = Recoded['codes'];

/** Behind each basket, from 1 on. */
function placesOfAll(codes: Codes): Uint32Array<ArrayBuffer> {
  let baskets = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] === 0) baskets += 1;
  const places = new Uint32Array(baskets + 1);
  for (let i = 1, at = 1; i <= codes.length; i++) if (i === codes.length || codes[i] === 0) places[at++] = i;
  return places;
}

/** Counts the items that stand before places; `found` has the numbers until they are cleared. */
function counterOf(codes: Codes, items: number) {
  const found = new Uint32Array(items);
  const seen = new Uint32Array(items);
  let kinds = 0;
  return {
    found,
    /** The items that were found so often, ascending. */
    count(places: Uint32Array, from: number, to: number, minCount: number): Uint32Array {
      let n = 0;
      for (let p = from; p < to; p++) {
        for (let i = places[p]! - 1, item = codes[i]!; item !== 0; item = codes[--i]!) {
          if (found[item]!++ === 0) seen[n++] = item;
        }
      }
      kinds = n;
      return seen
        .slice(0, kinds)
        .filter((item) => found[item]! >= minCount)
        .sort();
    },
    clear(): void {
      for (let i = 0; i < kinds; i++) found[seen[i]!] = 0;
    },
  };
}

/** Of each item that has a slot, the places where it stands before the places given, from its slot on. */
function writePlaces(codes: Codes, places: Uint32Array, slot: Uint32Array, from: number, to: number): void {
  for (let p = from; p < to; p++) {
    for (let i = places[p]! - 1, item = codes[i]!; item !== 0; item = codes[--i]!) {
      const place = slot[item]!;
      if (place === 0) continue;
      places[place] = i;
      slot[item] = place + 1;
    }
  }
}

function withRoom(places: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= places.length) return places;
  const larger = new Uint32Array(Math.max(length, 2 * places.length));
  larger.set(places);
  return larger;
}
