import { afterEach, beforeEach, expect, test } from 'vitest';
import { testImports } from '../test-import.ts';

let world: Awaited<ReturnType<typeof testImports>>;
beforeEach(async () => {
  world = await testImports();
});
afterEach(() => world.close());

const CATALOG = `
    customers: { sql: select id as customer_id from people }
    products: { sql: select id as product_id from goods }
    customer_products:
      sql: select id as relationship_id, who as customer_id, what as product_id, day as start_date from sales
      on_reject: reject`;
const FILES = { 'people.csv': 'id\nC1\nC2\n', 'goods.csv': 'id\nP1\nP2\n' };

async function storedOrder(sales: readonly string[]) {
  const report = await world.importFiles(
    { ...FILES, 'sales.csv': `id,who,what,day\n${sales.map((line) => `${line}\n`).join('')}` },
    CATALOG,
  );
  expect(report).toMatchObject({ outcome: 'imported' });
  return world.warehouse.rows('select relationship_id from customer_products order by rowid');
}

test('relationships are stored by customer, product, start and id', async () => {
  const sales = [
    'R9,C2,P1,2024-01-01',
    'R8,C1,P2,2024-01-01',
    'R7,C1,P2,',
    'R2,C1,P1,2024-02-01',
    'R1,C1,P1,2024-02-01',
  ];
  expect(await storedOrder(sales)).toEqual([['R1'], ['R2'], ['R8'], ['R7'], ['R9']]);
});

test('rows without a start come after the others of their product', async () => {
  const sales = [
    'R1,C1,P1,2024-02-01',
    'R2,C1,P1,2024-02-01',
    'R4,C0,P9,',
    'R8,C1,P2,2024-01-01',
    'R7,C1,P2,',
    'R9,C2,P1,',
  ];
  expect(await storedOrder(sales)).toEqual([['R1'], ['R2'], ['R8'], ['R7'], ['R9']]);
});

test.each([
  ['in order', (i: number) => i],
  ['but for one at the end', (i: number) => (i === 299_999 ? 0 : i + 1)],
])('300,000 rows %s, one of which is rejected', async (_, place) => {
  const idOf = (i: number) => `R${String(place(i)).padStart(6, '0')}`;
  const sales = Array.from({ length: 300_000 }, (_, i) => `${idOf(i)},${i === 200_000 ? 'C0' : 'C1'},P1,2024-01-01`);
  await world.importFiles({ ...FILES, 'sales.csv': `id,who,what,day\n${sales.join('\n')}\n` }, CATALOG);
  const [counted] = await world.warehouse.rows(
    `select count(*), count(*) filter (where goes_back)
     from (select relationship_id < lag(relationship_id) over (order by rowid) as goes_back from customer_products)`,
  );
  expect(counted).toEqual([299_999, 0]);
});
