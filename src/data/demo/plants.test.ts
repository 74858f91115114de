import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitCourse } from './test-fit.ts';
import { testDemo, type TestDemo } from './test-database.ts';
import { LAST_DAY, SEGMENTS } from './world.ts';

/** A share of n that is off by more than this comes by chance once in some 15,000 times. */
const fourSigma = (share: number, n: number) => 4 * Math.sqrt((share * (1 - share)) / n);

/** Analyses in a few lines each: they look at the tables only, and must find what the truth says. */
describe('what is planted in size S can be found', () => {
  let demo: TestDemo;
  beforeAll(async () => {
    demo = await testDemo('S', 1);
  });
  afterAll(() => demo.close());

  it('pairs: the planted ones have the highest lifts of all pairs that 20 or more customers own', async () => {
    const found = await demo.query(`with owners as (
      select distinct customer_id, product_id from customer_products where start_date <= date '${LAST_DAY}'
    ), sizes as (select product_id, count(*) as n from owners group by product_id)
    select a.product_id, b.product_id, count(*) as both, count(*) * 10000.0 / (any_value(x.n) * any_value(y.n)) as lift
    from owners a
    join owners b on b.customer_id = a.customer_id and a.product_id < b.product_id
    join sizes x on x.product_id = a.product_id
    join sizes y on y.product_id = b.product_id
    group by 1, 2
    having count(*) >= 20
    order by lift desc`);
    const { pairs } = demo.truth;
    const keys = (rows: readonly { first: string; second: string }[]) =>
      new Set(rows.map((p) => [p.first, p.second].sort().join()));
    const top = found.slice(0, pairs.length);
    expect(new Set(top.map(([a, b]) => `${a},${b}`))).toEqual(keys(pairs));
    const [lowest, next] = [Number(top.at(-1)![3]), Number(found[pairs.length]![3])];
    expect(lowest).toBeGreaterThan(1.3 * next);
    for (const { first, second, planted, realised } of pairs) {
      const [, , both, lift] = top.find(([a, b]) => [a, b].includes(first) && [a, b].includes(second))!;
      expect(both).toBe(realised.both);
      expect(Number(lift)).toBeCloseTo(realised.lift, 6);
      expect(Math.abs(realised.lift / planted.lift - 1)).toBeLessThan(0.3);
      expect(Math.abs(realised.both / 10_000 - planted.both)).toBeLessThan(fourSigma(planted.both, 10_000));
    }
  });

  it('pairs: half of the customers take the second on the same day, none after 14 days', async () => {
    const { first, second } = demo.truth.pairs[6]!;
    const days = (
      await demo.query(`select b.start_date - a.start_date from customer_products a
      join customer_products b on b.customer_id = a.customer_id
      where a.product_id = '${first}' and b.product_id = '${second}'`)
    ).map(([day]) => Number(day));
    expect(days.every((day) => day >= 0 && day <= 14)).toBe(true);
    expect(Math.abs(days.filter((day) => day === 0).length / days.length - 15 / 29)).toBeLessThan(
      fourSigma(0.5, days.length),
    );
  });

  it('segments: shares, customer types, favourite categories and activity', async () => {
    const rows =
      await demo.query(`select s.segment, count(distinct s.customer_id), count(distinct customer_type), min(customer_type)
      from service.demo_segments s join customers c on c.customer_id = s.customer_id group by 1`);
    expect(rows.length).toBe(SEGMENTS.length);
    for (const { name, share, customerType, favouriteShare, realised } of demo.truth.segments) {
      const [, customers, types, type] = rows.find(([segment]) => segment === name)!;
      expect([customers, types, type]).toEqual([realised.customers, 1, customerType]);
      expect(Math.abs(realised.customers / 10_000 - share)).toBeLessThan(fourSigma(share, 10_000));
      expect(Math.abs(realised.favouriteShare - favouriteShare)).toBeLessThan(
        fourSigma(favouriteShare, realised.relationships),
      );
    }
    const perCustomer = (name: string) => {
      const { realised } = demo.truth.segments.find((segment) => segment.name === name)!;
      return realised.relationships / realised.customers;
    };
    expect(perCustomer('large companies') / perCustomer('households')).toBeCloseTo(2.2 / 0.9, 0);
  });

  it('hazards: ended subscriptions per month of exposure', async () => {
    const rows = await demo.query(`select segment, count(end_date),
        sum(coalesce(end_date, date '${LAST_DAY}') - start_date) / 30.4375
      from customer_products r join service.demo_segments s on s.customer_id = r.customer_id
      where relationship_type = 'subscription' and start_date <= date '${LAST_DAY}' and (end_date is null or end_date >= start_date)
        and product_id in (select product_id from products)
      group by 1`);
    for (const { name, hazardPerMonth, realised } of demo.truth.segments) {
      const [, ended, months] = rows.find(([segment]) => segment === name)!;
      expect(ended).toBe(realised.ended);
      expect(Number(ended) / Number(months)).toBeCloseTo(realised.hazardPerMonth, 6);
      expect(Math.abs(realised.hazardPerMonth / hazardPerMonth - 1)).toBeLessThan(4 / Math.sqrt(Number(ended)));
    }
  });

  it('course: season, trend and change point by least squares on the logarithms', async () => {
    const rows = await demo.query(`select strftime(start_date, '%Y-%m') as m, count(*) from customer_products
      where start_date <= date '${LAST_DAY}' group by 1 order by 1`);
    const { months, seasonalIndices, trendPerMonth, changePoint } = demo.truth.course;
    expect(rows).toEqual(months.map(({ month, realised }) => [month, realised]));
    for (const { planted, realised } of months)
      expect(Math.abs(realised - planted)).toBeLessThan(4.5 * Math.sqrt(planted));
    const fit = fitCourse(rows.map(([month, count]) => ({ month: String(month), count: Number(count) })));
    expect(fit.changeMonth).toBe(changePoint.month);
    expect(Math.abs(fit.changeFactor / changePoint.factor - 1)).toBeLessThan(0.05);
    expect(fit.trend).toBeCloseTo(trendPerMonth, 2);
    fit.season.forEach((index, i) => expect(Math.abs(index / seasonalIndices[i]! - 1)).toBeLessThan(0.06));
  });

  it('baskets and popularity are skewed', async () => {
    const { realised, topProduct } = demo.truth.baskets;
    expect(realised.p90).toBeGreaterThan(3 * realised.median);
    expect(realised.max).toBeGreaterThan(15 * realised.median);
    const [top] = await demo.query(
      'select product_id, count(*) as n from customer_products group by 1 order by n desc limit 1',
    );
    expect(top).toEqual([topProduct.productId, topProduct.relationships]);
    expect(topProduct.relationships).toBeGreaterThan(5 * (100_000 / 500));
  });
});
