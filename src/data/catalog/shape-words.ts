import { didYouMean } from '../../lib/near-name.ts';
import { NAME_WORDS } from './file-schema.ts';
import { type Path, quoted } from './problems.ts';
import { alternatives, kindOf, type Shape, wordsOf } from './shape.ts';
import type { YamlNode } from './yaml-tree.ts';

const KIND_WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

export function mismatch(shape: Shape, node: YamlNode): string {
  const shapes = alternatives(shape);
  const words = wordsOf(shape)?.map(String);
  const { content } = node;
  const isWord = content.kind === 'scalar' && content.value !== null;
  if (words !== undefined && isWord) {
    const word = String(content.value);
    const near = typeof content.value === 'string' ? didYouMean(word, words) : '';
    return `${quoted(word)} is not allowed: ${listed(words, ' or ')}${near}`;
  }
  const allowed = words ?? shapes.map((one) => (one.type === 'null' ? 'null' : KIND_WORDS[one.type!]!));
  return `must be ${listed(allowed, ' or ')}, not ${KIND_WORDS[kindOf(node)] ?? kindOf(node)}`;
}

export function unknownKey(shape: Shape, key: string, path: Path): string {
  const known = Object.keys(shape.properties ?? {});
  const near = didYouMean(key, known);
  const isNameable = shape.patternProperties !== undefined;
  if (isNameable) return `${quoted(key)} is not ${NAME_WORDS}${near}`;
  const what = path.at(-1) === 'columns' ? 'core column' : 'key';
  return `unknown ${what} ${quoted(key)}${near || `; allowed: ${listed(known)}`}`;
}

export function listed(names: readonly string[], last = ', '): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')}${last}${names.at(-1)}`;
}

export function nameOf(path: Path): string {
  return path.length === 0 ? 'the catalog' : quoted(String(path.at(-1)));
}
