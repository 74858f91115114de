import { isUtf8 } from 'node:buffer';
import type { SourceEncoding } from '../../../data/catalog/import-plan.ts';

const MARKS: readonly (readonly [SourceEncoding, Buffer])[] = [
  ['utf-8', Buffer.from('efbbbf', 'hex')],
  ['utf-16le', Buffer.from('fffe', 'hex')],
  ['utf-16be', Buffer.from('feff', 'hex')],
];

/** The encoding that a byte order mark names. */
export function markedEncoding(head: Buffer): SourceEncoding | undefined {
  return MARKS.find(([, mark]) => head.subarray(0, mark.length).equals(mark))?.[0];
}

/**
 * The encoding of a file that begins with `head`: by its mark; else UTF-16 when every other byte of many is NUL; else
 * Windows-1252 when it is not UTF-8 and no two bytes in it are a character of UTF-8; else UTF-8, where a broken byte
 * costs its record.
 */
export function detectEncoding(head: Buffer): SourceEncoding {
  return markedEncoding(head) ?? utf16Of(head) ?? (isWindows1252(head) ? 'windows-1252' : 'utf-8');
}

/** Half of all pairs are ASCII with a NUL; or some are, none the other way round, and it cannot be UTF-8. */
function utf16Of(head: Buffer): SourceEncoding | undefined {
  const pairs = Math.min(head.length, 1 << 16) >> 1;
  const asciiPairs = (high: number) => {
    let count = 0;
    for (let i = 0; i < pairs; i++) {
      const low = head[2 * i + 1 - high]!;
      if (head[2 * i + high] === 0 && low > 0 && low < 0x80) count += 1;
    }
    return count;
  };
  const [little, big] = [asciiPairs(1), asciiPairs(0)];
  const [encoding, most, least] =
    little >= big ? (['utf-16le', little, big] as const) : (['utf-16be', big, little] as const);
  const isMostly = most >= pairs / 2 || (most >= pairs / 50 && !isUtf8Start(head));
  return most > 0 && isMostly && least <= most / 10 ? encoding : undefined;
}

function isWindows1252(head: Buffer): boolean {
  if (isUtf8Start(head)) return false;
  return !/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/.test(head.toString('latin1'));
}

/** The head may end within a character. */
function isUtf8Start(head: Buffer): boolean {
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut))));
}
