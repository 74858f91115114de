import { AppError } from '../../lib/app-error.ts';
import { didYouMean } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';
import type { Filter } from '../filter.ts';
import type { Members } from './members.ts';
import { readCondition } from './read-condition.ts';
import type { Condition, Rule } from './rule.ts';

/** A saved rule, and the ids of the segments that it names. */
export type Definition = { readonly rule: Rule; readonly refersTo: readonly string[] };
/** Saved rules by the ids of their segments. */
export type Definitions = ReadonlyMap<string, Definition>;

/** Where in a rule: a JSON pointer within the rule of `segment`, undefined for the rule itself. */
export type Place = { readonly pointer: string; readonly segment: string | undefined };

/** What becomes of each kind of rule, from the inside out. */
export type Fold<T> = {
  all(parts: readonly T[]): T;
  any(parts: readonly T[]): T;
  not(part: T): T;
  condition(filter: Filter, place: Place, condition: Condition): T;
};

/**
 * Goes through a rule with the segments that it refers to in their places. Throws `segment.invalid` where the rule does
 * not fit the members and segments as they are now, which may be others than when it was saved.
 */
export function foldRule<T>(rule: Rule, members: Members, segments: Definitions, fold: Fold<T>): T {
  const go = (one: Rule, place: Place, within: readonly string[]): T => {
    const part = (nested: Rule, step: string) => go(nested, { ...place, pointer: `${place.pointer}/${step}` }, within);
    if ('all' in one) return fold.all(one.all.map((nested, i) => part(nested, `all/${i}`)));
    if ('any' in one) return fold.any(one.any.map((nested, i) => part(nested, `any/${i}`)));
    if ('not' in one) return fold.not(part(one.not, 'not'));
    if ('segment' in one) {
      const target = referredTo(one.segment, segments, within);
      return go(target.rule, { pointer: '', segment: one.segment }, [...within, one.segment]);
    }
    return fold.condition(filterOf(one, members, place), place, one);
  };
  return go(rule, { pointer: '', segment: undefined }, []);
}

function referredTo(id: string, segments: Definitions, within: readonly string[]): Definition {
  if (within.includes(id))
    throw new AppError(
      'segment.invalid',
      `segments lead back to themselves: ${[...within.slice(within.indexOf(id)), id].join(' -> ')}`,
    );
  const target = segments.get(id);
  if (target === undefined) throw new AppError('segment.invalid', unknownSegment(id, segments));
  return target;
}

function filterOf(condition: Condition, members: Members, { pointer, segment }: Place): Filter {
  const read = readCondition(condition, members, `/rule${pointer}`);
  if ('filter' in read) return read.filter;
  const [first] = read.problems;
  const of = segment === undefined ? '' : ` of the segment ${segment}`;
  throw new AppError('segment.invalid', `${first!.pointer}${of} ${first!.detail}`, { errors: read.problems });
}

/** What to say of an id that no segment has, the near one first. */
export function unknownSegment(id: string, segments: Definitions): string {
  return `there is no segment ${JSON.stringify(shorten(id, 100))}${didYouMean(id, segments.keys())}`;
}
