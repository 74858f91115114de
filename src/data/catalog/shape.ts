import type { YamlNode } from './yaml-tree.ts';

/** The keywords of JSON Schema that file-schema.ts uses. */
export type Shape = {
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

export function alternatives(shape: Shape): readonly Shape[] {
  return shape.anyOf ?? [shape];
}

export function shapeOf(shape: Shape, key: string): Shape | undefined {
  if (shape.properties !== undefined && Object.hasOwn(shape.properties, key)) return shape.properties[key];
  return Object.entries(shape.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

export function kindOf({ content }: YamlNode): string {
  if (content.kind !== 'scalar') return content.kind === 'map' ? 'object' : 'array';
  return content.value === null ? 'null' : typeof content.value;
}

export function isKindOf(shape: Shape, node: YamlNode): boolean {
  const words = wordsOf(shape);
  if (words === undefined) return shape.type === kindOf(node);
  return node.content.kind === 'scalar' && words.includes(node.content.value);
}

export function wordsOf(shape: Shape): readonly unknown[] | undefined {
  return shape.enum ?? (shape.const === undefined ? undefined : [shape.const]);
}
