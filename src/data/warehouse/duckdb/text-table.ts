/**
 * Distinct texts by number, told apart by the four words that the engine keeps of each: a hash table with open addressing
 * over typed arrays, since a Map would need a string of each row.
 */
export type TextTable = {
  /** A number plus one, 0 where nothing is; at most half are taken, or searches would be long. */
  readonly slots: Int32Array;
  /** The words of each number's text. */
  readonly keys: Int32Array;
};

/** The engine's text: 4 bytes of length, then up to 12 bytes of text in place and zeros, or 4 of prefix and a pointer. */
export const WORDS = 4;
export const IN_PLACE = 12;

export function emptyTable(room: number): TextTable {
  return { slots: new Int32Array(2 * room), keys: new Int32Array(room * WORDS) };
}

type Texts = { readonly words: Int32Array; readonly validity: Uint8Array | null; readonly count: number };

/**
 * Writes the numbers of texts to `out`, NaN for NULL, from a row on up to the first text that has no number or is not in
 * place, and returns its row; `count` when there is none. One loop without calls: it runs for every value that is packed.
 */
export function numberTexts({ slots, keys }: TextTable, texts: Texts, from: number, out: Float64Array): number {
  const { words, validity, count } = texts;
  const mask = slots.length - 1;
  let [number, length, a, b, c] = [-1, -1, 0, 0, 0];
  for (let row = from; row < count; row++) {
    if (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0) {
      out[row] = NaN;
      continue;
    }
    const at = row * WORDS;
    // Equal neighbours are the common case.
    if (words[at + 2] !== b || words[at + 3] !== c || words[at + 1] !== a || words[at] !== length) {
      length = words[at]!;
      if (length > IN_PLACE) return row;
      a = words[at + 1]!;
      b = words[at + 2]!;
      c = words[at + 3]!;
      let slot = hash(length, a, b, c) & mask;
      for (; ; slot = (slot + 1) & mask) {
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

/** The table with the text at `at` of words as a number more: the same one, or a larger one with all that is in it. */
export function withText(table: TextTable, words: Int32Array, at: number, number: number): TextTable {
  const key = number * WORDS;
  if (key >= table.keys.length) return withText(enlarged(table), words, at, number);
  for (let word = 0; word < WORDS; word++) table.keys[key + word] = words[at + word]!;
  take(table, number);
  return table;
}

function enlarged({ slots, keys }: TextTable): TextTable {
  const larger = emptyTable((2 * keys.length) / WORDS);
  larger.keys.set(keys);
  for (const taken of slots) if (taken !== 0) take(larger, taken - 1);
  return larger;
}

function take({ slots, keys }: TextTable, number: number): void {
  const key = number * WORDS;
  const mask = slots.length - 1;
  let slot = hash(keys[key]!, keys[key + 1]!, keys[key + 2]!, keys[key + 3]!) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = number + 1;
}

/** Spreads texts that differ in a digit over the table; multipliers of Austin Appleby, MurmurHash3 (2011), fmix32. */
function hash(length: number, a: number, b: number, c: number): number {
  let h = Math.imul(length ^ a, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16) ^ b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x85ebca6b);
  return h ^ (h >>> 15);
}
