import { AppError } from '../../../lib/app-error.ts';

/** Takes one element and the line on which it starts. `isTooLong`: these are only its first bytes. */
export type OnElement = (bytes: Buffer, line: number, isTooLong: boolean) => void;
/** Throws `import.failed` where the end of an element, or of the whole, cannot be found. */
export type JsonSplitter = { push(chunk: Buffer): void; end(): void };

const LF = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

type State = {
  /** Whether the text is one array, or objects one after another; done: after the array. */
  mode: 'start' | 'array' | 'sequence' | 'done';
  /** Open brackets, that of the array included. */
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
  /** Index at which the element at hand starts; -1 between elements. */
  start: number;
  startLine: number;
  /** The element at hand was told to be too long. */
  isSkipping: boolean;
  /** What a comma announced is still to come. */
  isExpecting: boolean;
  line: number;
  readonly maxBytes: number;
  readonly onElement: OnElement;
};

/**
 * Finds the elements of a JSON text: those of its one array, or objects one after another. It follows brackets, strings
 * and the commas between elements and nothing else. Whether an element is JSON is judged later: a broken one costs itself
 * alone as long as its brackets pair up. Memory holds one element, up to `maxBytes`.
 */
export function elementSplitter(maxBytes: number, onElement: OnElement): JsonSplitter {
  const state: State = {
    mode: 'start',
    depth: 0,
    isInString: false,
    isEscaped: false,
    start: -1,
    startLine: 1,
    isSkipping: false,
    isExpecting: false,
    line: 1,
    maxBytes,
    onElement,
  };
  let rest: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      takeBytes(state, bytes, rest.length);
      rest = keepElement(state, bytes);
    },
    end: () => {
      if (state.mode === 'sequence' && state.start >= 0 && state.depth === 0 && !state.isInString) {
        endElement(state, rest, rest.length);
      }
      const what = state.start >= 0 ? `the record that starts on line ${state.startLine}` : 'its array';
      if (state.start >= 0 || state.mode === 'array') throw unusable(`it is cut off: ${what} does not end`);
    },
  };
}

function takeBytes(state: State, bytes: Buffer, from: number): void {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === LF) state.line += 1;
    if (state.isInString) {
      if (state.isEscaped) state.isEscaped = false;
      else if (byte === BACKSLASH) state.isEscaped = true;
      else if (byte === QUOTE) state.isInString = false;
    } else {
      takeOutside(state, bytes, at, byte);
    }
  }
}

function takeOutside(state: State, bytes: Buffer, at: number, byte: number): void {
  const isBetween = state.depth === (state.mode === 'array' ? 1 : 0);
  if (byte === 32 || byte === LF || byte === 13 || byte === 9) {
    if (isBetween && state.mode === 'sequence' && state.start >= 0) endElement(state, bytes, at);
    return;
  }
  if (state.mode === 'done') throw unusable(`something follows the end of its array on line ${state.line}`);
  if (state.mode === 'array' && isBetween && (byte === COMMA || byte === CLOSE))
    return endOfArrayElement(state, bytes, at);
  if (state.mode === 'start') {
    state.mode = byte === OPEN ? 'array' : 'sequence';
    if (byte === OPEN) state.depth = 1;
    if (byte === OPEN) return;
  }
  const isOpening = byte === OPEN || byte === OPEN_BRACE;
  if (isOpening && isBetween && state.mode === 'sequence' && state.start >= 0) endElement(state, bytes, at);
  if (state.start < 0) {
    state.start = at;
    state.startLine = state.line;
  }
  if (byte === QUOTE) state.isInString = true;
  else if (isOpening) state.depth += 1;
  else if (byte === CLOSE || byte === CLOSE_BRACE) closeBracket(state, bytes, at);
}

function closeBracket(state: State, bytes: Buffer, at: number): void {
  const least = state.mode === 'array' ? 1 : 0;
  state.depth = Math.max(least, state.depth - 1);
  if (state.mode === 'sequence' && state.depth === 0) endElement(state, bytes, at + 1);
}

/** A comma or the bracket that closes the array. Between two commas there is an element, if only an empty one. */
function endOfArrayElement(state: State, bytes: Buffer, at: number): void {
  const isComma = bytes[at] === COMMA;
  if (state.start < 0) Object.assign(state, { start: at, startLine: state.line });
  if (isComma || state.isExpecting || at > state.start || state.isSkipping) endElement(state, bytes, at);
  state.start = -1;
  state.isExpecting = isComma;
  if (!isComma) Object.assign(state, { mode: 'done', depth: 0 });
}

function endElement(state: State, bytes: Buffer, end: number): void {
  const { start, startLine, isSkipping, maxBytes } = state;
  if (!isSkipping) state.onElement(bytes.subarray(start, end), startLine, end - start > maxBytes);
  state.start = -1;
  state.isSkipping = false;
}

/** What is needed of these bytes when the next ones come. */
function keepElement(state: State, bytes: Buffer): Buffer {
  if (state.start < 0) return Buffer.alloc(0);
  const { start, startLine, maxBytes } = state;
  state.start = 0;
  if (!state.isSkipping && bytes.length - start <= maxBytes) return bytes.subarray(start);
  if (!state.isSkipping) state.onElement(bytes.subarray(start), startLine, true);
  state.isSkipping = true;
  return Buffer.alloc(0);
}

function unusable(why: string): AppError {
  return new AppError('import.failed', `the file cannot be read: ${why}; if it is CSV, declare its format`);
}
