/** One place of a pattern: a character in lower case, `_` any one, `%` any number of them. */
type Token = { readonly kind: 'any' } | { readonly kind: 'one' } | { readonly kind: 'is'; readonly char: string };

/** Whether a text matches a pattern of the lists' `like` (`%`, `_`, `\` escapes), any case, as the warehouse does it: character by character. */
export function likePattern(pattern: string): (text: string) => boolean {
  const tokens = tokensOf(pattern);
  return (text) => matches(tokens, Array.from(text, lower));
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  let isEscaped = false;
  for (const char of pattern) {
    const isPlain = isEscaped || !['\\', '%', '_'].includes(char);
    if (isPlain) tokens.push({ kind: 'is', char: lower(char) });
    else if (char !== '\\') tokens.push({ kind: char === '%' ? 'any' : 'one' });
    isEscaped = !isEscaped && char === '\\';
  }
  return tokens;
}

/** The one character that stands for it in lower case: the engines know no others. */
function lower(char: string): string {
  const [first] = char.toLowerCase();
  return first!;
}

/** Greedy: when a character does not fit, the last `%` takes one more; time grows with text times pattern, never beyond. */
function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let [at, inText, lastAny, retry] = [0, 0, -1, 0];
  while (inText < text.length) {
    const token = tokens[at];
    if (token?.kind === 'any') [lastAny, retry, at] = [at, inText, at + 1];
    else if (token?.kind === 'one' || (token?.kind === 'is' && token.char === text[inText]))
      [at, inText] = [at + 1, inText + 1];
    else if (lastAny >= 0) [retry, at, inText] = [retry + 1, lastAny + 1, retry + 1];
    else return false;
  }
  return tokens.slice(at).every(({ kind }) => kind === 'any');
}
