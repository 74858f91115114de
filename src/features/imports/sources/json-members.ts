import type { SourceProblem } from './source-model.ts';

/** One key of an object, and its value as text: a string as it is, anything else as it is written; null is undefined. */
export type Member = { readonly key: string; readonly value: string | undefined };

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * The members of an object in `text`, which JSON.parse took. Values keep the digits that the file has: a number is its
 * own text, and so is what is within a nested value, without the blanks between its parts.
 */
export function jsonMembers(text: string): readonly Member[] {
  const members: Member[] = [];
  let at = skipBlanks(text, skipBlanks(text, 0) + 1);
  while (text[at] !== '}') {
    const keyEnd = afterString(text, at);
    const from = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const to = afterValue(text, from);
    members.push({ key: unescaped(text.slice(at, keyEnd)), value: valueText(text.slice(from, to)) });
    at = skipBlanks(text, to);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return members;
}

/** Why the object in `text`, which is JSON and UTF-8, cannot be a row. */
export function memberProblem(members: readonly Member[], text: string): SourceProblem | undefined {
  const keys = new Set(members.map(({ key }) => key.toLowerCase()));
  if (keys.size < members.length) return 'json.duplicate_key';
  if (members.some(({ key }) => key.length > 1000 || key.includes('\0'))) return 'json.key';
  // Half of a surrogate pair can only come from an escape.
  const isText =
    !text.includes('\\u') || members.every(({ key, value = '' }) => key.isWellFormed() && value.isWellFormed());
  return isText ? undefined : 'json.encoding';
}

function valueText(source: string): string | undefined {
  if (source === 'null') return undefined;
  if (source.startsWith('"')) return unescaped(source);
  return source.startsWith('{') || source.startsWith('[') ? compact(source) : source;
}

function unescaped(source: string): string {
  return source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1);
}

/** A nested value without the blanks between its parts. */
function compact(source: string): string {
  let text = '';
  let from = 0;
  for (let at = 0; at < source.length;) {
    const char = source.charCodeAt(at);
    if (char === QUOTE) at = afterString(source, at);
    else if (isBlank(char)) {
      text += source.slice(from, at);
      at = skipBlanks(source, at);
      from = at;
    } else at += 1;
  }
  return text + source.slice(from);
}

function isBlank(char: number): boolean {
  return char === 32 || char === 10 || char === 13 || char === 9;
}

function isOpening(char: number): boolean {
  return char === 91 || char === 123;
}

function isClosing(char: number): boolean {
  return char === 93 || char === 125;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function afterString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

function afterValue(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return afterString(text, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = afterString(text, at) - 1;
    else if (isOpening(char)) depth += 1;
    else if (depth > 0 && isClosing(char)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (char === COMMA || isClosing(char) || isBlank(char))) return at;
  }
}
