import type { TSchema } from 'typebox';
import { nearName } from '../../lib/near-name.ts';
import { type Path, type Problems, quoted } from './problems.ts';
import { alternatives, isKindOf, type Shape, shapeOf } from './shape.ts';
import { listed, mismatch, nameOf, unknownKey } from './shape-words.ts';
import type { YamlNode } from './yaml-tree.ts';

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
