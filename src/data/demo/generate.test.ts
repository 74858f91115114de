import { createHash } from 'node:crypto';
import { Value } from 'typebox/value';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { generateDemo, type DemoOptions } from './generate.ts';
import { emptyDatabase, TEST_TENANT, testDemo, type TestDemo } from './test-database.ts';
import { DemoTruth } from './truth.ts';
import { DEMO_SIZES } from './world.ts';

/** Of all rows in the order that they are stored in. */
async function digest({ query }: TestDemo): Promise<string> {
  const hash = createHash('sha256');
  for (const table of ['customers', 'products', 'customer_products', 'service.demo_segments']) {
    for (const row of await query(`select * from ${table}`)) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

describe('generateDemo', () => {
  let demo: TestDemo;
  beforeAll(async () => {
    demo = await testDemo('XS', 1);
  });
  afterAll(() => demo.close());
  const one = async (text: string) => (await demo.query(text))[0]![0];

  it('gives the same rows for the same seed, run after run and release after release', async () => {
    const again = await testDemo('XS', 1);
    expect(await digest(again)).toBe(await digest(demo));
    expect(again.truth).toEqual(demo.truth);
    await again.close();
    // Another digest is another generator: raise the number in truth.ts along with it.
    expect(await digest(demo)).toBe('c1192355e3936b2b');
  });

  it('gives the same rows in small portions', async () => {
    const again = await testDemo('XS', 1, { portionRows: 1500 });
    expect(await digest(again)).toBe(await digest(demo));
    await again.close();
  });

  it('gives other rows for another seed', async () => {
    const other = await testDemo('XS', 2);
    for (const table of ['customers', 'products', 'customer_products']) {
      expect(await other.query(`select * from ${table}`)).not.toEqual(await demo.query(`select * from ${table}`));
    }
    await other.close();
  });

  it('makes as many rows as the size says', async () => {
    const { customers, products, relationships } = DEMO_SIZES.XS;
    expect(await one('select count(*) from customers')).toBe(customers);
    expect(await one('select count(*) from products')).toBe(products);
    const found = Number(await one('select count(*) from customer_products'));
    expect(Math.abs(found - relationships)).toBeLessThan(relationships * 0.03);
    expect(demo.truth.rows).toEqual({ customers, products, customer_products: found });
  });

  it('states a truth that fits its schema', () => {
    expect([...Value.Errors(DemoTruth, demo.truth)]).toEqual([]);
  });

  it('stores relationships by customer, product, start and id', async () => {
    const key = 'customer_id, product_id, start_date, relationship_id';
    const stored = await demo.query(`select ${key} from customer_products`);
    expect(stored).toEqual(await demo.query(`select ${key} from customer_products order by 1, 2, 3 nulls last, 4`));
  });

  it('uses ids that a person can read, each once', async () => {
    for (const [table, key, pattern] of [
      ['customers', 'customer_id', 'C\\d{7}'],
      ['products', 'product_id', 'P\\d{5}'],
      ['customer_products', 'relationship_id', 'R\\d{9}'],
    ]) {
      expect(await one(`select count(*) from ${table} where not regexp_full_match(${key}, '${pattern}')`)).toBe(0);
      expect(await one(`select count(*) - count(distinct ${key}) from ${table}`)).toBe(0);
    }
  });

  it('gives names that look like names, with umlauts and apostrophes, and mail addresses in ASCII', async () => {
    const names = (await demo.query(
      'select customer_name, email from customers where customer_name is not null',
    )) as string[][];
    expect(names.some(([name]) => /[äöüß]/.test(name!))).toBe(true);
    expect(names.some(([name]) => name!.includes("'"))).toBe(true);
    expect(names.every(([name]) => /^[\p{L}\p{M} .&'-]+$/u.test(name!) && name!.length < 80)).toBe(true);
    expect(names.every(([, mail]) => /^[A-Za-z]+\.[a-z]+\d+@example\.(com|org|net)$/.test(mail!))).toBe(true);
  });

  it('starts no clean relationship before the customer registered or after the last day', async () => {
    const early = await one(`select count(*) from customer_products r join customers c on c.customer_id = r.customer_id
      where r.start_date < c.registration_date`);
    expect(early).toBe(0);
    expect(
      await one(
        "select max(start_date) from customer_products where start_date < date '2060-01-01' and start_date <= date '2026-09-30'",
      ),
    ).toBe('2026-09-30');
    expect(await one('select min(start_date) from customer_products')).toBe('2022-10-01');
  });

  it('has purchases and subscriptions, open and ended, with values', async () => {
    const kinds =
      await demo.query(`select relationship_type, count(*) > 500, count(end_date) > 20, count(end_date) < count(*)
      from customer_products group by 1 order by 1`);
    expect(kinds).toEqual([
      ['purchase', true, true, true],
      ['subscription', true, true, true],
    ]);
  });

  it('leaves its staging tables behind nowhere and counts itself as a write', async () => {
    expect(
      await demo.query("select table_name from duckdb_tables() where temporary or table_name like 'demo_%' order by 1"),
    ).toEqual([['demo_segments']]);
    expect(await demo.query('select table_name, version from service.data_versions order by 1')).toEqual([
      ['customer_products', 1],
      ['customers', 1],
      ['products', 1],
    ]);
  });
});

describe('the run of the generator', () => {
  let warehouse: Warehouse;
  beforeEach(async () => {
    warehouse = await emptyDatabase();
  });
  afterEach(() => warehouse.close());
  const generate = (progress: DemoOptions['progress'], signal?: AbortSignal) =>
    generateDemo({ warehouse, tenant: TEST_TENANT, size: 'XS', seed: 3, progress, signal });

  it('tells how far it is, from 0 to 1', async () => {
    const heard: [string, number][] = [];
    await generate((phase, share) => heard.push([phase, share]));
    expect(heard[0]).toEqual(['products', 0]);
    expect(heard.at(-1)).toEqual(['done', 1]);
    const shares = heard.map(([, share]) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('stops when it is told to, with the reason', async () => {
    const controller = new AbortController();
    const heard: string[] = [];
    const run = generate((phase) => {
      heard.push(phase);
      if (phase === 'relationships') controller.abort(new AppError('statement.cancelled', 'enough'));
    }, controller.signal);
    await expect(run).rejects.toMatchObject({ detail: 'enough' });
    expect(heard).toEqual(['products', 'customers', 'relationships']);
  });
});
