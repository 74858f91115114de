import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import type { Found } from '../../../lib/itemsets/frequent-itemsets.ts';
import type { AskedBaskets } from './basket.ts';
import type { ItemsetsParams, RulesParams } from './model.ts';
import { namesOf } from './names.ts';
import { buffersOf, readBaskets } from './read-baskets.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];
type Asked = AskedBaskets & {
  readonly minSupport?: number;
  readonly minCount?: number;
  readonly maxItemsets: number;
  readonly maxSeconds: number;
  readonly limit: number;
};

/** The share that is asked for when neither a share nor a count is. */
const MIN_SUPPORT = 0.01;

/** The rows of cross-sell.itemsets. Throws request.invalid and limit.rows. */
export async function itemsetRows(params: Static<typeof ItemsetsParams>, context: RunContext): Promise<Rows> {
  const { input, itemIds } = await readBaskets(params, context);
  const { minLength, maxLength, sort } = params;
  const asked = { ...input, ...boundsOf(params), minLength, maxLength, sort };
  const found = await context.compute('itemsets', asked, buffersOf(input));
  sayCuts(found, params, context);
  const nameOf = await namesOf(
    params.grain,
    idsOf(
      found.rows.map(({ items }) => items),
      itemIds,
    ),
    context,
  );
  return found.rows.map(({ items, ...measures }) => ({
    ...namedItems(items, itemIds, nameOf),
    ...measures,
    baskets: found.baskets,
    support: measures.count / found.baskets,
  }));
}

/** The rows of cross-sell.rules. Throws request.invalid and limit.rows. */
export async function ruleRows(params: Static<typeof RulesParams>, context: RunContext): Promise<Rows> {
  const { input, itemIds } = await readBaskets(params, context);
  const { minLength, maxLength, sort, minConfidence, minLift, redundant } = params;
  const thresholds = { minLength, maxLength, sort, minConfidence, minLift, keepsRedundant: redundant };
  const found = await context.compute('rules', { ...input, ...boundsOf(params), ...thresholds }, buffersOf(input));
  sayCuts(found, params, context);
  const sides = found.rows.map(({ antecedent, consequent }) => [...antecedent, consequent]);
  const nameOf = await namesOf(params.grain, idsOf(sides, itemIds), context);
  return found.rows.map(({ antecedent, consequent, ...measures }) => {
    const { items, itemNames } = namedItems(antecedent, itemIds, nameOf);
    const right = itemIds[consequent]!;
    return {
      antecedent: items,
      antecedentNames: itemNames,
      consequent: right,
      consequentName: nameOf(right),
      ...measures,
      baskets: found.baskets,
    };
  });
}

function boundsOf({ minSupport, minCount, maxItemsets, maxSeconds, limit }: Asked) {
  const share = minSupport ?? (minCount === undefined ? MIN_SUPPORT : 0);
  return { minSupport: share, minCount: minCount ?? 1, maxItemsets, maxSeconds, limit };
}

function idsOf(sets: readonly (readonly number[])[], itemIds: readonly string[]): string[] {
  return sets.flat().map((item) => itemIds[item]!);
}

function namedItems(items: readonly number[], itemIds: readonly string[], nameOf: (id: string) => string | null) {
  const ids = items.map((item) => itemIds[item]!);
  return { items: ids, itemNames: ids.map(nameOf) };
}

function sayCuts(
  { bound, total, rows }: Found<unknown>,
  { maxItemsets, maxSeconds, limit }: Asked,
  { cut }: RunContext,
): void {
  const advice = 'what was found is exact; ask for more support or a smaller maxLength to find all';
  if (bound === 'maxItemsets') cut(`maxItemsets: the search ended at ${maxItemsets} itemsets; ${advice}`);
  if (bound === 'maxSeconds') cut(`maxSeconds: the search ended after ${maxSeconds} seconds; ${advice}`);
  if (total > rows.length) cut(`limit: the first ${limit} of ${total} rows`);
}
