/**
 * The fields of one good record, quotes taken away. For header lines and samples: rows by the million are read by the
 * warehouse.
 */
export function splitRecord(text: string, delimiter: string, quote: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const [field, end] =
      quote !== '' && text[at] === quote ? quotedField(text, at, quote) : plainField(text, at, delimiter);
    fields.push(field);
    if (end >= text.length) return fields;
    at = end + 1;
  }
}

function plainField(text: string, from: number, delimiter: string): [string, number] {
  const found = text.indexOf(delimiter, from);
  const end = found < 0 ? text.length : found;
  return [text.slice(from, end), end];
}

function quotedField(text: string, from: number, quote: string): [string, number] {
  let end = text.indexOf(quote, from + 1);
  while (text[end + 1] === quote) end = text.indexOf(quote, end + 2);
  return [text.slice(from + 1, end).replaceAll(quote + quote, quote), end + 1];
}

/** A record in which every field is quoted: what any reader takes the same way. */
export function joinQuoted(fields: readonly string[], delimiter: string, quote: string): string {
  return fields.map((field) => quote + field.replaceAll(quote, quote + quote) + quote).join(delimiter);
}
