import { AppError, type FieldError } from '../../lib/app-error.ts';
import { didYouMean } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';
import type { Definitions } from './fold-rule.ts';
import type { Members } from './members.ts';
import { readCondition } from './read-condition.ts';
import { referenceProblems } from './reference-problems.ts';
import { countValues, KINDS, LIMITS, referencesOf, type Kind, type Rule } from './rule.ts';

/** What a rule is checked against. `id`: of the segment that will have it; without, the rule is asked once and not saved. */
export type RuleScope = { readonly members: Members; readonly segments: Definitions; readonly id?: string | undefined };

const PROBLEMS_SHOWN = 20;
const NAMES = Object.keys(KINDS) as readonly Kind[];

/** The rule, once it is known to be one. Throws `segment.invalid` with every problem and its place. */
export function requireRule(rule: unknown, scope: RuleScope, pointer = '/rule'): Rule {
  const problems = ruleProblems(rule, scope, pointer);
  if (problems.length === 0) return rule as Rule;
  const [{ pointer: place, detail }] = problems as [FieldError];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new AppError('segment.invalid', `${place} ${detail}${more}.`, { errors: problems });
}

/**
 * What is wrong with a rule, at most twenty problems, each with a JSON pointer below `pointer`. Circles and limits that
 * reach beyond the rule itself are looked at when the rule as it stands is right.
 */
export function ruleProblems(rule: unknown, scope: RuleScope, pointer = '/rule'): readonly FieldError[] {
  const problems: FieldError[] = [];
  let [conditions, values] = [0, 0];
  const isLarge = () => conditions > LIMITS.conditions || values > LIMITS.allValues;

  function look(one: unknown, at: string, depth: number): void {
    if (problems.length >= PROBLEMS_SHOWN || isLarge()) return;
    if (depth > LIMITS.depth) return void problems.push({ pointer: at, detail: `is nested over ${LIMITS.depth} deep` });
    const shape = shapeOf(one, at);
    if ('problems' in shape) return void problems.push(...shape.problems);
    const { kind, node } = shape;
    if (kind === 'not') return look(node['not'], `${at}/not`, depth + 1);
    if (kind === 'all' || kind === 'any') {
      for (const [i, part] of (node[kind] as readonly unknown[]).entries()) look(part, `${at}/${kind}/${i}`, depth + 1);
      return;
    }
    conditions += 1;
    if (kind === 'segment') return;
    values += countValues(node);
    if (isLarge()) return;
    const read = readCondition(node, scope.members, at);
    if ('problems' in read) problems.push(...read.problems);
  }

  look(rule, pointer, 1);
  if (problems.length > 0) return problems.slice(0, PROBLEMS_SHOWN);
  if (isLarge())
    return [
      { pointer, detail: `has over ${LIMITS.conditions} conditions or ${LIMITS.allValues} values, which is the most` },
    ];
  const definition = { rule: rule as Rule, refersTo: referencesOf(rule as Rule) };
  return referenceProblems(definition, scope, pointer).slice(0, PROBLEMS_SHOWN);
}

type Node = Readonly<Record<string, unknown>>;
type Shape = { readonly kind: Kind; readonly node: Node } | { readonly problems: readonly FieldError[] };

/** Which kind of rule it is, when it is exactly one and has no other members. */
function shapeOf(one: unknown, pointer: string): Shape {
  const refused = (detail: string, below = ''): Shape => ({ problems: [{ pointer: `${pointer}${below}`, detail }] });
  const isObject = typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!isObject) return refused(`must be a rule: an object with one of ${NAMES.join(', ')}`);
  const node = one as Node;
  const keys = Object.keys(node);
  const kinds = NAMES.filter((kind) => keys.includes(kind));
  const [kind] = kinds;
  if (kinds.length > 1) return refused(`has ${kinds.join(' and ')}; a rule is one of ${NAMES.join(', ')}`);
  const known: readonly string[] = kind === undefined ? [...NAMES, ...KINDS.member] : KINDS[kind];
  const odd = keys.find((key) => !known.includes(key));
  if (odd !== undefined)
    return refused(`is not known${didYouMean(odd, known)}; known here: ${[...new Set(known)].join(', ')}`, step(odd));
  if (kind === undefined) return refused(`needs one of ${NAMES.join(', ')}`);
  const value = node[kind];
  if ((kind === 'all' || kind === 'any') && (!Array.isArray(value) || value.length === 0))
    return refused('must be a list of at least one rule', `/${kind}`);
  if (kind === 'segment' && typeof value !== 'string') return refused('must be the id of a segment', '/segment');
  return { kind, node };
}

function step(name: string): string {
  return `/${shorten(name, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
