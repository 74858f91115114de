/**
 * Reads CSV as RFC 4180 defines it: one list per record. An empty field is null, `""` is the empty text. Throws on what
 * is not well-formed: a quote inside an unquoted field, text after a closing quote, a bare line feed between records.
 */
export function readCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    const { value, end } = text[at] === '"' ? quoted(text, at) : bare(text, at);
    record.push(value);
    const isRecordEnd = end >= text.length || text.startsWith('\r\n', end);
    if (!isRecordEnd && text[end] !== ',') throw new Error(`neither comma nor CRLF at ${end}`);
    at = end + (isRecordEnd ? 2 : 1);
    if (!isRecordEnd && at >= text.length) record.push(null);
    if (!isRecordEnd && at < text.length) continue;
    records.push(record);
    record = [];
  }
  return records;
}

function quoted(text: string, start: number): { value: string; end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') value += text[at]!;
    else if (text[at + 1] === '"') value += text[at++]!;
    else return { value, end: at + 1 };
  }
  throw new Error(`the quote at ${start} is never closed`);
}

function bare(text: string, start: number): { value: string | null; end: number } {
  const [value] = /^[^",\r\n]*/.exec(text.slice(start))!;
  return { value: value === '' ? null : value, end: start + value.length };
}
