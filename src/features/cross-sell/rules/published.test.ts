import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referenceData } from '../../../../test/reference-data.ts';
import { openWorld, type World } from '../../../../test/world.ts';
import { crossSellAnalyses } from '../routes.ts';

/*
 * Groceries (Hahsler, Hornik and Reutterer 2006), one customer a basket, each item a product; on 2024-01-01 they had it.
 */
const file = referenceData('groceries/groceries.csv');
const text = file === undefined ? '' : readFileSync(file, 'utf8').trim();
const items = `(select i, unnest(string_split(line, ',')) as item
  from (select unnest(lines) as line, generate_subscripts(lines, 1) as i
    from (select string_split($text$${text}$text$, chr(10)) as lines)))`;
const statements = [
  `insert into customers (customer_id) select distinct 'B' || i from ${items}`,
  `insert into products (product_id, product_name) select distinct item, upper(item) from ${items}`,
  `insert into customer_products (relationship_id, customer_id, product_id, start_date)
    select 'R' || row_number() over (), 'B' || i, item, date '2024-01-01' from ${items}`,
];
const rows = { customers: [], products: [], customer_products: [] };

let world: World;
beforeAll(async () => (world = await openWorld({ analyses: crossSellAnalyses, rows, statements })), 120_000);
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const ask = async (name: string, params: object) => {
  const asked = { asOf: '2024-01-01', maxLength: 10, limit: 10_000, ...params };
  const { status, json } = await world.post(`/v1/analyses/cross-sell.${name}`, asked);
  expect([status, json.meta['truncated']]).toEqual([200, false]);
  return json.data as readonly Readonly<Record<string, number | string>>[];
};
const lengths = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(rows, ({ length }) => String(length))).map(([length, some]) => [
      length,
      some!.length,
    ]),
  );

describe.skipIf(file === undefined)('Groceries, customers as baskets', () => {
  test('410 rules at support 0.001 and confidence 0.8, the best lift 11.23527 (tutorials of arules)', async () => {
    const found = await ask('rules', { minSupport: 0.001, minConfidence: 0.8, sort: 'lift' });
    expect([found.length, lengths(found)]).toEqual([410, { 3: 29, 4: 229, 5: 140, 6: 12 }]);
    expect(found[0]).toMatchObject({
      antecedent: ['liquor', 'red/blush wine'],
      antecedentNames: ['LIQUOR', 'RED/BLUSH WINE'],
      consequent: 'bottled beer',
      consequentName: 'BOTTLED BEER',
      count: 19,
      baskets: 9835,
      support: expect.closeTo(0.001931876, 9) as number,
      confidence: expect.closeTo(0.9047619, 7) as number,
      lift: expect.closeTo(11.23527, 5) as number,
    });
    expect(found.at(-1)!['lift']).toBeCloseTo(3.131, 3);
  });

  test('5,668 rules at confidence 0.5 (arulesViz, Hahsler and Chelluboina); 15 at support 0.01 (tutorials of arules)', async () => {
    expect(await ask('rules', { minSupport: 0.001, minConfidence: 0.5 })).toHaveLength(5668);
    expect(await ask('rules', { minSupport: 0.01, minConfidence: 0.5 })).toHaveLength(15);
  });

  test('463 rules at support 0.006 and confidence 0.25, the best lift 3.956477 (Lantz, Machine Learning with R)', async () => {
    const found = await ask('rules', { minSupport: 0.006, minConfidence: 0.25, sort: 'lift' });
    expect([found.length, lengths(found)]).toEqual([463, { 2: 150, 3: 297, 4: 16 }]);
    expect(found[0]).toMatchObject({ antecedent: ['herbs'], consequent: 'root vegetables', confidence: 0.43125 });
    expect(found[0]!['lift']).toBeCloseTo(3.956477, 6);
    expect(found[0]!['support']).toBeCloseTo(0.00701576, 9);
  });

  test('whole milk 2,513, other vegetables 1,903 (summary of arules); no more than limit, which is said', async () => {
    const params = { asOf: '2024-01-01', minSupport: 0.001, maxLength: 10, minLength: 1, limit: 2 };
    const { json } = await world.post('/v1/analyses/cross-sell.itemsets', params);
    expect(json.data).toMatchObject([
      { items: ['whole milk'], count: 2513 },
      { items: ['other vegetables'], count: 1903 },
    ]);
    expect(json.meta['truncated']).toBe(true);
    expect(json.meta.warnings).toEqual(['limit: the first 2 of 13492 rows']);
  });
});
