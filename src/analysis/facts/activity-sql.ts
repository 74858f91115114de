import type { PackedPart } from '../../data/sql/dialect.ts';
import { date, sql, type Sql } from '../../data/sql/sql.ts';
import type { SqlKit } from '../define.ts';
import { isCounted } from '../measures.ts';
import type { Bounds } from './bounds.ts';
import { centsOfMonths, monthParts, monthPartsOf } from '../month-parts.ts';

/** Categories of which bits are kept: fewer than a bitmap has on any engine. Those beyond them are counted one by one. */
const FEW_CATEGORIES = 60;

/** A relationship's product as one whole number: whether it is active, whether it has a product, and the product's number. */
const PRODUCT = {
  ever: { from: 2, bits: 29, where: 2 },
  active: { from: 2, bits: 29, where: 3 },
} as const satisfies Readonly<Record<string, PackedPart>>;

/**
 * Numbers for products and categories, because counting different ones is what costs most: one row per product_id of
 * customer_products, also of those that are no product. A product's number comes as the bits of PRODUCT.
 */
function numberedProducts({ t }: Pick<SqlKit, 't'>): Sql {
  return sql`select k.product_id, cast(row_number() over (order by k.product_id nulls last) * 4 + 2 as integer) as product_bits,
    case when g.category_number <= ${FEW_CATEGORIES} then bitmap_bit_position(g.category_number) end as category_bit,
    g.category_number
  from (select r.product_id from ${t.customerProducts} r group by r.product_id) k
  left join ${t.products} p on p.product_id = k.product_id
  left join (
    select c.category_id, row_number() over (order by c.category_id nulls last) as category_number
    from (select p.product_category as category_id from ${t.products} p where p.product_category is not null group by p.product_category) c
  ) g on g.category_id = p.product_category`;
}

/** One row per relationship that counts, with its amount in cents and, when it is per month, the months as parts. */
function countedRelationships({ t, asOf }: Pick<SqlKit, 't' | 'asOf'>, { end }: Bounds): Sql {
  const isActive = sql`(r.end_date is null or r.end_date > ${date(asOf)})`;
  return sql`select r.customer_id, r.start_date, r.end_date, p.product_bits, p.category_bit, p.category_number,
    cast(r.value * 100 as bigint) as cents,
    case when ${isActive} then 1 else 0 end as active,
    case when r.value_kind = 'monthly' then 1 else 0 end as monthly,
    case when r.value_kind = 'monthly' then ${monthParts(sql`r.start_date`)} end as starts_at,
    case when r.value_kind <> 'monthly' then null when ${isActive} then ${monthPartsOf(end)} else ${monthParts(sql`r.end_date`)} end as ends_at
  from ${t.customerProducts} r
  left join numbered p on p.product_id = r.product_id
  where ${isCounted(asOf)}`;
}

/**
 * Common tables that end in `activity`: one row per customer_id with relationships that count, amounts in cents.
 * `previous_activity` is the last day before the dormant days on which something started or was active per month.
 */
export function activity(kit: Pick<SqlKit, 't' | 'd' | 'asOf'>, bounds: Bounds): Sql {
  const { countDistinct, countPacked } = kit.d;
  const dormantFrom = date(bounds.dormantFrom);
  const { rfmFrom } = bounds;
  const isActive = sql`r.active = 1`;
  const rfmDay =
    rfmFrom === undefined ? sql`r.start_date` : sql`case when r.start_date >= ${date(rfmFrom)} then r.start_date end`;
  const products = countPacked(sql`r.product`, PRODUCT.ever);
  const categories = (bit: Sql, where: Sql) =>
    sql`coalesce(bitmap_count(bitmap_construct_agg(${bit})), 0) + ${countDistinct(sql`r.category_number`, where)}`;
  const isFurther = sql`r.category_number > ${FEW_CATEGORIES}`;
  return sql`numbered as (
  ${numberedProducts(kit)}
),
counted as (
  ${countedRelationships(kit, bounds)}
),
priced as (
  select r.customer_id, r.start_date, r.end_date, r.category_bit, r.category_number, r.cents, r.active, r.monthly, r.ends_at,
    case when r.monthly = 1 then ${centsOfMonths(sql`r.cents`, sql`r.ends_at - r.starts_at`)} else r.cents end as amount,
    coalesce(r.product_bits, 0) + r.active as product
  from counted r
),
activity as (
  select r.customer_id,
    count(*) as relationships,
    count(case when ${isActive} then 1 end) as active_relationships,
    min(r.start_date) as first_start,
    max(r.start_date) as last_start,
    ${products} as products,
    case when ${products} = count(*) then count(case when ${isActive} then 1 end)
      else ${countPacked(sql`r.product`, PRODUCT.active)} end as active_products,
    ${categories(sql`r.category_bit`, isFurther)} as categories,
    ${categories(sql`case when ${isActive} then r.category_bit end`, sql`${isFurther} and ${isActive}`)} as active_categories,
    ${countDistinct(rfmDay)} as frequency,
    sum(r.amount) as value,
    ${centsSince(bounds.yearFrom)} as value_12_months,
    ${rfmFrom === undefined ? sql`sum(r.amount)` : centsSince(rfmFrom)} as monetary,
    sum(case when r.monthly = 1 and ${isActive} then r.cents end) as value_monthly,
    max(case when r.monthly = 1 and ${isActive} then 1 else 0 end) as subscribes,
    min(case when r.start_date >= ${dormantFrom} then r.start_date end) as next_start,
    max(case when r.start_date >= ${dormantFrom} then null
      when r.monthly = 0 then r.start_date
      when r.end_date < ${dormantFrom} then r.end_date
      else ${dormantFrom} end) as previous_activity
  from priced r
  group by r.customer_id
)`;
}

/** What of the amounts falls on the days from `from` on. */
function centsSince(from: string): Sql {
  const parts = monthPartsOf(from);
  return sql`sum(case when r.start_date >= ${date(from)} then r.amount
      when r.monthly = 1 and r.ends_at > ${parts} then ${centsOfMonths(sql`r.cents`, sql`r.ends_at - ${parts}`)} end)`;
}
