import type { JsonSplitter, OnElement } from './json-split.ts';

const LF = 10;

/** Cuts NDJSON into its lines. A line that is too long is told once, with its beginning, and skipped. */
export function lineSplitter(maxBytes: number, onElement: OnElement): JsonSplitter {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let isSkipping = false;

  const take = (bytes: Buffer, isLast: boolean): Buffer => {
    let at = 0;
    for (;;) {
      const found = bytes.indexOf(LF, at);
      const end = found < 0 ? bytes.length : found;
      const isOver = end - at > maxBytes;
      if (!isSkipping && isOver) onElement(bytes.subarray(at, end), line, true);
      if (found < 0 && !isLast) {
        isSkipping ||= isOver;
        return isSkipping ? Buffer.alloc(0) : bytes.subarray(at);
      }
      if (!isSkipping && !isOver && (found >= 0 || end > at)) onElement(bytes.subarray(at, end), line, false);
      if (found < 0) return Buffer.alloc(0);
      isSkipping = false;
      line += 1;
      at = found + 1;
    }
  };
  return {
    push: (chunk) => {
      rest = take(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), false);
    },
    end: () => {
      take(rest, true);
    },
  };
}
