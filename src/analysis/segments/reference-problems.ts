import type { FieldError } from '../../lib/app-error.ts';
import { unknownSegment, type Definition, type Definitions } from './fold-rule.ts';
import { LIMITS, partsOf, type Rule } from './rule.ts';

type Saved = { readonly segments: Definitions; readonly id?: string | undefined };
/** What a rule comes to with the segments that it refers to: conditions, and how many segments lead from one to the next. */
type Size = { readonly conditions: number; readonly references: number };

/**
 * What is wrong with the segments that a rule names: one that is not there, one that leads back to the rule's own, and
 * limits that the rule, or a segment that refers to its own, would pass with them.
 */
export function referenceProblems(definition: Definition, { segments, id }: Saved, pointer: string): FieldError[] {
  const after: Definitions = id === undefined ? segments : new Map(segments).set(id, definition);
  const problems: FieldError[] = [];
  for (const { target, place } of namedIn(definition.rule, pointer)) {
    const circle = id === undefined ? undefined : circleThrough(id, target, after);
    if (!after.has(target)) problems.push({ pointer: place, detail: unknownSegment(target, segments) });
    else if (circle !== undefined)
      problems.push({ pointer: place, detail: `leads back to the segment itself: ${circle.join(' -> ')}` });
  }
  if (problems.length > 0) return problems;
  const sizes = new Map<string, Size>();
  const own = tooLarge(sizeOf(definition.rule, after, sizes));
  if (own !== undefined) return [{ pointer, detail: `comes to ${own} with the segments that it refers to` }];
  if (id === undefined || !segments.has(id)) return [];
  return dependents(id, segments).flatMap((other) => {
    const large = tooLarge(sizeOf({ segment: other }, after, sizes));
    return large === undefined ? [] : [{ pointer, detail: `would bring the segment ${other} to ${large}` }];
  });
}

function tooLarge({ conditions, references }: Size): string | undefined {
  if (conditions > LIMITS.conditions) return `${conditions} conditions, over the most of ${LIMITS.conditions},`;
  if (references <= LIMITS.references) return undefined;
  return `${references} segments that refer one to the next, over the most of ${LIMITS.references},`;
}

/** Places that name a segment. */
function namedIn(rule: Rule, pointer: string): readonly { readonly target: string; readonly place: string }[] {
  if ('segment' in rule) return [{ target: rule.segment, place: `${pointer}/segment` }];
  const kind = 'all' in rule ? '/all' : 'any' in rule ? '/any' : '/not';
  return partsOf(rule).flatMap((part, i) => namedIn(part, `${pointer}${kind}${kind === '/not' ? '' : `/${i}`}`));
}

/** The way from `id` over `target` back to `id`; undefined when there is none. Each segment is looked at once. */
function circleThrough(id: string, target: string, segments: Definitions): readonly string[] | undefined {
  const seen = new Set<string>();
  const way = (at: string): readonly string[] | undefined => {
    if (at === id) return [id];
    if (seen.has(at)) return undefined;
    seen.add(at);
    for (const next of segments.get(at)?.refersTo ?? []) {
      const rest = way(next);
      if (rest !== undefined) return [at, ...rest];
    }
    return undefined;
  };
  const back = way(target);
  return back && [id, ...back];
}

/** Each segment is counted once, and every time that it is named; without circles, which are looked for before. */
function sizeOf(rule: Rule, segments: Definitions, sizes: Map<string, Size>): Size {
  if ('segment' in rule) {
    const { segment } = rule;
    const target = segments.get(segment)!;
    const size = sizes.get(segment) ?? sizeOf(target.rule, segments, sizes);
    sizes.set(segment, size);
    return { conditions: size.conditions, references: size.references + 1 };
  }
  const parts = partsOf(rule).map((part) => sizeOf(part, segments, sizes));
  if (parts.length === 0) return { conditions: 1, references: 0 };
  return {
    conditions: parts.reduce((sum, { conditions }) => sum + conditions, 0),
    references: parts.reduce((most, { references }) => Math.max(most, references), 0),
  };
}

/** All segments that refer to `id`, themselves or over others. */
function dependents(id: string, segments: Definitions): readonly string[] {
  const referrers = new Map<string, string[]>();
  for (const [from, { refersTo }] of segments)
    for (const to of refersTo) {
      const known = referrers.get(to);
      if (known === undefined) referrers.set(to, [from]);
      else known.push(from);
    }
  const found = new Set<string>();
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const other of referrers.get(at) ?? [])
      if (!found.has(other)) {
        found.add(other);
        open.push(other);
      }
  return [...found];
}
