import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../lib/app-error.ts';
import { jsonMembers, memberProblem, type Member } from './json-members.ts';
import { lineSplitter } from './json-lines.ts';
import { elementSplitter } from './json-split.ts';
import { lineIndex, type LineIndex } from './line-index.ts';
import { rejectTally, type TallyOptions } from './reject-tally.ts';
import { MAX_COLUMNS, type SourceProblem, type SourceScan } from './source-model.ts';

export type JsonOptions = TallyOptions & {
  readonly format: 'json' | 'ndjson';
  /** Columns that are known before the first record. */
  readonly columns: readonly string[];
};

export type JsonScan = SourceScan & {
  readonly lineOf: LineIndex['lineOf'];
  /** The columns as the records call them. */
  readonly keys: readonly string[];
};
/** Takes the values of a sound record, one for each column that is known so far. */
export type OnRow = (values: readonly string[]) => void;
export type JsonScanner = { push(chunk: Buffer): void; end(): JsonScan };

/**
 * Judges JSON record by record, and gives the sound ones as rows of text: '' is what is null or not there. A key that no
 * record had before is one more column. Throws `import.failed` when they become too many.
 */
export function jsonScanner(options: JsonOptions, onRow: OnRow): JsonScanner {
  const tally = rejectTally(options);
  const lines = lineIndex();
  const columns = columnSet(options.columns);
  let read = 0;
  let blankLines = 0;
  const take = (bytes: Buffer, line: number, isTooLong: boolean) => {
    if (options.format === 'ndjson' && isBlank(bytes)) {
      blankLines += 1;
      return;
    }
    const found = isTooLong ? 'json.too_long' : membersOf(bytes);
    if (typeof found === 'string') return tally.add(found, line, bytes);
    read += 1;
    lines.mark(read, line);
    onRow(columns.rowOf(found));
  };
  const split = options.format === 'ndjson' ? lineSplitter : elementSplitter;
  const splitter = withoutMark(split(options.maxBytes, take));
  return {
    push: splitter.push,
    end: () => {
      splitter.end();
      const { keys } = columns;
      return { columns: named(keys), keys, read, blankLines, rejects: tally.rejects, lineOf: lines.lineOf };
    },
  };
}

function membersOf(bytes: Buffer): readonly Member[] | SourceProblem {
  if (!isUtf8(bytes)) return 'json.encoding';
  const text = bytes.toString();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'json.not_an_object';
  } catch {
    return 'json.syntax';
  }
  const members = jsonMembers(text);
  return memberProblem(members, text) ?? members;
}

/** Keys that differ in case alone are one column, as they are to SQL. */
function columnSet(known: readonly string[]) {
  const keys = [...known];
  const places = new Map(keys.map((key, i) => [key.toLowerCase(), i]));
  const placeOf = (key: string): number => {
    const place = places.get(key.toLowerCase());
    if (place !== undefined) return place;
    if (keys.length === MAX_COLUMNS) {
      throw new AppError('import.failed', `the file cannot be read: its objects have more than ${MAX_COLUMNS} keys`);
    }
    places.set(key.toLowerCase(), keys.length);
    return keys.push(key) - 1;
  };
  return {
    keys,
    rowOf: (members: readonly Member[]): string[] => {
      const found = members.map(({ key, value }) => [placeOf(key), value ?? ''] as const);
      const row = keys.map(() => '');
      for (const [place, value] of found) row[place] = value;
      return row;
    },
  };
}

/** SQL has no column without a name: its place names it, with as many _ as make it free. */
function named(keys: readonly string[]): readonly string[] {
  const taken = new Set(keys.map((key) => key.toLowerCase()));
  const freeName = (name: string): string => (taken.has(name) ? freeName(`${name}_`) : name);
  return keys.map((key, i) => (key === '' ? freeName(`column_${i + 1}`) : key));
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

/** A byte order mark at the start is no part of the text. */
function withoutMark<S extends { push(chunk: Buffer): void; end(): void }>(splitter: S) {
  const mark = Buffer.from('\u{FEFF}');
  let head: Buffer | undefined = Buffer.alloc(0);
  const flush = (bytes: Buffer) => splitter.push(bytes.indexOf(mark) === 0 ? bytes.subarray(mark.length) : bytes);
  return {
    push: (chunk: Buffer) => {
      if (head === undefined) return splitter.push(chunk);
      head = Buffer.concat([head, chunk]);
      if (head.length < mark.length) return;
      flush(head);
      head = undefined;
    },
    end: () => {
      if (head !== undefined) flush(head);
      splitter.end();
    },
  };
}
