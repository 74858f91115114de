import { syntaxError } from '../errors.ts';

export type TokenKind = 'word' | 'quoted' | 'text' | 'number' | 'symbol' | 'bind' | 'end';
/** `text` is the word in upper case, the content of what is quoted, the symbol; `from` and `to` its place in the source. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly from: number; readonly to: number };

const SPACE = /(?:\s+|--[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[A-Za-z_][A-Za-z0-9_$]*/y],
  ['quoted', /"(?:[^"]|"")+"/y],
  ['text', /'(?:[^'\\]|''|\\[^])*'|\$\$[^]*?\$\$/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_])/y],
  ['bind', /\?|:\d+/y],
  ['symbol', /<>|!=|<=|>=|\|\||::|=>|[-+*/%()[\],.;=<>:@$~]/y],
];

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** The tokens of a statement, by Snowflake's rules: // is a comment, a backslash escapes within single quotes. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = skipSpace(source, token.to);
  }
  tokens.push({ kind: 'end', text: '<EOF>', from: at, to: at });
  return tokens;
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  return SPACE.test(source) ? SPACE.lastIndex : at;
}

function tokenAt(source: string, from: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = from;
    const raw = pattern.exec(source)?.[0];
    if (raw !== undefined) return { kind, text: contentOf(kind, raw), from, to: from + raw.length };
  }
  const { line, position } = placeOf(source, from);
  throw syntaxError(line, position, source[from]!);
}

function contentOf(kind: TokenKind, raw: string): string {
  if (kind === 'word') return raw.toUpperCase();
  if (kind === 'quoted') return raw.slice(1, -1).replaceAll('""', '"');
  if (kind !== 'text') return raw;
  if (raw.startsWith('$$')) return raw.slice(2, -2);
  return raw.slice(1, -1).replace(/''|\\([^])/g, (_, escaped?: string) => {
    return escaped === undefined ? "'" : (ESCAPES[escaped] ?? escaped);
  });
}

/** Line from 1, position in it from 0, as Snowflake counts them. */
export function placeOf(source: string, at: number): { line: number; position: number } {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, position: before.at(-1)!.length };
}
