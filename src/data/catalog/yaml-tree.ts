import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Path, Side } from './problems.ts';

/** A YAML document as data that remembers where in the text each part was written (offsets). */
export type YamlNode = {
  readonly start: number;
  readonly end: number;
  /** Where the key starts that this is the value of. */
  readonly keyStart: number | undefined;
  readonly content:
    | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlNode> }
    | { readonly kind: 'list'; readonly items: readonly YamlNode[] };
};
export type TreeFault = { readonly path: Path; readonly offset: number } & (
  | { readonly kind: 'duplicate'; readonly key: string; readonly first: number }
  | { readonly kind: 'alias' | 'key' }
);

/**
 * The tree of a document. Of a key that is written twice the first one counts. Keys are compared here, because
 * `uniqueKeys` of yaml 2.9.1 takes time with the square of their number (31 s for 40,000).
 */
export function yamlTree(document: Document.Parsed): { root: YamlNode; faults: readonly TreeFault[] } {
  const faults: TreeFault[] = [];
  const empty: YamlNode = { start: 0, end: 0, keyStart: undefined, content: { kind: 'scalar', value: null } };
  const root = document.contents === null ? empty : toNode(document.contents, [], undefined, faults);
  return { root, faults };
}

function toNode(node: ParsedNode, path: Path, keyStart: number | undefined, faults: TreeFault[]): YamlNode {
  const [start, end] = node.range;
  const at = (content: YamlNode['content']): YamlNode => ({ start, end, keyStart, content });
  if (isMap(node)) return at({ kind: 'map', entries: mapEntries(node.items, path, faults) });
  if (isSeq(node)) {
    const items = node.items.map((item, i) => toNode(item, [...path, i], undefined, faults));
    return at({ kind: 'list', items });
  }
  if (isAlias(node)) faults.push({ kind: 'alias', path, offset: start });
  return at({ kind: 'scalar', value: isScalar(node) ? scalarValue(node.value) : null });
}

function scalarValue(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

type Pairs = readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[];

function mapEntries(pairs: Pairs, path: Path, faults: TreeFault[]): ReadonlyMap<string, YamlNode> {
  const entries = new Map<string, YamlNode>();
  for (const { key, value } of pairs) {
    const offset = key.range[0];
    if (!isScalar(key)) {
      faults.push({ kind: isAlias(key) ? 'alias' : 'key', path, offset });
      continue;
    }
    const text = String(key.source ?? key.value);
    const first = entries.get(text)?.keyStart;
    if (first !== undefined) {
      faults.push({ kind: 'duplicate', path: [...path, text], offset, key: text, first });
      continue;
    }
    const absent: YamlNode = {
      start: offset,
      end: key.range[1],
      keyStart: offset,
      content: { kind: 'scalar', value: null },
    };
    entries.set(text, value === null ? absent : toNode(value, [...path, text], offset, faults));
  }
  return entries;
}

function childOf(node: YamlNode, step: string | number): YamlNode | undefined {
  if (node.content.kind === 'map') return node.content.entries.get(String(step));
  if (node.content.kind === 'list') return node.content.items[Number(step)];
  return undefined;
}

/** Offset of the deepest part of `path` that is written. */
export function offsetOf(root: YamlNode, path: Path, side: Side): number {
  let node = root;
  for (const [i, step] of path.entries()) {
    const child = childOf(node, step);
    if (child === undefined) return i === 0 ? 0 : (node.keyStart ?? node.start);
    node = child;
  }
  return side === 'key' ? (node.keyStart ?? node.start) : node.start;
}

/** The path and node of the smallest part that holds the character at `offset`, keys included. */
export function partAt(root: YamlNode, offset: number): { path: Path; node: YamlNode } {
  let part: { path: Path; node: YamlNode } = { path: [], node: root };
  for (;;) {
    const { content } = part.node;
    if (content.kind === 'scalar') return part;
    const children: Iterable<[string | number, YamlNode]> =
      content.kind === 'map' ? content.entries : content.items.entries();
    let inner: typeof part | undefined;
    for (const [step, node] of children) {
      if ((node.keyStart ?? node.start) <= offset && offset < node.end) inner = { path: [...part.path, step], node };
    }
    if (inner === undefined) return part;
    part = inner;
  }
}
