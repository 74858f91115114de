/** Text that is markup already; everything else is escaped where it is put in. */
export type Html = { readonly markup: string };
type Part = Html | string | number | readonly Html[];

/** Markup with the values escaped: html`<p>${name}</p>`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((markup, text, i) => markup + printed(parts[i - 1]!) + text) };
}

function printed(part: Part): string {
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(printed).join('');
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
