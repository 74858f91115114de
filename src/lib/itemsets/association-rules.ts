import { firstOf } from '../first-of.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import {
  PAIR_MEASURES,
  pairMeasures,
  pairProbability,
  type PairMeasure,
  type TwoByTwo,
} from '../stats/pair-measures.ts';
import type { BasketInput } from './baskets.ts';
import { compareItemsets, itemsOf, search, type Found, type Search } from './frequent-itemsets.ts';
import { allRules, consequentOf, sidesOf, type Rules } from './rules.ts';
import type { ItemsetTree } from './tree.ts';

const MEASURES = Object.keys(PAIR_MEASURES) as readonly PairMeasure[];
export const RULE_SORTS = ['count', 'length', 'probability', ...MEASURES] as const;
export type RuleSort = (typeof RULE_SORTS)[number];

export type RulesInput = BasketInput &
  Search & {
    readonly minConfidence: number;
    readonly minLift: number;
    /** Fewest items of both sides together. */
    readonly minLength: number;
    /** Whether rules stay to which a more general one is as good. */
    readonly keepsRedundant: boolean;
    /** Highest first, of `probability` the lowest; then the more frequent, the shorter, by items. */
    readonly sort: RuleSort;
    readonly limit: number;
  };

/** Items are ranks, those of the antecedent ascending. It is A of the measures, the consequent B. */
export type AssociationRule = Readonly<Record<PairMeasure, number | null>> & {
  readonly antecedent: readonly number[];
  readonly consequent: number;
  readonly length: number;
  readonly count: number;
  readonly antecedentCount: number;
  readonly consequentCount: number;
  readonly isRedundant: boolean;
  /** How probable such a rule would be if its sides had nothing to do with each other. */
  readonly probability: number;
  /** The same among all rules of the frequent itemsets, at most; null when there was no time for it. */
  readonly adjustedProbability: number | null;
};

/** What is known of the rules that were found. */
type Mined = { readonly tree: ItemsetTree; readonly itemOf: Uint32Array; readonly rules: Rules };

/**
 * Rules with one item on the right, of baskets. `now`: milliseconds of a clock that only goes forward; the search may take
 * `maxSeconds`, and testing rules as long again.
 */
export function associationRules(input: RulesInput, now: () => number): Found<AssociationRule> {
  const { tree, itemOf } = search(input, now);
  const mined = { tree, itemOf, rules: allRules(tree) };
  const asked: number[] = [];
  for (let rule = 0; rule < mined.rules.size; rule++) if (isAsked(mined, rule, input)) asked.push(rule);
  const first = firstOf<readonly [rule: number, value: number]>(
    input.limit,
    ([a, x], [b, y]) => y - x || compareRules(mined, a, b),
  );
  for (const rule of asked) first.add([rule, sortValue(mined, rule, input.sort)]);
  const kept = first.all().map(([rule]) => rowOf(mined, rule));
  const rows = withAdjusted(kept, tested(mined, asked, now, now() + input.maxSeconds * 1000));
  return { baskets: tree.count[0]!, total: asked.length, rows, bound: tree.bound };
}

function countsOf({ tree, rules }: Mined, rule: number): TwoByTwo {
  return {
    both: tree.count[rules.node[rule]!]!,
    a: tree.count[rules.antecedent[rule]!]!,
    b: tree.count[consequentOf(tree, rules, rule)]!,
    all: tree.count[0]!,
  };
}

function isAsked(mined: Mined, rule: number, asked: RulesInput): boolean {
  const { tree, rules } = mined;
  if (rules.isRedundant[rule] === 1 && !asked.keepsRedundant) return false;
  if (tree.length[rules.node[rule]!]! < asked.minLength) return false;
  const counts = countsOf(mined, rule);
  return PAIR_MEASURES.confidence(counts) >= asked.minConfidence && PAIR_MEASURES.lift(counts) >= asked.minLift;
}

/** The higher the earlier; what is not defined comes last. */
function sortValue(mined: Mined, rule: number, sort: RuleSort): number {
  const counts = countsOf(mined, rule);
  if (sort === 'count') return counts.both;
  if (sort === 'length') return mined.tree.length[mined.rules.node[rule]!]!;
  if (sort === 'probability') return -pairProbability(counts);
  const value = PAIR_MEASURES[sort](counts);
  return Number.isNaN(value) ? -Number.MAX_VALUE : value;
}

function compareRules({ tree, itemOf, rules }: Mined, one: number, other: number): number {
  const [a, b] = [rules.node[one]!, rules.node[other]!];
  if (a !== b) return compareItemsets(tree, itemOf, a, b);
  // Of one set: where the last item is on the right, the left side is the first of them by its items.
  const right = (rule: number) => itemOf[consequentOf(tree, rules, rule)]!;
  return right(other) - right(one);
}

type Row = Omit<AssociationRule, 'adjustedProbability'>;

function rowOf(mined: Mined, rule: number): Row {
  const { antecedent, consequent } = sidesOf(mined.tree, mined.rules, rule);
  const counts = countsOf(mined, rule);
  return {
    antecedent: itemsOf(antecedent, mined.itemOf),
    consequent: mined.itemOf[consequent]!,
    length: antecedent.length + 1,
    count: counts.both,
    antecedentCount: counts.a,
    consequentCount: counts.b,
    ...pairMeasures(counts),
    isRedundant: mined.rules.isRedundant[rule] === 1,
    probability: pairProbability(counts),
  };
}

/** Rules between two looks at the clock. */
const STEP = 4096;

/**
 * The probabilities of all rules, in two ascending lists: of those that are asked for, and 1 for each other, which cannot
 * be more. So all count as tests, and no threshold makes a rule look better; undefined when there is no time for it.
 */
function tested(
  mined: Mined,
  asked: readonly number[],
  now: () => number,
  deadline: number,
): Float64Array[] | undefined {
  const probabilities = new Float64Array(asked.length);
  for (let i = 0; i < asked.length; i++) {
    probabilities[i] = pairProbability(countsOf(mined, asked[i]!));
    if (i % STEP === 0 && now() > deadline) return undefined;
  }
  return [probabilities.sort(), new Float64Array(mined.rules.size - asked.length).fill(1)];
}

function withAdjusted(rows: readonly Row[], tests: Float64Array[] | undefined): AssociationRule[] {
  const asked = Float64Array.from(rows, ({ probability }) => probability);
  const adjusted = tests && benjaminiHochberg(tests, asked);
  return rows.map((row, i) => ({ ...row, adjustedProbability: adjusted?.[i] ?? null }));
}
