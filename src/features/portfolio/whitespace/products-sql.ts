import type { SqlKit } from '../../../analysis/define.ts';
import { isProductAsked, type Population } from '../../../analysis/population.ts';
import { date, sql, type Sql } from '../../../data/sql/sql.ts';

/** Beside a CTE `owned`: a select of the products that can be sold by asOf and are asked about: launched, without launch_date, or owned all the same. */
export function productsOnSale(params: Population, kit: SqlKit): Sql {
  return sql`select p.product_id, p.product_name, p.product_category
  from ${kit.t.products} p
  left join (select distinct o.product_id from owned o) s on s.product_id = p.product_id
  where (p.launch_date is null or p.launch_date <= ${date(kit.asOf)} or s.product_id is not null)
    and ${isProductAsked(sql`p.product_id`, params, kit)}`;
}

/** A select of the products that are asked about, and whether they were launched by asOf (1 or 0). */
export function productsToOffer(params: Population, kit: SqlKit): Sql {
  return sql`select p.product_id, p.product_name, p.product_category,
  case when p.launch_date > ${date(kit.asOf)} then 0 else 1 end as is_launched
from ${kit.t.products} p
where ${isProductAsked(sql`p.product_id`, params, kit)}`;
}
