import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { LineOf } from './table-report.ts';

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

/** What the reading of a source says of a record that is no row. */
export type RejectedRecord = { readonly line: number; readonly reason: string; readonly text: string };

/** All that an import rejected, as NDJSON. Millions of them take no more memory than one block. */
export type RejectsFile = {
  add(rejected: Rejected): void;
  /** Where the warehouse writes the rows of one table, for `takeRows`. */
  readonly rowsPath: string;
  /** Moves them here; `lineOf` tells the line of a row. */
  takeRows(lineOf: LineOf | undefined): Promise<void>;
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
    async takeRows(lineOf) {
      for await (const lines of linesOf(rowsPath)) {
        for (const line of lines) addLine(lineOf === undefined ? line : withLine(line, lineOf));
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

function withLine(text: string, lineOf: LineOf): string {
  const rejected = JSON.parse(text) as Rejected;
  return JSON.stringify({ ...rejected, line: lineOf(rejected.row!) ?? null });
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
