import type { SqlKit } from '../../analysis/define.ts';
import type { FactsOptions, FactsRow } from '../../analysis/facts/model.ts';
import { factsTable } from '../../analysis/facts/table.ts';
import { isActiveOn, isCounted } from '../../analysis/measures.ts';
import { columns, date, id, join, sql, type Sql } from '../../data/sql/sql.ts';
import { oneOf } from '../../data/writes/one-of.ts';
import { snakeCase } from '../../lib/names.ts';
import { needs, type Included } from './sections.ts';

/** What profiles tell of the facts of a customer. */
const FACTS = [
  'value',
  'value12Months',
  'valueMonthly',
  'valueRank',
  'valueRankInType',
  'valueRankInRegion',
  'valuePercentile',
  'valuePercentileInType',
  'valuePercentileInRegion',
  'recencyScore',
  'frequencyScore',
  'monetaryScore',
  'rfmSegment',
  'lifecycle',
  'tier',
] as const satisfies readonly (keyof FactsRow)[];

/** One row per customer that is named and exists: its own columns, and its facts as far as a section needs them. */
export function customersWithFacts(
  ids: readonly string[],
  { options, ...included }: Included & { readonly options: FactsOptions },
  kit: SqlKit,
): Sql {
  const isNamed = oneOf(kit.d, sql`c.customer_id`, ids);
  if (!needs(included, 'facts'))
    return sql`select ${columns(kit.t.customers, 'c')}
from ${kit.t.customers} c
where ${isNamed}`;
  // Not of the facts too: with conditions on both sides DuckDB 1.5 reads both tables whole, 5.3 ms against 1.8 ms.
  return sql`select ${columns(kit.t.customers, 'c')},
  ${join(
    FACTS.map((name) => sql`f.${id(snakeCase(name))}`),
    ', ',
  )}
from ${kit.t.customers} c
join ${factsTable(options, kit)} f on f.customer_id = c.customer_id
where ${isNamed}`;
}

/**
 * One row per customer that is named and product of whatever relationship: what the counted ones say together, how many
 * there are of those that are not, and whether the product has a row.
 */
export function productsHeld(ids: readonly string[], kit: SqlKit): Sql {
  const asOf = date(kit.asOf);
  const counted = isCounted(kit.asOf);
  const countOf = (condition: Sql) => sql`count(case when ${condition} then 1 end)`;
  return sql`select h.customer_id, h.product_id, p.product_name, p.product_category,
  p.product_id is not null as is_described,
  h.first_start, h.last_start, h.active, h.without_start, h.ends_before_start, h.starts_later
from (
  select r.customer_id, r.product_id,
    min(case when ${counted} then r.start_date end) as first_start,
    max(case when ${counted} then r.start_date end) as last_start,
    ${countOf(isActiveOn(kit.asOf))} as active,
    ${countOf(sql`r.start_date is null`)} as without_start,
    ${countOf(sql`r.end_date < r.start_date`)} as ends_before_start,
    ${countOf(sql`r.start_date > ${asOf} and (r.end_date is null or r.end_date >= r.start_date)`)} as starts_later
  from ${kit.t.customerProducts} r
  where ${oneOf(kit.d, sql`r.customer_id`, ids)}
  group by r.customer_id, r.product_id
) h
left join ${kit.t.products} p on p.product_id = h.product_id`;
}

/** Ids that are told of those that do not exist. */
export const UNKNOWN_TOLD = 20;

/** Named ids that no customer has, one row each, one more than are told. */
export function unknownCustomers(ids: readonly string[], kit: SqlKit): Sql {
  return sql`select distinct i.id
from ${kit.d.idList(ids)} i
where not exists (select 1 from ${kit.t.customers} c where c.customer_id = i.id and ${oneOf(kit.d, sql`c.customer_id`, ids)})
order by i.id nulls last
limit ${UNKNOWN_TOLD + 1}`;
}
