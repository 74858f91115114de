/** At most `length` characters of a text, cut at a whole character and marked with `…`; for text of clients that is echoed. */
export function shorten(text: string, length = 200): string {
  return text.length <= length
    ? text.toWellFormed()
    : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`.toWellFormed();
}
