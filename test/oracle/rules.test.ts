import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from '../fast-check.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crossSellAnalyses } from '../../src/features/cross-sell/routes.ts';
import { compareText } from '../../src/lib/compare-text.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { naiveItemsets, naiveRules } from './naive-rules.ts';

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: crossSellAnalyses })));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const CUSTOMERS = ['C0', 'C1', 'C2', 'é', '😀'];
const CATEGORIES: Readonly<Record<string, string | null>> = {
  P0: 'tools',
  P1: 'tools',
  P2: 'toys',
  P3: '\uffff',
  '😀P': '😀',
  '\uffffP': null,
};
const relationships = array(
  record({
    customer_id: constantFrom(...CUSTOMERS),
    product_id: constantFrom(...Object.keys(CATEGORIES), 'PX'),
    start_date: constantFrom(null, '2024-01-01', '2024-01-02', '2024-03-01', '2024-06-16'),
    end_date: constantFrom(null, null, '2024-01-15', '2024-06-15'),
    attribute_channel: constantFrom(null, 'web', 'shop', ''),
  }),
  { maxLength: 40, size: 'max' },
);
const question = record({
  basket: constantFrom('customer', 'customer-day', 'attributes.channel'),
  grain: constantFrom('product', 'category'),
  ownership: constantFrom('active', 'ever'),
  asOf: constantFrom('2024-01-31', '2024-06-15'),
  minCount: integer({ min: 1, max: 3 }),
  maxLength: integer({ min: 2, max: 4 }),
});
type Question = {
  readonly basket: string;
  readonly grain: string;
  readonly ownership: string;
  readonly asOf: string;
};

const worldOf = (rows: readonly Stored[]): WorldRows => ({
  customers: CUSTOMERS.slice(1).map((customer_id, i) => ({ customer_id, region: i % 2 === 0 ? 'north' : 'south' })),
  products: Object.entries(CATEGORIES).map(([product_id, product_category]) => ({
    product_id,
    product_name: `Name of ${product_id}`,
    product_category,
  })),
  customer_products: rows.map((row, i) => ({ relationship_id: `R${i}`, ...row })),
});

function naiveBaskets(rows: readonly Stored[], { basket, grain, ownership, asOf }: Question): string[][] {
  const baskets = new Map<string, Set<string>>();
  for (const row of rows) {
    const [start, end] = [row['start_date'], row['end_date']] as (string | null)[];
    if (start === null || start! > asOf || (end !== null && end! < start!)) continue;
    // The period of the others is the year up to asOf, which is all there is.
    if (basket === 'customer' && ownership === 'active' && end !== null && end! <= asOf) continue;
    const product = String(row['product_id']);
    const item = grain === 'product' ? product : (CATEGORIES[product] ?? null);
    const keys = { customer: row['customer_id'], 'customer-day': `${row['customer_id']} ${start}` };
    const key = basket in keys ? keys[basket as keyof typeof keys] : row['attribute_channel'];
    if (item === null || key === null) continue;
    baskets.set(String(key), (baskets.get(String(key)) ?? new Set()).add(item));
  }
  return [...baskets.values()].map((items) => [...items]);
}

type Row = Readonly<Record<string, unknown>>;
async function ask(name: string, params: object): Promise<readonly Row[]> {
  const { status, json } = await world.post(`/v1/analyses/cross-sell.${name}`, { limit: 10_000, ...params });
  expect([status, json.meta['truncated']]).toEqual([200, false]);
  return json.data;
}
const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
const asSet = (items: unknown) => (items as string[]).toSorted();

test('itemsets and rules are those of a naive enumeration, for every kind of basket', async () => {
  await assert(
    asyncProperty(relationships, question, boolean(), async (rows, asked, redundant) => {
      await world.refill(worldOf(rows));
      const baskets = naiveBaskets(rows, asked);
      const { minCount, maxLength } = asked;
      const frequent = [...naiveItemsets(baskets, maxLength)].filter(([, count]) => count >= minCount);
      const itemsets = await ask('itemsets', { ...asked, minLength: 1 });
      expect(sorted(itemsets.map(({ items, count }) => [JSON.stringify(asSet(items)), count]))).toEqual(
        sorted(frequent),
      );
      for (const { items, baskets: all } of itemsets) {
        expect([items, all]).toEqual([(items as string[]).toSorted(compareText), baskets.length]);
      }
      const naive = naiveRules(baskets, asked)
        .filter(
          ({ count, antecedentCount, isRedundant }) => count / antecedentCount >= 0.5 && (redundant || !isRedundant),
        )
        .map((rule) => [
          rule.antecedent,
          rule.consequent,
          rule.count,
          rule.antecedentCount,
          rule.consequentCount,
          rule.isRedundant,
        ]);
      const found = await ask('rules', { ...asked, minConfidence: 0.5, redundant });
      expect(
        sorted(
          found.map((rule) => [
            asSet(rule['antecedent']),
            ...['consequent', 'count', 'antecedentCount', 'consequentCount', 'isRedundant'].map((name) => rule[name]),
          ]),
        ),
      ).toEqual(sorted(naive));
    }),
    RUNS,
  );
});

test('the order of rows does not matter, filters only shrink, thresholds only take away', async () => {
  await assert(
    asyncProperty(relationships, question, async (rows, asked) => {
      await world.refill(worldOf(rows));
      const before = await ask('rules', { ...asked, minConfidence: 0 });
      const some = await ask('itemsets', { ...asked, customer: { region: 'north' } });
      const strict = await ask('rules', { ...asked, minConfidence: 0.6, minLift: 1 });
      const all = new Map((await ask('itemsets', asked)).map(({ items, count }) => [String(items), Number(count)]));
      for (const { items, count } of some) expect(Number(count)).toBeLessThanOrEqual(all.get(String(items)) ?? 0);
      const names = ['antecedent', 'consequent', 'count', 'confidence', 'leverage', 'isRedundant'];
      const told = (list: readonly Row[]) => list.map((row) => names.map((name) => row[name]));
      expect(told(strict)).toEqual(
        told(before.filter(({ confidence, lift }) => Number(confidence) >= 0.6 && Number(lift) >= 1)),
      );
      await world.refill(worldOf(rows.toReversed()));
      expect(await ask('rules', { ...asked, minConfidence: 0 })).toEqual(before);
    }),
    RUNS,
  );
});
