import duckdb from '@duckdb/node-bindings';
import type { Value } from '../port.ts';
import { release, validityOf } from './decode.ts';
import { bufferOf, shortTexts, textReader } from './decode-text.ts';
import type { ColumnPacker } from './pack-columns.ts';
import { IN_PLACE, keep, numberTexts, recall, textTable, WORDS } from './text-table.ts';

/** Gives each distinct text a number: texts in place by their words, longer ones by a string of each row. */
export function textPacker(): ColumnPacker {
  const texts: string[] = [];
  const long = longCodes(texts);
  const table = textTable();
  return {
    texts,
    pack(vector, count, out) {
      const bytes = duckdb.vector_get_data(vector, count * WORDS * 4);
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, count * WORDS);
      const validity = validityOf(vector, count);
      const column = { words, count, validity };
      let strings: Value[] | undefined;
      let textOf: ReturnType<typeof shortTexts> | undefined;
      let last = -1;
      let row = 0;
      while ((row = numberTexts(table, column, row, last, out)) < count) {
        const at = row * WORDS;
        const length = words[at]!;
        if (length > IN_PLACE) {
          table.isRising = false;
          last = long((strings ??= readTexts(vector, count))[row] as string);
        } else {
          last = recall(table, words, at);
          if (last < 0) {
            textOf ??= shortTexts(bufferOf(bytes), new Uint32Array(bytes.buffer, bytes.byteOffset, words.length));
            last = texts.push(textOf(row, length)) - 1;
            keep(table, words, at, last);
          }
        }
        out[row++] = last;
      }
      release(validity);
      release(bytes);
    },
  };
}

/** Texts are cuts of one string for each chunk; of a new one a string of its own is kept, or it would hold all others. */
function longCodes(texts: string[]): (text: string) => number {
  const codes = new Map<string, number>();
  let last: { readonly text: string; readonly code: number } | undefined;
  return (text) => {
    if (last?.text === text) return last.code;
    let code = codes.get(text);
    if (code === undefined) {
      const own = Buffer.from(text).toString();
      code = texts.push(own) - 1;
      codes.set(own, code);
    }
    last = { text: texts[code]!, code };
    return code;
  };
}

function readTexts(vector: duckdb.Vector, count: number): Value[] {
  const texts: Value[] = [];
  textReader('shared')(vector, count, texts);
  return texts;
}
