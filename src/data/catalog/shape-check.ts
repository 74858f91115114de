import type { TSchema } from 'typebox';
import { didYouMean, nearName } from '../../lib/near-name.ts';
import { type Path, type Problems, quoted } from './problems.ts';
import { NAME_WORDS } from './file-schema.ts';
import type { YamlNode } from './yaml-tree.ts';

/** The keywords of JSON Schema that file-schema.ts uses. */
type Shape = {
  readonly type?: string;
  readonly title?: string;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
};
type Step = { readonly node: YamlNode; readonly path: Path; readonly problems: Problems };

/**
 * The plain value of a part of the file, as far as it has the shape: what has not is reported, marked, and left out.
 * Undefined when nothing of it can be used.
 */
export function checkShape(schema: TSchema, step: Step): unknown {
  return check(schema as Shape, step);
}

function check(shape: Shape, step: Step): unknown {
  const fitting = alternatives(shape).find((one) => isKindOf(one, step.node));
  if (fitting === undefined) return refuse(step, mismatch(shape, step.node));
  const { content } = step.node;
  if (content.kind === 'map') return checkMap(fitting, content.entries, step);
  if (content.kind === 'list') return checkList(fitting, content.items, step);
  if (typeof content.value === 'string') return checkText(fitting, content.value, step);
  return content.value;
}

function checkMap(shape: Shape, entries: ReadonlyMap<string, YamlNode>, step: Step): unknown {
  const values: [string, unknown][] = [];
  for (const [key, node] of entries) {
    const inner = { node, path: [...step.path, key], problems: step.problems };
    const known = shapeOf(shape, key);
    const value = known === undefined ? refuseKey(shape, key, entries, inner) : check(known, inner);
    if (value !== undefined) values.push([key, value]);
  }
  const missing = (shape.required ?? []).filter((key) => !entries.has(key));
  for (const key of missing) {
    step.problems.reportAbsence(step.path, 'key', `${nameOf(step.path)} needs ${quoted(key)}`, [...step.path, key]);
  }
  if (entries.size < (shape.minProperties ?? 0))
    return refuse(step, `must hold one of ${listed(Object.keys(shape.properties ?? {}))}`);
  const isWhole = (shape.required ?? []).every((key) => values.some(([name]) => name === key));
  if (isWhole || isFile(step)) return Object.fromEntries(values);
  step.problems.mark(step.path);
  return undefined;
}

function checkList(shape: Shape, items: readonly YamlNode[], step: Step): unknown {
  const { minItems = 0, maxItems = Infinity } = shape;
  if (items.length < minItems) return refuse(step, 'must not be empty');
  if (items.length > maxItems) return refuse(step, `has ${items.length} entries; at most ${maxItems} are allowed`);
  const values = items.map((node, i) => check(shape.items!, { ...step, node, path: [...step.path, i] }));
  return values.filter((value) => value !== undefined);
}

function checkText(shape: Shape, value: string, step: Step): unknown {
  const { minLength = 0, maxLength = Infinity, pattern } = shape;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return refuse(step, `must be ${shape.title}`);
  if (value.length < minLength) return refuse(step, 'must not be empty');
  if (value.length > maxLength) return refuse(step, `has ${value.length} characters; at most ${maxLength} are allowed`);
  return value;
}

function refuse(step: Step, problem: string, side: 'key' | 'value' = 'value'): undefined {
  step.problems.report(step.path, side, problem);
  step.problems.mark(step.path);
}

/** The key that was probably meant is marked too, unless it is there: it is not missing. */
function refuseKey(shape: Shape, key: string, entries: ReadonlyMap<string, YamlNode>, step: Step): undefined {
  const parent = step.path.slice(0, -1);
  const absent = Object.keys(shape.properties ?? {}).filter((known) => !entries.has(known));
  const meant = nearName(key, absent);
  refuse(step, unknownKey(shape, key, parent), 'key');
  if (meant !== undefined) step.problems.mark([...parent, meant]);
}

/** The file as a whole is used as far as it goes. */
function isFile(step: Step): boolean {
  return step.path.length === 0;
}

function alternatives(shape: Shape): readonly Shape[] {
  return shape.anyOf ?? [shape];
}

function shapeOf(shape: Shape, key: string): Shape | undefined {
  if (shape.properties !== undefined && Object.hasOwn(shape.properties, key)) return shape.properties[key];
  return Object.entries(shape.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

function kindOf({ content }: YamlNode): string {
  if (content.kind !== 'scalar') return content.kind === 'map' ? 'object' : 'array';
  return content.value === null ? 'null' : typeof content.value;
}

function isKindOf(shape: Shape, node: YamlNode): boolean {
  const words = wordsOf(shape);
  if (words === undefined) return shape.type === kindOf(node);
  return node.content.kind === 'scalar' && words.includes(node.content.value);
}

function wordsOf(shape: Shape): readonly unknown[] | undefined {
  return shape.enum ?? (shape.const === undefined ? undefined : [shape.const]);
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function mismatch(shape: Shape, node: YamlNode): string {
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

function unknownKey(shape: Shape, key: string, path: Path): string {
  const known = Object.keys(shape.properties ?? {});
  const near = didYouMean(key, known);
  const isNameable = shape.patternProperties !== undefined;
  if (isNameable) return `${quoted(key)} is not ${NAME_WORDS}${near}`;
  const what = path.at(-1) === 'columns' ? 'core column' : 'key';
  return `unknown ${what} ${quoted(key)}${near || `; allowed: ${listed(known)}`}`;
}

function listed(names: readonly string[], last = ', '): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')}${last}${names.at(-1)}`;
}

function nameOf(path: Path): string {
  return path.length === 0 ? 'the catalog' : quoted(String(path.at(-1)));
}
