import { compareText } from './compare-text.ts';
import type { Turns } from './turns.ts';

const STEPS = 2_048;

/**
 * The places of texts in their order by code point; undefined when they are in order. A merge sort of the stretches that are in order already: texts that
 * are sorted but for a few take little more than one look at each; however many there are, others have their turns.
 */
export async function sortedPlaces(texts: readonly string[], turn: Turns): Promise<Uint32Array | undefined> {
  let ends = await stretches(texts, turn);
  if (ends.length === 1) return undefined;
  let from = Uint32Array.from(texts.keys());
  for (let to = new Uint32Array(from.length); ends.length > 1; [from, to] = [to, from]) {
    const merged: number[] = [];
    for (let i = 0; i < ends.length; i += 2) {
      const [start, middle, end] = [merged.at(-1) ?? 0, ends[i]!, ends[i + 1] ?? ends[i]!];
      await merge(texts, { from, to, start, middle, end }, turn);
      merged.push(end);
    }
    ends = merged;
  }
  return from;
}

/** Where the stretches end whose texts are in order. */
async function stretches(texts: readonly string[], turn: Turns): Promise<number[]> {
  const ends: number[] = [];
  for (let i = 1; i < texts.length; i++) {
    if (compareText(texts[i - 1]!, texts[i]!) > 0) ends.push(i);
    if (i % STEPS === 0) await turn();
  }
  return [...ends, texts.length];
}

type Halves = {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly start: number;
  readonly middle: number;
  readonly end: number;
};

async function merge(texts: readonly string[], { from, to, start, middle, end }: Halves, turn: Turns): Promise<void> {
  let [left, right] = [start, middle];
  for (let at = start; at < end; at++) {
    const isLeft = right >= end || (left < middle && compareText(texts[from[left]!]!, texts[from[right]!]!) <= 0);
    to[at] = isLeft ? from[left++]! : from[right++]!;
    if (at % STEPS === 0) await turn();
  }
}
