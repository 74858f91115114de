import { AppError, type FieldError } from '../../lib/app-error.ts';
import { unknownSegment, type Definition, type Definitions } from './fold-rule.ts';
import { countValues, LIMITS, partsOf, type Rule } from './rule.ts';

type Saved = { readonly segments: Definitions; readonly id?: string | undefined };
/** What a rule comes to with the segments that it refers to: conditions, their values, and how many segments lead from one to the next. */
type Size = { readonly conditions: number; readonly allValues: number; readonly references: number };

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
  const size = sizeOf(definition.rule, after, sizes);
  // A rule that is asked once may name any segment that could be saved.
  const own = tooLarge(id === undefined ? { ...size, references: 0 } : size);
  if (own !== undefined) return [{ pointer, detail: `comes to ${own}, the segments that it refers to included` }];
  if (id === undefined || !segments.has(id)) return [];
  return dependents(id, segments).flatMap((other) => {
    const large = tooLarge(sizeOf(after.get(other)!.rule, after, sizes));
    return large === undefined ? [] : [{ pointer, detail: `would bring the segment ${other} to ${large}` }];
  });
}

function tooLarge(size: Size): string | undefined {
  const over = SIZES.find(({ name }) => size[name] > LIMITS[name]);
  return over && `${size[over.name]} ${over.words} where at most ${LIMITS[over.name]} are allowed`;
}

const SIZES = [
  { name: 'conditions', words: 'conditions' },
  { name: 'allValues', words: 'values' },
  { name: 'references', words: 'segments that refer one to the next' },
] as const;

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

/** Of a segment whose size is being taken. */
const OPEN: Size = Object.freeze({ conditions: 0, allValues: 0, references: 0 });

/**
 * Each segment is counted once, and every time that it is named. Circles through the rule's own segment are looked for
 * before; one among others is in no store that we wrote. Throws segment.invalid for it.
 */
function sizeOf(rule: Rule, segments: Definitions, sizes: Map<string, Size>): Size {
  if ('segment' in rule) {
    const { segment } = rule;
    const target = segments.get(segment)!;
    const known = sizes.get(segment);
    if (known === OPEN) throw new AppError('segment.invalid', `segments lead back to themselves: ${segment}`);
    if (known === undefined) sizes.set(segment, OPEN);
    const size = known ?? sizeOf(target.rule, segments, sizes);
    sizes.set(segment, size);
    return { ...size, references: size.references + 1 };
  }
  if ('member' in rule) return { conditions: 1, allValues: countValues(rule), references: 0 };
  const parts = partsOf(rule).map((part) => sizeOf(part, segments, sizes));
  return {
    conditions: parts.reduce((sum, { conditions }) => sum + conditions, 0),
    allValues: parts.reduce((sum, { allValues }) => sum + allValues, 0),
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
