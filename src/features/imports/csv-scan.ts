import { isUtf8 } from 'node:buffer';
import { AppError } from '../../lib/app-error.ts';
import { shorten } from '../../lib/shorten.ts';
import { keepCarriageReturn, lineEnds, startOfText, utf8Until } from './csv-bytes.ts';
import { afterLine, csvForm, emptyFound, scanRecord, type CsvForm, type LineEnd } from './csv-record.ts';
import { splitRecord } from './csv-split.ts';
import { CSV_PROBLEMS, type CsvProblem, type CsvScan, type OnRecord, type ScanOptions } from './csv-model.ts';

export type CsvScanner = { push(chunk: Buffer): void; end(): CsvScan };

type State = CsvScan & {
  columns: readonly string[];
  readonly options: ScanOptions;
  readonly form: CsvForm;
  readonly onRecord: OnRecord;
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
export function csvScanner(options: ScanOptions, onRecord: OnRecord = () => {}): CsvScanner {
  const state: State = {
    columns: options.columns ?? [],
    options,
    form: csvForm(options.delimiter, options.quote, options.maxBytes),
    onRecord,
    read: 0,
    blankLines: 0,
    rejects: new Map(),
    isQuoted: false,
    isPlain: true,
    line: 1,
    lineEnd: 'none',
    isStarted: false,
    isSkipping: false,
  };
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
      return state;
    },
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
    if (!scanRecord(bytes, at, isLast, state.form, found)) return at;
    const isSound = found.end <= soundUntil || isUtf8(bytes.subarray(at, found.end));
    const problem =
      found.problem !== undefined ? (`csv.${found.problem}` as const) : isSound ? undefined : 'csv.encoding';
    const next = found.next < 0 ? keepCarriageReturn(bytes) : found.next;
    if (problem === undefined) takeRecord(state, bytes, at, found);
    else reject(state, problem, bytes.subarray(at, next));
    state.isSkipping = found.next < 0;
    const lines = found.isQuoted || problem !== undefined ? lineEnds(bytes, at, next) : 1;
    if (lines > 1) state.isPlain = false;
    state.line += lines;
    at = next;
    if (state.isSkipping) return at;
  }
  return at;
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
  state.onRecord(bytes, from, end, found.hasStrayQuote);
}

function takeHeader(state: State, text: string): void {
  const { delimiter, quote } = state.options;
  const names = splitRecord(text, delimiter, quote).map((name, i) => (name === '' ? `column_${i + 1}` : name));
  const twice = names.find((name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < i);
  if (twice !== undefined) throw unusable(`its header names the column ${JSON.stringify(shorten(twice, 100))} twice`);
  state.columns = names;
}

function reject(state: State, reason: CsvProblem, record: Buffer): void {
  if (state.columns.length === 0) throw unusable(`its header line has ${CSV_PROBLEMS[reason]}`);
  const kept = state.rejects.get(reason) ?? { rows: 0, samples: [] };
  kept.rows += 1;
  if (kept.samples.length < state.options.samples) {
    kept.samples.push({ line: state.line, text: shorten(record.toString('utf8', 0, 1000).trimEnd()) });
  }
  state.rejects.set(reason, kept);
  state.isPlain = false;
}

function unusable(why: string): AppError {
  return new AppError('import.failed', `the file cannot be read: ${why}`);
}
