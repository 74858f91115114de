import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test.skipIf(file === undefined)('itemsets', async () => {
  const { status, json } = await world.post('/v1/analyses/cross-sell.itemsets', {
    asOf: '2024-01-01',
    minSupport: 0.001,
    maxLength: 10,
    minLength: 1,
    limit: 10000,
  });
  console.log(status, json.meta, json.data.slice(0, 3), JSON.stringify(json).slice(0, 500));
});
