import type { SourceProblem } from './source-model.ts';

/** One key of an object, and its value as text: a string as it is, anything else as it is written; null is undefined. */
export type Member = { readonly key: string; readonly value: string | undefined };

const BLANKS = new Set([' ', '\t', '\n', '\r']);

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

/** Why an object cannot be a row, although it is JSON. */
export function memberProblem(members: readonly Member[]): SourceProblem | undefined {
  const keys = new Set(members.map(({ key }) => key.toLowerCase()));
  if (keys.size < members.length) return 'json.duplicate_key';
  if (members.some(({ key }) => key.length > 1000 || key.includes('\0'))) return 'json.key';
  const isText = members.every(({ key, value = '' }) => key.isWellFormed() && value.isWellFormed());
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
    if (source[at] === '"') at = afterString(source, at);
    else if (BLANKS.has(source[at]!)) {
      text += source.slice(from, at);
      at = skipBlanks(source, at);
      from = at;
    } else at += 1;
  }
  return text + source.slice(from);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (BLANKS.has(text[at]!)) at += 1;
  return at;
}

function afterString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

function afterValue(text: string, from: number): number {
  if (text[from] === '"') return afterString(text, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const char = text[at]!;
    if (char === '"') at = afterString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (depth > 0 && (char === '}' || char === ']')) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (char === ',' || char === '}' || BLANKS.has(char))) return at;
  }
}
