import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRT, dirtPerKind, spoil, type DirtKind } from './dirt.ts';
import { draw } from './random.ts';
import { testDemo, type TestDemo } from './test-database.ts';

describe('spoil', () => {
  it('takes no row twice, none outside, and as many of each kind', () => {
    const rows = spoil(['a', 'b', 'c'], 20, 1000, draw(1, 'x'));
    expect(new Set(rows.map((row) => row.no)).size).toBe(60);
    expect(rows.every((row) => row.no > row.of && row.no <= 1000 && row.of >= 1)).toBe(true);
    expect(rows.filter((row) => row.kind === 'b').length).toBe(20);
    expect(rows.some((row) => rows.some((other) => other.no === row.of))).toBe(false);
  });

  it('grows with the customers', () => {
    expect([1_000, 10_000, 1_000_000].map(dirtPerKind)).toEqual([5, 20, 2000]);
  });
});

describe.each([1, 2, 99])('dirty rows of seed %i', (seed) => {
  let demo: TestDemo;
  beforeAll(async () => {
    demo = await testDemo('XS', seed);
  });
  afterAll(() => demo.close());

  it.each(Object.keys(DIRT) as DirtKind[])('%s: the rule finds exactly the keys of the truth', async (kind) => {
    const truth = demo.truth.dirt.find((each) => each.kind === kind)!;
    const found = await demo.query(truth.find);
    expect(found.map(([key]) => String(key)).sort()).toEqual(truth.keys);
    expect(truth.keys.length).toBeGreaterThanOrEqual(kind === 'unusual_product_status' ? 2 : 5);
  });

  it('has no row of two kinds', () => {
    const keys = demo.truth.dirt.flatMap((each) => each.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('makes near-duplicates that share everything but spelling', async () => {
    const pairs = await demo.query(`select a.customer_id, b.customer_id
      from customers a join customers b on lower(a.email) = lower(b.email) and a.email <> b.email and a.customer_id < b.customer_id
      where a.region = b.region and a.customer_type = b.customer_type and length(a.customer_name) - length(b.customer_name) = 1 and starts_with(a.customer_name, b.customer_name)`);
    expect(pairs.flat().map(String).sort()).toEqual(
      demo.truth.dirt.find((each) => each.kind === 'near_duplicate')!.keys,
    );
  });
});
