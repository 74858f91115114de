import { isAscii } from 'node:buffer';
import duckdb from '@duckdb/node-bindings';
import type { Value } from '../port.ts';
import { isNull, validityOf, type Reader } from './decode.ts';

/**
 * `own`: every text is a string of its own. `shared`: long texts of a chunk may be cuts of one string, which lives as
 * long as any of them; a quarter of the cost, for batches that are used and dropped.
 */
export type TextMemory = 'own' | 'shared';

/** The engine's text: 4 bytes of length, then up to 12 bytes of text in place, or 4 of prefix and a pointer. */
const SLOT = 16;
const IN_PLACE = 12;
const TWO_32 = 2 ** 32;

/** A stretch of rows whose long texts lie one behind the other in the engine's memory, and those texts. */
type Run = { readonly end: number; readonly cut: (from: number, to: number) => string };

export function textReader(memory: TextMemory): Reader {
  return (vector, count, out) => {
    const bytes = bufferOf(duckdb.vector_get_data(vector, count * SLOT));
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, count * 4);
    const validity = validityOf(vector, count);
    const short = shortTexts(bytes, words);
    for (let row = 0; row < count;) {
      const run = readRun(bytes, words, validity, row, memory);
      for (let position = 0; row < run.end; row++) {
        const length = words[row * 4]!;
        if (isNull(validity, row)) out.push(null);
        else if (length <= IN_PLACE) out.push(short(row, length));
        else out.push(run.cut(position, (position += length)));
      }
    }
  };
}

/** Reads JSON, which the engine stores as text. */
export function jsonReader(): Reader {
  const read = textReader('shared');
  return (vector, count, out) => {
    const texts: Value[] = [];
    read(vector, count, texts);
    for (const text of texts) out.push(text === null ? null : (JSON.parse(text as string) as Value));
  };
}

/** One call to the engine costs more than 500 texts, so a run is read with one: only bytes of its texts are touched. */
function readRun(
  bytes: Buffer<ArrayBuffer>,
  words: Uint32Array,
  validity: Uint8Array | null,
  from: number,
  memory: TextMemory,
): Run {
  const count = words.length / 4;
  let first = -1;
  let start = 0;
  let next = 0;
  let end = from;
  for (; end < count; end++) {
    const length = words[end * 4]!;
    if (length <= IN_PLACE || isNull(validity, end)) continue;
    const pointer = words[end * 4 + 2]! + words[end * 4 + 3]! * TWO_32;
    if (first === -1) [first, start, next] = [end, pointer, pointer];
    if (pointer !== next) break;
    next += length;
  }
  if (first === -1) return { end, cut: () => '' };
  const texts = duckdb.get_data_from_pointer(bytes.buffer, bytes.byteOffset + first * SLOT + 8, next - start);
  return { end, cut: cutterOf(bufferOf(texts), memory) };
}

function cutterOf(texts: Buffer, memory: TextMemory): Run['cut'] {
  if (!isAscii(texts)) return (from, to) => texts.toString('utf8', from, to);
  if (memory === 'own') return (from, to) => texts.toString('latin1', from, to);
  const whole = texts.toString('latin1');
  return (from, to) => whole.slice(from, to);
}

/** Cutting texts of up to 12 bytes from one string copies them and is 4 times as fast as making each from bytes. */
export function shortTexts(bytes: Buffer, words: Uint32Array): (row: number, length: number) => string {
  let whole: string | undefined;
  return (row, length) => {
    const start = row * SLOT + 4;
    const [i, end] = [row * 4, start + length];
    if (((words[i + 1]! | words[i + 2]! | words[i + 3]!) & 0x80808080) !== 0) return bytes.toString('utf8', start, end);
    whole ??= bytes.toString('latin1');
    return whole.slice(start, end);
  };
}

/** The same bytes with text methods; memory of the bindings is never shared between threads. */
export function bufferOf(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}
