import type { YAMLError } from 'yaml';
import { collectProblems, type Path, type Problems, quoted } from './problems.ts';
import { parseYamlText } from './yaml-text.ts';
import { offsetOf, partAt, type YamlNode, yamlTree } from './yaml-tree.ts';

/**
 * Reads YAML whatever it looks like: the tree of what could be read, and the faults as problems with their places.
 * Parts that a fault makes doubtful are marked, so that one mistake gives one line. Throws `catalog.invalid` at once
 * for aliases only: a few lines of them can stand for gigabytes.
 */
export function readYaml(text: string, file: string): { root: YamlNode; problems: Problems } {
  const yaml = parseYamlText(text);
  const { root, faults } = yamlTree(yaml.document);
  const problems = collectProblems(file, (path, side) => yaml.position(offsetOf(root, path, side)));
  const alias = faults.find(({ kind }) => kind === 'alias');
  if (alias !== undefined) {
    problems.reportAt(yaml.position(alias.offset), 'an alias (*name); a catalog has none: write the value out');
    problems.throwIfAny();
  }
  for (const tab of yaml.tabs) problems.reportAt(tab, 'a tab in the indentation; use spaces');
  reportYamlErrors([...yaml.document.errors, ...yaml.document.warnings], yaml, root, problems);
  for (const fault of faults) {
    const first = fault.kind === 'duplicate' ? yaml.position(fault.first).line : 0;
    const words =
      fault.kind === 'duplicate'
        ? `duplicate key ${quoted(fault.key)}, first on line ${first}`
        : 'a key must be a word';
    problems.reportAt(yaml.position(fault.offset), words);
  }
  return { root, problems };
}

type Yaml = ReturnType<typeof parseYamlText>;

/** Of the faults on one line, and of those after the place where the parser gave up, only the first says something. */
function reportYamlErrors(errors: readonly YAMLError[], yaml: Yaml, root: YamlNode, problems: Problems): void {
  const lines = new Set<number>();
  let gaveUp = false;
  for (const error of errors) {
    const { offset, words, doubtful, isLocal } = explain(error, yaml.text, root);
    for (const path of doubtful) problems.mark(path);
    if (!isLocal) problems.tear();
    const position = yaml.position(offset);
    if (!gaveUp && !lines.has(position.line)) problems.reportAt(position, words);
    lines.add(position.line);
    gaveUp ||= error.message.includes('in YAML stream');
  }
}

type Explained = {
  readonly offset: number;
  readonly words: string;
  readonly doubtful: readonly Path[];
  readonly isLocal: boolean;
};

function explain(error: YAMLError, text: string, root: YamlNode): Explained {
  const words = wordsFor(error);
  const here = error.pos[0] + /^\s*/.exec(text.slice(error.pos[0], error.pos[0] + 1000))![0].length;
  if (LOCAL.has(error.code)) return { offset: here, words, doubtful: [partAt(root, here).path], isLocal: true };
  const before = partAt(root, lastCharacterBefore(error.pos[0], text));
  const doubtful = [before.path, partAt(root, here).path].map((path) => path.slice(0, path[0] === 'imports' ? 3 : 2));
  const at = { words, doubtful, isLocal: false };
  if (error.message.startsWith('Missing closing')) return { ...at, offset: before.node.start };
  if (!error.message.startsWith('Flow')) return { ...at, offset: here };
  const isInside = before.node.content.kind === 'scalar';
  return { ...at, offset: offsetOf(root, isInside ? before.path.slice(0, -1) : before.path, 'value') };
}

function lastCharacterBefore(offset: number, text: string): number {
  let at = offset - 1;
  while (at > 0 && /\s/.test(text[at]!)) at--;
  return at;
}

/** Faults that leave the lines around them as they are. */
const LOCAL: ReadonlySet<string> = new Set(['BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'TAG_RESOLVE_FAILED']);

/** The parser's message, and what people usually did. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Flow map/, 'this { is not closed'],
  [/^Flow seq/, 'this [ is not closed'],
  [/^Missing closing/, 'this quote is not closed'],
  [/^Nested mappings/, 'wrong indentation, or a text with ": " in it that needs quotes'],
  [/^Implicit (map )?keys/, 'a key needs ": " after it'],
  [/^All mapping items/, 'wrong indentation: the keys of a mapping start in the same column'],
  [/^Tabs/, 'a tab; use spaces'],
  [/multiple documents/, 'a second document; a catalog is one'],
  [/^Maximum call stack/, 'nested too deeply'],
  [/^Unresolved tag/, 'a tag (!name); a catalog has none'],
];

function wordsFor(error: YAMLError): string {
  const known = WORDS.find(([pattern]) => pattern.test(error.message));
  return known?.[1] ?? `not YAML: ${error.message.split('\n')[0]}`;
}
