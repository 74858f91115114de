import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../lib/app-error.ts';

/** Index of the first byte after a byte order mark; -1 when there are too few bytes to tell. Throws `import.failed` for UTF-16. */
export function startOfText(bytes: Buffer, isLast: boolean): number {
  if (bytes.length < 3 && !isLast) return -1;
  if (bytes.length >= 2 && ['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))) {
    throw new AppError('import.failed', 'the file is UTF-16, not UTF-8: declare its encoding');
  }
  return bytes.toString('hex', 0, 3) === 'efbbbf' ? 3 : 0;
}

/** Everything before this index is UTF-8: one native check for thousands of records. A line feed is never part of a longer character. */
export function utf8Until(bytes: Buffer, from: number, isLast: boolean): number {
  const until = isLast ? bytes.length : bytes.lastIndexOf(10) + 1;
  return until > from && isUtf8(bytes.subarray(from, until)) ? until : from;
}

/** A carriage return at the end may be half of a line end, and stays for the next bytes. */
export function keepCarriageReturn(bytes: Buffer): number {
  return bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
}

/** Line ends in bytes[from, to): LF, CRLF or CR. */
export function lineEnds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10)) count += 1;
  return count;
}
