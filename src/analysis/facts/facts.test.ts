import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsRows } from '../../../test/facts-rows.ts';
import { referenceData } from '../../../test/reference-data.ts';
import { checkStrictly } from '../../../test/snowflake/strict.ts';
import { objection } from '../../../test/sql-rules.ts';
import { openWorld, type World } from '../../../test/world.ts';
import { WORLD_DAY, type Stored, type WorldRows } from '../../../test/world-rows.ts';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import { compile } from '../../data/sql/compile.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../../data/sql/snowflake-dialect.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { snakeCase } from '../../lib/names.ts';
import { tablesOf } from '../engine.ts';
import { NOTHING_SAVED } from '../saved.ts';
import { customerFacts } from './facts-sql.ts';
import { DEFAULT_FACTS_OPTIONS, FactsRow, requireFactsOptions } from './model.ts';

// The rows, and what holds on the day, are in test/world-rows.ts.
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const columnsOf = (rows: readonly Record<string, unknown>[], ...names: readonly string[]) =>
  rows.map((row) => names.map((name) => row[name]));

describe('the world that fits into a head', () => {
  test('a customer with purchases and subscriptions', async () => {
    const [first, ...others] = await factsRows(world, WORLD_DAY);
    // 10 and 7.25 once; 12 months of 100; 5 whole months and 15 of the 30 days of June of 5.
    expect(first).toEqual({
      customerId: 'C1',
      firstStart: '2022-01-01',
      lastStart: '2024-06-01',
      relationships: 4,
      activeRelationships: 3,
      products: 3,
      activeProducts: 2,
      categories: 2,
      activeCategories: 1,
      value: 1244.75,
      value12Months: 34.75,
      valueMonthly: 5,
      valueRank: 1,
      valueRankInType: 1,
      valueRankInRegion: 1,
      valuePercentile: 1,
      valuePercentileInType: 1,
      valuePercentileInRegion: 1,
      recencyDays: 14,
      frequency: 4,
      monetary: 1244.75,
      recencyScore: 4,
      frequencyScore: 5,
      monetaryScore: 5,
      rfmSegment: 'champions',
      lifecycle: 'returning',
      tier: 'C',
    });
    expect(columnsOf(others, 'customerId', 'value', 'relationships', 'activeProducts', 'categories')).toEqual([
      ['C2', 23, 2, 1, 1],
      ['C3', 17, 1, 0, 0],
      ['C4', 0, 1, 1, 0],
      ['C5', 0, 0, 0, 0],
    ]);
  });

  test('places: equal values share a rank, no type is a type of its own', async () => {
    const rows = await factsRows(world, WORLD_DAY);
    expect(columnsOf(rows, 'valueRank', 'valuePercentile', 'valueRankInType', 'valuePercentileInType')).toEqual([
      [1, 1, 1, 1],
      [2, 0.8, 1, 1],
      [3, 0.6, 2, 0.5],
      [4, 0.4, 2, 0.5],
      [4, 0.4, 1, 1],
    ]);
    expect(columnsOf(rows, 'valueRankInRegion', 'valuePercentileInRegion').at(-1)).toEqual([2, 0.5]);
  });

  test('scores of those who have relationships; the others have none', async () => {
    const scores = ['recencyDays', 'recencyScore', 'frequencyScore', 'monetaryScore', 'rfmSegment'];
    expect(columnsOf(await factsRows(world, WORLD_DAY), ...scores)).toEqual([
      [14, 4, 5, 5, 'champions'],
      [0, 5, 4, 4, 'champions'],
      [41, 3, 3, 3, 'loyal'],
      [134, 2, 3, 2, 'at risk'],
      [null, null, null, null, 'none'],
    ]);
    // From May 16 to June 16: a month and 15 of 30 days, less 15 of 31: 5.08 of 5 a month.
    const lately = await factsRows(world, WORLD_DAY, { rfmMonths: 1 });
    expect(columnsOf(lately, 'frequency', 'monetary', ...scores)).toEqual([
      [1, 12.33, 14, 3, 5, 3, 'loyal'],
      [1, 20, 0, 5, 5, 5, 'champions'],
      [0, 0, 41, null, null, null, 'none'],
      [0, 0, 134, null, null, null, 'none'],
      [0, 0, null, null, null, null, 'none'],
    ]);
  });

  test('where they stand', async () => {
    const stands = async (day: string) => (await factsRows(world, day)).map(({ lifecycle }) => lifecycle);
    expect(await stands(WORLD_DAY)).toEqual(['returning', 'resurrected', 'new', 'dormant', 'none']);
    expect(await stands('2025-06-15')).toEqual(['returning', 'churned', 'dormant', 'churned', 'none']);
    expect(await stands('2021-12-31')).toEqual(['none', 'none', 'none', 'none', 'none']);
  });
});

const bought = (customer_id: string, value: number, more: Stored = {}): Stored => ({
  relationship_id: `R${customer_id}`,
  customer_id,
  product_id: 'P',
  start_date: '2024-01-01',
  value,
  ...more,
});
const buyers = (...values: readonly number[]): WorldRows => ({
  customers: values.map((_, i) => ({ customer_id: `C${i}` })),
  products: [],
  customer_products: values.map((value, i) => bought(`C${i}`, value)),
});

describe('tiers', () => {
  const tiersOf = async (...values: readonly number[]) => {
    await world.refill(buyers(...values));
    return (await factsRows(world, WORLD_DAY)).map(({ tier }) => tier).join('');
  };

  test('who reaches a limit is in the tier, who crosses it is in the next', async () => {
    expect(await tiersOf(50, 30, 15, 5)).toBe('AABC');
    expect(await tiersOf(50, 31, 14, 5)).toBe('ABBC');
  });
  test('equal values share the worse tier', async () => {
    expect(await tiersOf(40, 25, 25, 10)).toBe('ABBC');
    expect(await tiersOf(1, 1, 1, 1)).toBe('CCCC');
  });
  test('nothing and less is C, and takes no share from others', async () => {
    expect(await tiersOf(80, 15, 5, 0, -40)).toBe('ABCCC');
    expect(await tiersOf(0, -1)).toBe('CC');
  });
});

describe('few and odd customers', () => {
  test('nobody', async () => {
    await world.refill({ customers: [], products: [], customer_products: [] });
    expect(await factsRows(world, WORLD_DAY)).toEqual([]);
  });

  test('one, and many who are alike: all have the best scores', async () => {
    for (const values of [[5], [5, 5, 5], [-5, -5]]) {
      await world.refill(buyers(...values));
      const rows = await factsRows(world, WORLD_DAY);
      const places = ['valueRank', 'valuePercentile', 'recencyScore', 'frequencyScore', 'monetaryScore'];
      expect(columnsOf(rows, ...places)).toEqual(values.map(() => [1, 1, 5, 5, 5]));
    }
  });

  test('half a cent of a month goes away from zero', async () => {
    const half = { relationship_type: 'subscription', start_date: '2024-06-01' };
    await world.refill({
      ...buyers(0, 0),
      customer_products: [bought('C0', 0.01, half), bought('C1', -0.01, half)],
    });
    expect(columnsOf(await factsRows(world, '2024-06-15'), 'value', 'valueMonthly')).toEqual([
      [0.01, 0.01],
      [-0.01, -0.01],
    ]);
  });

  test('more categories than a bitmap has', async () => {
    const products = Array.from({ length: 300 }, (_, i) => ({ product_id: `P${i}`, product_category: `c${i % 290}` }));
    await world.refill({
      customers: [{ customer_id: 'C0' }],
      products,
      customer_products: products.map(({ product_id }, i) =>
        bought('C0', 1, { relationship_id: `R${i}`, product_id, end_date: i < 3 ? '2024-02-01' : null }),
      ),
    });
    const counts = ['products', 'activeProducts', 'categories', 'activeCategories'];
    expect(columnsOf(await factsRows(world, WORLD_DAY), ...counts)).toEqual([[300, 297, 290, 290]]);
  });

  test('the first day and the last there is', async () => {
    await world.refill(buyers(5));
    for (const day of ['0001-01-01', '0099-06-15', '9999-12-30']) {
      expect((await factsRows(world, day, { rfmMonths: 1_200, churnedDays: 36_500 }))[0]!['customerId']).toBe('C0');
    }
  });
});

test.each([
  [{ churnedDays: 89 }, ['?churnedDays']],
  [{ tierA: 0.95 }, ['?tierB']],
  [{ dormantDays: 400, tierB: 0.5 }, ['?churnedDays', '?tierB']],
])('options that disagree are refused: %j', (options, pointers) => {
  const asked = () => requireFactsOptions({ ...DEFAULT_FACTS_OPTIONS, ...options });
  expect(asked).toThrow(
    expect.objectContaining({
      code: 'request.invalid',
      errors: pointers.map((pointer) => expect.objectContaining({ pointer })),
    }) as Error,
  );
  expect(requireFactsOptions(DEFAULT_FACTS_OPTIONS)).toBe(DEFAULT_FACTS_OPTIONS);
});

test.each([duckdbDialect, snowflakeDialect])('the statement is of the shared subset: $engine', (d) => {
  const catalog = coreCatalog(d);
  for (const rfmMonths of [null, 12]) {
    const kit = { t: tablesOf(catalog), d, asOf: WORLD_DAY, saved: NOTHING_SAVED };
    const fragment = customerFacts({ ...DEFAULT_FACTS_OPTIONS, rfmMonths }, kit);
    const { text } = compile(fragment, { dialect: d, catalog, tenant: tenant('acme'), isolation: 'database' });
    expect(objection(text)).toBeUndefined();
    if (d.engine === 'snowflake') expect(() => checkStrictly(text)).not.toThrow();
    const written = Object.keys(FactsRow.properties).map((name) => [name, text.includes(snakeCase(name))]);
    expect(written.filter(([, isThere]) => !isThere)).toEqual([]);
  }
});

describe('CDNOW (Fader, Hardie & Lee 2005): a purchase a row, a day of purchases one of frequency', () => {
  const file = referenceData('cdnow/CDNOW_master.txt');

  test.skipIf(file === undefined)('12,054 of 23,570 customers share frequency 1, and one score', async () => {
    const text = readFileSync(file!, 'utf8').trimEnd().split(/\r?\n/).slice(1);
    const purchases = text.map((line) => line.trim().split(/\s+/));
    const json = JSON.stringify(purchases);
    const cdnow = await openWorld({
      rows: { customers: [], products: [{ product_id: 'CD', product_category: 'music' }], customer_products: [] },
      statements: [
        `create temp table purchases as select unnest(cast(cast('${json}' as json) as varchar[][])) as p`,
        `insert into customers (customer_id) select distinct p[1] from purchases`,
        `insert into customer_products (relationship_id, customer_id, product_id, start_date, value)
          select 'R' || row_number() over (), p[1], 'CD', strptime(p[2], '%Y%m%d'), cast(p[4] as decimal(15, 2)) from purchases`,
        `drop table purchases`,
      ],
    });
    const facts = await factsRows(cdnow, '1998-06-30');
    await cdnow.close();
    const once = facts.filter(({ frequency }) => frequency === 1);
    expect([facts.length, once.length]).toEqual([23_570, 12_054]);
    // ceil(5 * 12,054 / 23,570) = 3: only the scores 3, 4 and 5 are left.
    expect(new Set(once.map(({ frequencyScore }) => frequencyScore))).toEqual(new Set([3]));
    expect(new Set(facts.map(({ frequencyScore }) => frequencyScore))).toEqual(new Set([3, 4, 5]));
    expect(facts.filter(({ relationships }) => relationships === 1).length).toBeLessThan(12_054);
    expect(facts.reduce((days, { frequency }) => days + Number(frequency), 0)).toBe(67_591);
    expect(facts.reduce((cents, { value }) => cents + Math.round(Number(value) * 100), 0)).toBe(250_031_563);
    expect(facts.every(({ products, categories }) => products === 1 && categories === 1)).toBe(true);
  });
});
