import { isAscii } from 'node:buffer';
import type { SourceEncoding } from '../../../data/catalog/import-plan.ts';

/** Turns bytes of another encoding into UTF-8, piece by piece. */
export type Transcoder = { push(chunk: Buffer): Buffer; end(): Buffer };

/** Stands for what is no character: a byte that UTF-8 never has, so that its record is found and counted. */
const NO_CHARACTER = Buffer.from([0xff]);

/**
 * UTF-16 and Windows-1252 as UTF-8. Nothing is replaced silently: half a surrogate pair, half a code unit at the end and
 * the five bytes that Windows-1252 does not define come out as a byte that is not UTF-8. UTF-8 passes as it is.
 */
export function transcoder(encoding: SourceEncoding): Transcoder {
  switch (encoding) {
    case 'utf-8':
      return { push: (chunk) => chunk, end: () => Buffer.alloc(0) };
    case 'windows-1252':
      return { push: fromWindows1252, end: () => Buffer.alloc(0) };
    case 'utf-16le':
    case 'utf-16be':
      return fromUtf16(encoding === 'utf-16be');
  }
}

function fromUtf16(isBigEndian: boolean): Transcoder {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const bytes = Buffer.concat([rest, chunk]);
      let end = bytes.length - (bytes.length % 2);
      const high = bytes[isBigEndian ? end - 2 : end - 1];
      // The first half of a pair waits for the second.
      if (high !== undefined && high >= 0xd8 && high <= 0xdb) end -= 2;
      rest = bytes.subarray(end);
      const units = bytes.subarray(0, end);
      return encode((isBigEndian ? units.swap16() : units).toString('utf16le'));
    },
    end: () => (rest.length === 0 ? rest : NO_CHARACTER),
  };
}

/** 0x80 to 0x9f; half a pair where there is no character. */
const WINDOWS_1252 = '€\ud800‚ƒ„…†‡ˆ‰Š‹Œ\ud800Ž\ud800' + '\ud800‘’“”•–—˜™š›œ\ud800žŸ';

function fromWindows1252(chunk: Buffer): Buffer {
  if (isAscii(chunk)) return chunk;
  return encode(chunk.toString('latin1').replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252[byte.charCodeAt(0) - 0x80]!));
}

function encode(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts = text.split(/\p{Surrogate}/u).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [NO_CHARACTER, part])));
}
