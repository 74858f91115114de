import { expect, test } from 'vitest';
import { array, assert, integer, property } from '../../../test/fast-check.ts';
import { naiveItemsets, naiveRules } from '../../../test/oracle/naive-rules.ts';
import { basketsOf } from './baskets.ts';
import { frequentItemsets, itemsOf, type ItemsetsInput } from './frequent-itemsets.ts';
import { mine } from './mine.ts';
import { recoded } from './recode.ts';
import { allRules, sidesOf } from './rules.ts';
import { codesOf, type ItemsetTree } from './tree.ts';

const still = () => 0;
const rowsOf = (baskets: readonly (readonly number[])[]) => {
  const pairs = baskets.flatMap((basket, owner) => basket.map((item) => [owner, item] as const));
  const part = {
    owner: Int32Array.from(pairs, ([owner]) => owner),
    item: Int32Array.from(pairs, ([, item]) => item),
    day: undefined,
  };
  return { parts: [part], owners: baskets.length, rankOf: Uint32Array.from({ length: 10 }, (_, i) => i) };
};
const OPTIONS = { minCount: 1, maxLength: 10, maxItemsets: 10_000, maxSeconds: 1 };
const treeOf = (baskets: readonly (readonly number[])[], options = {}, now = still) => {
  const asked = { ...OPTIONS, ...options };
  const codes = recoded(basketsOf(rowsOf(baskets)), asked.minCount);
  return { tree: mine(codes, asked, now), itemOf: codes.itemOf };
};
const listed = ({ tree, itemOf }: { tree: ItemsetTree; itemOf: Uint32Array }) =>
  Array.from({ length: tree.size - 1 }, (_, i) => [
    JSON.stringify(itemsOf(codesOf(tree, i + 1), itemOf).map(String)),
    tree.count[i + 1]!,
  ]);
const texts = (baskets: readonly (readonly number[])[]) => baskets.map((basket) => basket.map(String));
const world = array(array(integer({ min: 0, max: 6 }), { maxLength: 7 }), { maxLength: 12 });
const sorted = <T>(list: Iterable<T>) => [...list].map((one) => JSON.stringify(one)).sort();

test('the itemsets are those that counting every subset of every basket finds', () => {
  assert(
    property(world, integer({ min: 1, max: 4 }), integer({ min: 1, max: 5 }), (baskets, minCount, maxLength) => {
      const found = listed(treeOf(baskets, { minCount, maxLength }));
      const naive = [...naiveItemsets(texts(baskets), maxLength)].filter(([, count]) => count >= minCount);
      expect(sorted(found)).toEqual(sorted(naive));
    }),
  );
});

test('rules, and which of them are redundant, are those of a naive enumeration', () => {
  assert(
    property(world, integer({ min: 1, max: 3 }), (baskets, minCount) => {
      const { tree, itemOf } = treeOf(baskets, { minCount, maxLength: 4 });
      const rules = allRules(tree);
      const found = Array.from({ length: rules.size }, (_, rule) => {
        const { antecedent, consequent } = sidesOf(tree, rules, rule);
        return {
          antecedent: itemsOf(antecedent, itemOf).map(String),
          consequent: String(itemOf[consequent]),
          count: tree.count[rules.node[rule]!],
          antecedentCount: tree.count[rules.antecedent[rule]!],
          consequentCount: tree.count[consequent],
          isRedundant: rules.isRedundant[rule] === 1,
        };
      });
      const naive = naiveRules(texts(baskets.filter(({ length }) => length > 0)), { minCount, maxLength: 4 });
      expect(sorted(found)).toEqual(sorted(naive));
    }),
  );
});

test('a search that ends early has found exact sets with all their subsets', () => {
  assert(
    property(world, integer({ min: 1, max: 30 }), (baskets, maxItemsets) => {
      const all = new Map(listed(treeOf(baskets)) as [string, number][]);
      const cut = treeOf(baskets, { maxItemsets });
      const found = new Map(listed(cut) as [string, number][]);
      expect([found.size, cut.tree.bound]).toEqual(
        all.size > maxItemsets ? [maxItemsets, 'maxItemsets'] : [all.size, undefined],
      );
      for (const [key, count] of found) {
        expect(count).toBe(all.get(key));
        for (const [subset] of naiveItemsets([JSON.parse(key) as string[]], 10)) expect(found.has(subset)).toBe(true);
      }
      expect(() => allRules(cut.tree)).not.toThrow();
    }),
  );
});

const dense = Array.from({ length: 30 }, () => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

test('the clock ends it', () => {
  let steps = 0;
  const { tree } = treeOf(dense, { maxSeconds: 1 }, () => 100 * steps++);
  expect([tree.bound, tree.size < 200]).toEqual(['maxSeconds', true]);
  expect(treeOf(dense, {}, still).tree.size).toBe(2 ** 10);
});

const INPUT = { ...OPTIONS, minSupport: 0.5, minLength: 1, sort: 'count', limit: 100 } as const;
const ask = (baskets: readonly (readonly number[])[], more: Partial<ItemsetsInput> = {}) =>
  frequentItemsets({ ...rowsOf(baskets), ...INPUT, ...more }, still);

test('rows come in the order that is asked for, the first of them', () => {
  const baskets = [[0, 1, 2], [0, 1], [0], [3, 2]];
  const found = ask(baskets);
  expect(found).toMatchObject({ baskets: 4, total: 4, bound: undefined });
  expect(found.rows).toEqual([
    { items: [0], count: 3, length: 1, lift: 1, allConfidence: 1 },
    { items: [1], count: 2, length: 1, lift: 1, allConfidence: 1 },
    { items: [2], count: 2, length: 1, lift: 1, allConfidence: 1 },
    { items: [0, 1], count: 2, length: 2, lift: 4 / 3, allConfidence: 2 / 3 },
  ]);
  const first = (more: Partial<ItemsetsInput>) => ask(baskets, { limit: 1, ...more }).rows[0]!.items;
  expect(first({ sort: 'lift' })).toEqual([0, 1]);
  expect(first({ sort: 'length' })).toEqual([0, 1]);
  expect(first({ sort: 'allConfidence' })).toEqual([0]);
  expect(ask(baskets, { minLength: 2 }).total).toBe(1);
});

test('support is a share of all baskets that hold anything, or a count: both hold', () => {
  const baskets = [[0, 1], [0, 1], [0], [2], []];
  const counts = (more: Partial<ItemsetsInput>) => ask(baskets, more).rows.map(({ count }) => count);
  expect(counts({ minSupport: 0.75 })).toEqual([3]);
  expect(counts({ minSupport: 0, minCount: 3 })).toEqual([3]);
  expect(counts({ minSupport: 0.25, minCount: 2 })).toEqual([3, 2, 2]);
  expect(counts({ minSupport: 1 })).toEqual([]);
  expect(ask([], { minSupport: 0.1 })).toEqual({ baskets: 0, total: 0, rows: [], bound: undefined });
});
