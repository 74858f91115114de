import duckdb from '@duckdb/node-bindings';
import type { Value } from '../port.ts';
import { isNull, validityOf } from './decode.ts';
import { shortTexts, textReader } from './decode-text.ts';
import type { ColumnPacker } from './pack-columns.ts';

/** The engine's text: 4 bytes of length, then up to 12 bytes of text in place and zeros, or 4 of prefix and a pointer. */
const SLOT = 16;
const WORDS = 4;
const IN_PLACE = 12;
/** Texts for which a column has room at first. */
const FEW = 2 ** 12;

/**
 * Gives each distinct text a number. Texts in place are told apart by their 16 bytes, in a hash table with open
 * addressing: a Map would need a string of each row. Longer ones are read as texts, once for each chunk.
 */
export function textPacker(): ColumnPacker {
  const texts: string[] = [];
  const long = longCodes(texts);
  let table = emptyTable(FEW);
  return {
    texts,
    pack(vector, count, out) {
      const bytes = duckdb.vector_get_data(vector, count * SLOT);
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, count * WORDS);
      const validity = validityOf(vector, count);
      const textOf = shortTexts(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength), words);
      let strings: Value[] | undefined;
      let last = NaN;
      for (let row = 0, at = 0; row < count; row++, at += WORDS) {
        if (isNull(validity, row)) last = NaN;
        // Equal neighbours are the common case; what lies under a NULL is anything.
        else if (Number.isNaN(last) || !isSame(words, at, words, at - WORDS)) {
          if (words[at]! > IN_PLACE) last = long((strings ??= readTexts(vector, count))[row] as string);
          else {
            const slot = slotOf(table, words, at);
            last = table.slots[slot]! - 1;
            if (last < 0) {
              last = texts.push(textOf(row, words[at]!)) - 1;
              table = withText(table, slot, words, at, last);
            }
          }
        }
        out[row] = last;
      }
    },
  };
}

/** `slots` hold a number plus one, 0 where nothing is; `keys` the words of each number's text. */
type Table = { readonly slots: Uint32Array; readonly keys: Uint32Array };

/** At most half of the slots are taken, or searches would be long. */
function emptyTable(room: number): Table {
  return { slots: new Uint32Array(2 * room), keys: new Uint32Array(room * WORDS) };
}

/** Where the words are, or where there is place for them. */
function slotOf({ slots, keys }: Table, words: Uint32Array, at: number): number {
  const mask = slots.length - 1;
  let slot = hash(words, at) & mask;
  for (let taken = slots[slot]!; taken !== 0; taken = slots[slot]!) {
    if (isSame(words, at, keys, (taken - 1) * WORDS)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

/** The table with one text more: the same one, or a larger one with all that is in it. */
function withText(table: Table, slot: number, words: Uint32Array, at: number, number: number): Table {
  const { slots, keys } = table;
  const key = number * WORDS;
  if (key < keys.length) {
    for (let word = 0; word < WORDS; word++) keys[key + word] = words[at + word]!;
    slots[slot] = number + 1;
    return table;
  }
  const larger = emptyTable((2 * keys.length) / WORDS);
  larger.keys.set(keys);
  for (const taken of slots) if (taken !== 0) larger.slots[slotOf(larger, keys, (taken - 1) * WORDS)] = taken;
  return withText(larger, slotOf(larger, words, at), words, at, number);
}

function longCodes(texts: string[]): (text: string) => number {
  const codes = new Map<string, number>();
  return (text) => {
    const known = codes.get(text);
    if (known !== undefined) return known;
    codes.set(text, texts.length);
    return texts.push(text) - 1;
  };
}

function readTexts(vector: duckdb.Vector, count: number): Value[] {
  const texts: Value[] = [];
  textReader('own')(vector, count, texts);
  return texts;
}

function isSame(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2] && a[i + 3] === b[j + 3];
}

/** Spreads texts that differ in a digit over the table; multipliers of Austin Appleby, MurmurHash3 (2011), fmix32. */
function hash(words: Uint32Array, at: number): number {
  let h = words[at]! ^ words[at + 1]!;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) ^ words[at + 2]!;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ words[at + 3]!;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return h ^ (h >>> 15);
}
