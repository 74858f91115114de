import type { Writer } from '../warehouse/port.ts';
import { pairProducts, type Product } from './products.ts';
import { courseOf, pairsOf, segmentsOf, type Measured } from './realised.ts';
import { rowsOf } from './staging.ts';
import * as world from './world.ts';

/** What came out, measured on the finished tables and put beside what was planted. */
export async function measure(writer: Writer, products: readonly Product[], size: world.DemoSize): Promise<Measured> {
  const [rows] = await rowsOf(writer, ROWS);
  const planted = pairProducts(products).map((product) => product.id);
  const customers = Number(rows!['customers']);
  return {
    rows: rows as Measured['rows'],
    segments: segmentsOf(await rowsOf(writer, segmentsSql(planted))),
    pairs: pairsOf(planted, customers, await rowsOf(writer, pairsSql(planted))),
    course: courseOf(world.DEMO_SIZES[size].relationships, await rowsOf(writer, COURSE)),
    baskets: await basketsOf(writer),
  };
}

const ROWS = `select (select count(*) from customers) as customers, (select count(*) from products) as products,
  (select count(*) from customer_products) as customer_products`;

const inWindow = `start_date between date '${world.FIRST_DAY}' and date '${world.LAST_DAY}'`;
const texts = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

function segmentsSql(planted: readonly string[]): string {
  return `with counted as (
  select s.segment, p.product_category, count(*) as relationships,
    count(*) filter (p.product_id not in (${texts(planted)})) as ordinary,
    count(*) filter (relationship_type = 'subscription') as subscriptions,
    count(end_date) filter (relationship_type = 'subscription') as ended,
    coalesce(sum(coalesce(end_date, date '${world.LAST_DAY}') - start_date) filter (relationship_type = 'subscription'), 0) as days
  from customer_products r
  join service.demo_segments s on s.customer_id = r.customer_id
  join products p on p.product_id = r.product_id
  where ${inWindow} and (end_date is null or end_date >= start_date)
  group by all
), people as (select segment, count(*) as customers from service.demo_segments group by segment)
select c.segment, product_category, customers, relationships, ordinary, subscriptions, ended, cast(days as bigint) as days
from counted c
join people p on p.segment = c.segment
order by all`;
}

function pairsSql(planted: readonly string[]): string {
  return `with owners as (
  select distinct customer_id, product_id from customer_products where ${inWindow} and product_id in (${texts(planted)})
)
select a.product_id as first, b.product_id as second, count(*) as customers
from owners a
join owners b on b.customer_id = a.customer_id
group by all
order by all`;
}

const COURSE = `select strftime(start_date, '%Y-%m') as month, count(*) as relationships
from customer_products
where ${inWindow}
group by month`;

async function basketsOf(writer: Writer): Promise<Measured['baskets']> {
  const [sizes] = await rowsOf(
    writer,
    `select quantile_cont(n, 0.5) as median, quantile_cont(n, 0.9) as p90, max(n) as max
from (select cast(count(*) as integer) as n from customer_products group by customer_id)`,
  );
  const [top] = await rowsOf(
    writer,
    'select product_id, count(*) as n from customer_products group by product_id order by n desc, product_id limit 1',
  );
  return {
    sigma: world.BASKET_SIGMA,
    popularityShift: world.POPULARITY_SHIFT,
    realised: { median: Number(sizes!['median']), p90: Number(sizes!['p90']), max: Number(sizes!['max']) },
    topProduct: { productId: String(top!['product_id']), relationships: Number(top!['n']) },
  };
}
