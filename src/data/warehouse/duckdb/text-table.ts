/**
 * Distinct texts by number, told apart by the four words that the engine keeps of each, since a Map would need a string
 * of each row. Texts that come in order, as ids of a sorted table do, are new when they follow the last; they are found by
 * halving. Others, and those that were looked for, are in a hash table with open addressing.
 */
export type TextTable = {
  /** The words of each number's text. */
  keys: Int32Array;
  /** How many texts, from the first on, came in order; whether all did. */
  rising: number;
  isRising: boolean;
  /** A number plus one, 0 where nothing is. */
  slots: Int32Array;
  taken: number;
};

/** The engine's text: 4 bytes of length, then up to 12 bytes of text in place and zeros, or 4 of prefix and a pointer. */
export const WORDS = 4;
export const IN_PLACE = 12;
const FEW = 2 ** 12;

export function textTable(): TextTable {
  return { keys: new Int32Array(FEW * WORDS), rising: 0, isRising: true, slots: new Int32Array(2 * FEW), taken: 0 };
}

type Texts = { readonly words: Int32Array; readonly validity: Uint8Array | null; readonly count: number };

/**
 * Writes the numbers of texts from row `from` on to `out`, NaN for NULL, up to the first text that is not known here, and
 * returns its row; `count` when there is none. `last` is the number of the text before them, if any. One loop, without an
 * object: it runs for every value that is packed, and begins again after each new text.
 */
export function numberTexts(table: TextTable, texts: Texts, from: number, last: number, out: Float64Array): number {
  const { words, validity, count } = texts;
  const { slots, keys, rising, isRising } = table;
  const mask = slots.length - 1;
  let number = last;
  const before = from * WORDS - WORDS;
  let length = from === 0 ? -1 : words[before]!;
  let a = from === 0 ? 0 : words[before + 1]!;
  let b = from === 0 ? 0 : words[before + 2]!;
  let c = from === 0 ? 0 : words[before + 3]!;
  for (let row = from; row < count; row++) {
    if (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0) {
      out[row] = NaN;
      continue;
    }
    const at = row * WORDS;
    // Equal neighbours are the common case.
    if (words[at + 2] !== b || words[at + 3] !== c || words[at + 1] !== a || words[at] !== length) {
      length = words[at]!;
      if (length > IN_PLACE || (isRising && follows(words, at, keys, rising))) return row;
      a = words[at + 1]!;
      b = words[at + 2]!;
      c = words[at + 3]!;
      for (let slot = hash(length, a, b, c) & mask; ; slot = (slot + 1) & mask) {
        number = slots[slot]! - 1;
        if (number < 0) return row;
        const key = number * WORDS;
        if (keys[key + 2] === b && keys[key + 1] === a && keys[key + 3] === c && keys[key] === length) break;
      }
    }
    out[row] = number;
  }
  return count;
}

/** The number of a text that `numberTexts` did not know, or -1 when it is new; the next time it will be known. */
export function recall(table: TextTable, words: Int32Array, at: number): number {
  if (table.isRising && follows(words, at, table.keys, table.rising)) return -1;
  let [low, high] = [0, table.rising];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(words, at, table.keys, middle * WORDS) > 0) low = middle + 1;
    else high = middle;
  }
  if (low === table.rising || order(words, at, table.keys, low * WORDS) !== 0) return -1;
  take(table, low);
  return low;
}

/** Keeps a new text; numbers rise by one, but for texts that are kept elsewhere. */
export function keep(table: TextTable, words: Int32Array, at: number, number: number): void {
  const { rising } = table;
  const key = number * WORDS;
  if (key === table.keys.length) table.keys = enlarged(table.keys);
  for (let word = 0; word < WORDS; word++) table.keys[key + word] = words[at + word]!;
  table.isRising &&= follows(words, at, table.keys, rising);
  if (table.isRising) table.rising += 1;
  else take(table, number);
}

function take(table: TextTable, number: number): void {
  table.taken += 1;
  // At most half of the slots are taken, or searches would be long.
  if (2 * table.taken > table.slots.length) {
    const { slots } = table;
    table.slots = new Int32Array(2 * slots.length);
    for (const taken of slots) if (taken !== 0) place(table, taken - 1);
  }
  place(table, number);
}

function place({ slots, keys }: TextTable, number: number): void {
  const key = number * WORDS;
  const mask = slots.length - 1;
  let slot = hash(keys[key]!, keys[key + 1]!, keys[key + 2]!, keys[key + 3]!) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = number + 1;
}

function enlarged(keys: Int32Array): Int32Array {
  const larger = new Int32Array(2 * keys.length);
  larger.set(keys);
  return larger;
}

function follows(words: Int32Array, at: number, keys: Int32Array, rising: number): boolean {
  return rising === 0 || order(words, at, keys, (rising - 1) * WORDS) > 0;
}

/** Above 0 when the first text comes after the second by its bytes. */
function order(a: Int32Array, i: number, b: Int32Array, j: number): number {
  for (let word = 1; word < WORDS; word++)
    if (a[i + word] !== b[j + word]) return swapped(a[i + word]!) - swapped(b[j + word]!);
  return a[i]! - b[j]!;
}

/** The bytes of a word, the first one highest. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** Spreads texts that differ in a digit over the table; multipliers of Austin Appleby, MurmurHash3 (2011), fmix32. */
function hash(length: number, a: number, b: number, c: number): number {
  let h = Math.imul(length ^ a, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16) ^ b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x85ebca6b);
  return h ^ (h >>> 15);
}
