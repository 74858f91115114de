/** One line of a stream, without its end; `bytes` is undefined when it was longer than allowed. */
export type Line = { readonly line: number; readonly bytes: Buffer | undefined };

export type LineSplitter = {
  /** The lines that end in these bytes, empty ones left out. */
  push(bytes: Buffer): Line[];
  /** The last line, when it has no end. */
  end(): Line[];
};

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into numbered lines; holds at most `maxBytes` of one. */
export function lineSplitter(maxBytes: number): LineSplitter {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;

  const take = (bytes: Buffer) => {
    length += bytes.length;
    if (length > maxBytes) parts = [];
    else if (bytes.length > 0) parts.push(bytes);
  };
  const finish = (): Line[] => {
    const line = number++;
    const bytes = length > maxBytes ? undefined : parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts = [];
    length = 0;
    return bytes !== undefined && isBlank(bytes) ? [] : [{ line, bytes }];
  };
  return {
    push(bytes) {
      const lines: Line[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        take(bytes.subarray(from, end));
        lines.push(...finish());
        from = end + 1;
      }
      take(bytes.subarray(from));
      return lines;
    },
    end: () => (length > 0 ? finish() : []),
  };
}

/** Blanks, tabs and the carriage returns of other systems. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
