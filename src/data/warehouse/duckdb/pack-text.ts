import duckdb from '@duckdb/node-bindings';
import type { Value } from '../port.ts';
import { isNull, validityOf } from './decode.ts';
import { textReader } from './decode-text.ts';
import type { ColumnPacker } from './pack-columns.ts';

/** The engine's text: 4 bytes of length, then up to 12 bytes of text in place and zeros, or 4 of prefix and a pointer. */
const SLOT = 16;
const WORDS = 4;
const IN_PLACE = 12;
/** Texts for which a column has room at first. At most half of the slots are taken, or a search would not end. */
const FEW = 2 ** 12;

/**
 * Gives each distinct text a number. Texts in place are told apart by their 16 bytes, and equal neighbours by these
 * alone; a JavaScript string is made when a text is new. Longer ones are read as texts, once for each chunk.
 */
export function textPacker(): ColumnPacker {
  const texts: string[] = [];
  const short = shortCodes(texts);
  const long = longCodes(texts);
  return {
    texts,
    pack(vector, count, out) {
      const bytes = duckdb.vector_get_data(vector, count * SLOT);
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, count * WORDS);
      const validity = validityOf(vector, count);
      let strings: Value[] | undefined;
      for (let row = 0, at = 0; row < count; row++, at += WORDS) {
        if (isNull(validity, row)) out[row] = NaN;
        else if (row > 0 && isSame(words, at, words, at - WORDS) && !Number.isNaN(out[row - 1]))
          out[row] = out[row - 1]!;
        else if (words[at]! <= IN_PLACE) out[row] = short(words, at);
        else out[row] = long((strings ??= readTexts(vector, count))[row] as string);
      }
    },
  };
}

function readTexts(vector: duckdb.Vector, count: number): Value[] {
  const texts: Value[] = [];
  textReader('own')(vector, count, texts);
  return texts;
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

/** A hash table with open addressing over the words of texts in place: a Map would need a string of each row. */
function shortCodes(texts: string[]): (words: Uint32Array, at: number) => number {
  /** Place of the words among `keys`, plus one; 0 where nothing is. */
  let slots = new Uint32Array(2 * FEW);
  let keys = new Uint32Array(FEW * WORDS);
  let codes = new Uint32Array(FEW);
  let size = 0;

  const slotOf = (words: Uint32Array, at: number): number => {
    const mask = slots.length - 1;
    let slot = hash(words, at) & mask;
    while (slots[slot] !== 0 && !isSame(words, at, keys, (slots[slot]! - 1) * WORDS)) slot = (slot + 1) & mask;
    return slot;
  };
  const grow = () => {
    keys = enlarged(keys);
    codes = enlarged(codes);
    slots = new Uint32Array(2 * codes.length);
    for (let place = 0; place < size; place++) slots[slotOf(keys, place * WORDS)] = place + 1;
  };
  return (words, at) => {
    let slot = slotOf(words, at);
    if (slots[slot] !== 0) return codes[slots[slot]! - 1]!;
    if (size === codes.length) {
      grow();
      slot = slotOf(words, at);
    }
    keys.set(words.subarray(at, at + WORDS), size * WORDS);
    codes[size] = texts.length;
    size += 1;
    slots[slot] = size;
    return texts.push(textOf(words, at)) - 1;
  };
}

function enlarged(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function textOf(words: Uint32Array, at: number): string {
  const start = words.byteOffset + at * 4 + 4;
  return Buffer.from(words.buffer as ArrayBuffer, start, words[at]!).toString('utf8');
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
  return (h ^ (h >>> 15)) >>> 0;
}
