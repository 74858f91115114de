const LF = 10;
const CR = 13;

/** The shape of a CSV file, as bytes. `quote` is -1 for a file without quoting. */
export type CsvForm = {
  readonly delimiter: number;
  readonly quote: number;
  readonly maxBytes: number;
  /** 1 for each byte that is not ordinary content. */
  readonly special: Uint8Array;
};

/** quote: a quoted field goes on after its closing quote, or does not close; too_long: no line end within maxBytes. */
export type RecordProblem = 'quote' | 'too_long';
export type LineEnd = 'none' | 'lf' | 'crlf' | 'cr';

/** What scanRecord found. One object is reused for all records of a file: a file can have many millions. */
export type FoundRecord = {
  /** Index after the last byte of content; meaningless when there is a problem. */
  end: number;
  /** Index at which the next record starts; -1 when the rest of the line is not in these bytes yet and is to be skipped. */
  next: number;
  fields: number;
  lineEnd: LineEnd;
  isQuoted: boolean;
  /** A quote in a field that did not start with one: plain content. */
  hasStrayQuote: boolean;
  problem: RecordProblem | undefined;
};

export function csvForm(delimiter: string, quote: string, maxBytes: number): CsvForm {
  const form = { delimiter: delimiter.charCodeAt(0), quote: quote === '' ? -1 : quote.charCodeAt(0), maxBytes };
  const special = new Uint8Array(256);
  for (const byte of [form.delimiter, form.quote, LF, CR]) if (byte >= 0) special[byte] = 1;
  return { ...form, special };
}

export function emptyFound(): FoundRecord {
  return { end: 0, next: 0, fields: 1, lineEnd: 'none', isQuoted: false, hasStrayQuote: false, problem: undefined };
}

/**
 * Finds the record that starts at `from` (RFC 4180, strictly: a quote opens a field only as its first byte, and only a
 * delimiter or a line end may follow the closing one; LF, CRLF and CR end a record). Returns false when the bytes end
 * before the record does and more are to come (`isLast` false). After a quote problem scanning goes on with the next
 * line of the file, so that one stray quote costs one line and not the rest of the file.
 */
export function scanRecord(bytes: Buffer, from: number, isLast: boolean, form: CsvForm, found: FoundRecord): boolean {
  const stop = Math.min(bytes.length, from + form.maxBytes + 1);
  const isOver = stop - from > form.maxBytes;
  reset(found);
  let at = from;
  for (;;) {
    if (at < stop && bytes[at] === form.quote) {
      found.isQuoted = true;
      at = afterQuoted(bytes, at + 1, stop, form.quote);
      const mayGrow = at >= stop && !isLast && !isOver;
      if (mayGrow) return false;
      if (at > stop || (at < stop && !endsField(bytes[at]!, form)))
        return fail('quote', from, afterLine(bytes, from, isLast), bytes, form, found);
    } else {
      at = afterPlain(bytes, at, stop, form, found);
    }
    if (at >= stop) {
      if (isOver) return fail('too_long', from, afterLine(bytes, at, isLast), bytes, form, found);
      return isLast && finish(at, at, 'none', found);
    }
    if (bytes[at] !== form.delimiter) return endLine(bytes, at, isLast, found);
    found.fields += 1;
    at += 1;
  }
}

/** Index after the first line end at or after `from`; -1 when there is none in these bytes (a CR at their end may be half of a CRLF). */
export function afterLine(bytes: Buffer, from: number, isLast: boolean): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF) return at + 1;
    if (bytes[at] !== CR) continue;
    if (at + 1 < bytes.length) return bytes[at + 1] === LF ? at + 2 : at + 1;
    return isLast ? at + 1 : -1;
  }
  return isLast ? bytes.length : -1;
}

function reset(found: FoundRecord): void {
  found.fields = 1;
  found.isQuoted = false;
  found.hasStrayQuote = false;
  found.problem = undefined;
}

/** Index after the closing quote; `stop` + 1 when there is none before it, `stop` when the closing quote is the last byte. */
function afterQuoted(bytes: Buffer, from: number, stop: number, quote: number): number {
  for (let at = from; ; at += 2) {
    at = bytes.indexOf(quote, at);
    if (at < 0 || at >= stop) return stop + 1;
    if (at + 1 >= stop || bytes[at + 1] !== quote) return at + 1;
  }
}

function afterPlain(bytes: Buffer, from: number, stop: number, form: CsvForm, found: FoundRecord): number {
  let at = from;
  for (;;) {
    while (at < stop && form.special[bytes[at]!] === 0) at += 1;
    if (at >= stop || bytes[at] !== form.quote) return at;
    found.hasStrayQuote = true;
    at += 1;
  }
}

function endsField(byte: number, form: CsvForm): boolean {
  return byte === form.delimiter || byte === LF || byte === CR;
}

function endLine(bytes: Buffer, at: number, isLast: boolean, found: FoundRecord): boolean {
  if (bytes[at] === LF) return finish(at, at + 1, 'lf', found);
  if (at + 1 >= bytes.length && !isLast) return false;
  return bytes[at + 1] === LF ? finish(at, at + 2, 'crlf', found) : finish(at, at + 1, 'cr', found);
}

function finish(end: number, next: number, lineEnd: LineEnd, found: FoundRecord): true {
  found.end = end;
  found.next = next;
  found.lineEnd = lineEnd;
  return true;
}

/** Waits for the end of the line, so that it can be shown, unless the line is too long for that. */
function fail(
  problem: RecordProblem,
  from: number,
  next: number,
  bytes: Buffer,
  form: CsvForm,
  found: FoundRecord,
): boolean {
  if (next < 0 && bytes.length - from <= form.maxBytes) return false;
  found.problem = problem;
  return finish(next, next, 'none', found);
}
