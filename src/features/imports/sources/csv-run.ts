import type { CsvForm } from './csv-record.ts';

const LF = 10;
const CR = 13;
const BLOCK = 32;

/** One object is reused for all runs of a file. */
export type CsvRun = {
  rows: number;
  /** Index after the run. */
  next: number;
  isQuoted: boolean;
};

/** `until`: where known UTF-8 ends. `fields`: the columns of the file. `isCrlf`: how its lines end. */
export type Expected = { readonly until: number; readonly fields: number; readonly isCrlf: boolean };

/**
 * Takes the longest run of sound, usual records from `from` on: the right number of fields, one line each, the line end
 * that all have, quotes only around whole fields. What else comes is for scanRecord, which knows every case.
 *
 * It sees every byte of every file, so it looks at 32 at once: a bit for each that may be special, then at those alone.
 * Measured on 57 bytes a row: three times as fast as byte by byte. It is one long function because it must not call any.
 */
export function takeRun(bytes: Buffer, from: number, form: CsvForm, expected: Expected, run: CsvRun): void {
  const { delimiter, quote, special, maxBytes } = form;
  const { until, fields: wanted, isCrlf } = expected;
  const limit = lowLimit(form);
  const words = limit > 0 ? wordsOf(bytes) : undefined;
  let [at, fields, isQuoted] = [from, 1, false];
  run.rows = 0;
  run.next = from;
  run.isQuoted = false;
  while (at < until) {
    const base = at - (at % BLOCK);
    const isWhole = words !== undefined && base + BLOCK <= until;
    const bits = isWhole ? lowBytes(words, base >> 2, limit) : specialBytes(bytes, base, until, special);
    let mask = (bits >>> (at - base)) << (at - base);
    at = base + BLOCK;
    while (mask !== 0) {
      const found = base + 31 - Math.clz32(mask & -mask);
      mask &= mask - 1;
      const byte = bytes[found]!;
      if (byte === delimiter) {
        fields += 1;
      } else if (byte === LF) {
        const end = isCrlf ? found - 1 : found;
        if (isCrlf && bytes[end] !== CR) return;
        if (fields !== wanted || end <= run.next || end - run.next > maxBytes) return;
        run.next = found + 1;
        run.rows += 1;
        run.isQuoted ||= isQuoted;
        fields = 1;
      } else if (byte === quote) {
        if (found !== run.next && bytes[found - 1] !== delimiter) return;
        const end = afterQuotedField(bytes, found + 1, until, form);
        if (end < 0) return;
        isQuoted = true;
        if (end >= base + BLOCK) {
          at = end;
          break;
        }
        mask = (mask >>> (end - base)) << (end - base);
      } else if (byte === CR && (!isCrlf || bytes[found + 1] !== LF)) {
        return;
      }
    }
  }
}

/** Index after the closing quote of a field within one line; -1 when it is anything else. */
function afterQuotedField(bytes: Buffer, from: number, until: number, { delimiter, quote }: CsvForm): number {
  for (let at = from; at < until; at++) {
    const byte = bytes[at]!;
    if (byte === LF || byte === CR) return -1;
    if (byte !== quote) continue;
    const next = bytes[at + 1];
    if (next === delimiter || next === LF || next === CR) return at + 1;
    if (next !== quote) return -1;
    at += 1;
  }
  return -1;
}

/** All special bytes are below this one, and letters and digits are not; 0 when that cannot be said. */
function lowLimit({ delimiter, quote }: CsvForm): number {
  const limit = Math.max(delimiter, quote, CR) + 1;
  return limit <= 0x40 ? limit : 0;
}

/** The bytes as words of four, lowest byte first (every platform of Node but s390x); undefined where they do not lie so. */
function wordsOf(bytes: Buffer): Int32Array | undefined {
  if (bytes.byteOffset % 4 !== 0) return undefined;
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** A bit for each of 32 bytes that is below `limit`. */
function lowBytes(words: Int32Array, first: number, limit: number): number {
  const least = Math.imul(limit, 0x01010101);
  let bits = 0;
  for (let i = 0; i < 8; i++) {
    const word = words[first + i]!;
    // The highest bit of each byte: clear where the byte is below the limit. Nothing is borrowed across bytes.
    const high = (((word | 0x80808080) - least) | word) & 0x80808080;
    // The four bits come together at the top of the product.
    const four = Math.imul((~high & 0x80808080) >>> 7, 0x10204080) >>> 28;
    bits |= four << (i * 4);
  }
  return bits;
}

/** A bit for each of 32 bytes that is special, where a table has to say so. */
function specialBytes(bytes: Buffer, from: number, until: number, special: Uint8Array): number {
  const count = Math.min(BLOCK, until - from);
  let bits = 0;
  for (let i = 0; i < count; i++) bits |= special[bytes[from + i]!]! << i;
  return bits;
}
