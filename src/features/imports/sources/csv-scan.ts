import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../lib/app-error.ts';
import { shorten } from '../../../lib/shorten.ts';
import { keepCarriageReturn, lineEnds, startOfText, utf8Until } from './csv-bytes.ts';
import { afterLine, csvForm, emptyFound, scanRecord, type CsvForm, type LineEnd } from './csv-record.ts';
import { takeRun, type CsvRun } from './csv-run.ts';
import { splitRecord } from './csv-split.ts';
import { lineIndex, type LineIndex } from './line-index.ts';
import { rejectTally, type RejectTally, type TallyOptions } from './reject-tally.ts';
import { MAX_COLUMNS, SOURCE_PROBLEMS, type Rejects, type SourceProblem, type SourceScan } from './source-model.ts';

export type CsvOptions = TallyOptions & {
  readonly delimiter: string;
  readonly quote: string;
  /** Names of the columns of a file without a header line. */
  readonly columns: readonly string[] | undefined;
};

export type CsvScan = SourceScan & {
  /** Whether any field is quoted. */
  readonly isQuoted: boolean;
  /** Whether another reader would take the file as it is: sound records only, one kind of line end, nothing unusual. */
  readonly isPlain: boolean;
  readonly lineOf: LineIndex['lineOf'];
};

/** Who wants the sound records themselves. */
export type CsvSink = {
  /** One record: bytes[from, end) without its line end. */
  onRecord(bytes: Buffer, from: number, end: number, hasStrayQuote: boolean): void;
  /** Several at once: bytes[from, to), each ending with a line feed; without it all come one by one. */
  onRun?(bytes: Buffer, from: number, to: number): void;
};

export type CsvScanner = { push(chunk: Buffer): void; end(): CsvScan };

type State = {
  columns: readonly string[];
  read: number;
  blankLines: number;
  readonly tally: RejectTally;
  readonly rejects: Rejects;
  isQuoted: boolean;
  isPlain: boolean;
  readonly options: CsvOptions;
  readonly form: CsvForm;
  readonly sink: CsvSink | undefined;
  readonly lines: LineIndex;
  readonly run: CsvRun;
  /** The last record was one that others like it may follow. */
  isUsual: boolean;
  line: number;
  lineEnd: LineEnd;
  isStarted: boolean;
  isSkipping: boolean;
};

/**
 * Reads a CSV file record by record before the warehouse does: which records are sound, which are not and why, on which
 * line. DuckDB's own reader cannot be trusted with that (1.5.5: its parallel form returns wrong values for quoted
 * fields at block borders without an error; it accepts a trailing delimiter, trims blanks around quotes, skips blank
 * lines, refuses a file of mixed line ends, and numbers records instead of lines).
 *
 * Throws `import.failed` from push or end when the file has no usable header line or is UTF-16.
 */
export function csvScanner(options: CsvOptions, sink?: CsvSink): CsvScanner {
  const state = startState(options, sink);
  let rest: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer, isLast: boolean) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = bytes.subarray(scanBytes(state, bytes, isLast));
  };
  return {
    push: (chunk) => take(chunk, false),
    end: () => {
      take(Buffer.alloc(0), true);
      if (state.columns.length === 0) throw unusable('it has no header line');
      const { columns, read, blankLines, rejects, isQuoted, isPlain, lines } = state;
      return { columns, read, blankLines, rejects, isQuoted, isPlain, lineOf: lines.lineOf };
    },
  };
}

function startState(options: CsvOptions, sink: CsvSink | undefined): State {
  const tally = rejectTally(options);
  return {
    columns: options.columns ?? [],
    options,
    form: csvForm(options.delimiter, options.quote, options.maxBytes),
    sink,
    read: 0,
    blankLines: 0,
    tally,
    rejects: tally.rejects,
    isQuoted: false,
    isPlain: true,
    lines: lineIndex(),
    run: { rows: 0, next: 0, isQuoted: false },
    isUsual: false,
    line: 1,
    lineEnd: 'none',
    isStarted: false,
    isSkipping: false,
  };
}

/** Takes what is complete in `bytes`, and returns the index of what is not. */
function scanBytes(state: State, bytes: Buffer, isLast: boolean): number {
  let at = state.isStarted ? 0 : startOfText(bytes, isLast);
  if (at < 0) return 0;
  if (at > 0 && state.options.columns !== undefined) state.isPlain = false;
  state.isStarted = true;
  const found = emptyFound();
  const soundUntil = utf8Until(bytes, at, isLast);
  while (at < bytes.length) {
    if (state.isSkipping) {
      const next = afterLine(bytes, at, isLast);
      if (next < 0) return keepCarriageReturn(bytes);
      state.isSkipping = false;
      state.line += 1;
      at = next;
      continue;
    }
    const afterRun = passRun(state, bytes, at, soundUntil);
    if (afterRun > at) {
      at = afterRun;
      continue;
    }
    if (!scanRecord(bytes, at, isLast, state.form, found)) return at;
    const isSound = found.end <= soundUntil || isUtf8(bytes.subarray(at, found.end));
    const problem =
      found.problem !== undefined ? (`csv.${found.problem}` as const) : isSound ? undefined : 'csv.encoding';
    const next = found.next < 0 ? keepCarriageReturn(bytes) : found.next;
    if (problem === undefined) takeRecord(state, bytes, at, found);
    // However much of an endless record is here already, the same is told of it.
    else reject(state, problem, bytes.subarray(at, Math.min(next, at + state.form.maxBytes)));
    state.isSkipping = found.next < 0;
    const lines = found.isQuoted || problem !== undefined ? lineEnds(bytes, at, next) : 1;
    const isFull = found.end > at && found.fields === state.columns.length;
    state.isUsual = isFull && lines === 1 && problem === undefined && !found.hasStrayQuote;
    if (lines > 1) state.isPlain = false;
    state.line += lines;
    at = next;
    if (state.isSkipping) return at;
  }
  return at;
}

/** Takes the usual records from `from` on, all at once, and returns where they end. */
function passRun(state: State, bytes: Buffer, from: number, until: number): number {
  const { columns, lineEnd, run, sink } = state;
  const isCrlf = lineEnd === 'crlf';
  if (!state.isUsual || from >= until || (!isCrlf && lineEnd !== 'lf')) return from;
  if (sink !== undefined && (isCrlf || sink.onRun === undefined)) return from;
  takeRun(bytes, from, state.form, { until, fields: columns.length, isCrlf }, run);
  // What stopped it is looked at next; after that it is tried again only behind a usual record.
  state.isUsual = false;
  if (run.rows === 0) return from;
  state.lines.markRun(state.read + 1, state.line, run.rows);
  state.read += run.rows;
  state.line += run.rows;
  state.isQuoted ||= run.isQuoted;
  sink?.onRun?.(bytes, from, run.next);
  return run.next;
}

function takeRecord(state: State, bytes: Buffer, from: number, found: ReturnType<typeof emptyFound>): void {
  const { end, fields, lineEnd } = found;
  const isBlank = end === from;
  if (lineEnd !== state.lineEnd && lineEnd !== 'none') {
    if (state.lineEnd !== 'none' || lineEnd === 'cr') state.isPlain = false;
    state.lineEnd = lineEnd;
  }
  if (isBlank) state.isPlain = false;
  if (isBlank && state.columns.length !== 1) {
    state.blankLines += 1;
    return;
  }
  if (found.isQuoted) state.isQuoted = true;
  if (found.hasStrayQuote) state.isPlain = false;
  if (state.columns.length === 0) return takeHeader(state, bytes.toString('utf8', from, end));
  if (fields !== state.columns.length) return reject(state, 'csv.columns', bytes.subarray(from, end));
  state.read += 1;
  state.lines.mark(state.read, state.line);
  state.sink?.onRecord(bytes, from, end, found.hasStrayQuote);
}

function takeHeader(state: State, text: string): void {
  const { delimiter, quote } = state.options;
  const names = splitRecord(text, delimiter, quote).map((name, i) => (name === '' ? `column_${i + 1}` : name));
  const twice = names.find((name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < i);
  if (names.length > MAX_COLUMNS) throw unusable(`its header names ${names.length} columns; at most ${MAX_COLUMNS}`);
  if (text.includes('\0')) throw unusable('its header line has a NUL character');
  if (twice !== undefined) throw unusable(`its header names the column ${JSON.stringify(shorten(twice, 100))} twice`);
  state.columns = names;
}

function reject(state: State, reason: SourceProblem, record: Buffer): void {
  if (state.columns.length === 0) throw unusable(`its header line has ${SOURCE_PROBLEMS[reason]}`);
  state.tally.add(reason, state.line, record);
  state.isPlain = false;
}

function unusable(why: string): AppError {
  return new AppError('import.failed', `the file cannot be read: ${why}`);
}
