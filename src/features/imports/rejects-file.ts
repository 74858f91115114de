import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { LineOf } from './tables/table-report.ts';

/** One line of the file: a record that is no row, or a row that cannot be stored. */
export type Rejected = {
  /** The source or the table. */
  readonly part: string;
  readonly reason: string;
  /** Line of the file on which the record starts. */
  readonly line: number | null;
  /** Place in the mapping's answer, from 1. */
  readonly row: number | null;
  /** The record as the file has it. */
  readonly record: string | null;
  readonly values: Readonly<Record<string, string | null>> | null;
};

/** All that an import rejected, as NDJSON. Millions of them take no more memory than one block. */
export type RejectsFile = {
  add(rejected: Rejected): void;
  /** Where the warehouse writes the rows of one table, for `takeRows`. */
  readonly rowsPath: string;
  /** Moves them here; `lineOf` tells the line of a row, `onBlock` hears how many were moved and may throw to stop it. */
  takeRows(lineOf: LineOf | undefined, onBlock?: (rows: number) => void): Promise<void>;
  /** What was taken so far is written when it returns. */
  flush(): void;
  close(): Promise<void>;
};

const BLOCK = 1 << 18;

/** Starts the file anew. Throws what the system throws, here and when something is written. */
export function openRejectsFile(path: string): RejectsFile {
  const handle = openSync(path, 'w');
  const rowsPath = `${path}.rows`;
  let block = '';
  const flush = () => {
    // writeSync may take less than all of it.
    for (let rest = Buffer.from(block); rest.length > 0;) rest = rest.subarray(writeSync(handle, rest));
    block = '';
  };
  const addLine = (line: string) => {
    block += `${line}\n`;
    if (block.length > BLOCK) flush();
  };
  return {
    rowsPath,
    add: (rejected) => addLine(JSON.stringify(rejected)),
    async takeRows(lineOf, onBlock) {
      let rows = 0;
      for await (const lines of linesOf(rowsPath)) {
        for (const line of lines) addLine(lineOf === undefined ? line : withLine(line, lineOf));
        rows += lines.length;
        onBlock?.(rows);
      }
      await rm(rowsPath);
    },
    flush,
    async close() {
      try {
        flush();
      } finally {
        closeSync(handle);
        await rm(rowsPath, { force: true });
      }
    },
  };
}

/** How the warehouse begins a line (report-queries.ts): parsing all of it would take five times as long. */
const HEAD = /^(\{"part":"[^"]*","reason":"(?:[^"\\]|\\.)*","line":)null,"row":(\d+)/;

function withLine(text: string, lineOf: LineOf): string {
  return text.replace(HEAD, (_, before: string, row: string) => `${before}${lineOf(Number(row)) ?? null},"row":${row}`);
}

/** Only a line feed ends a line here: readline would also break at U+2028, which JSON may hold. */
async function* linesOf(path: string): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(path, { highWaterMark: BLOCK })) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop()!;
    yield lines;
  }
}
