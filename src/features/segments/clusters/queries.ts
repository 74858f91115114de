import type { SqlKit } from '../../../analysis/define.ts';
import { categoryShares, columnOfShare } from '../../../analysis/facts/category-shares.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import { isCustomerAsked, type Population } from '../../../analysis/population.ts';
import { id, join, nothing, sql, type Sql } from '../../../data/sql/sql.ts';
import { snakeCase } from '../../../lib/names.ts';

type Asked = Population & { readonly measures: readonly string[]; readonly categories: readonly string[] };

/**
 * One row per customer who is asked about and has all measures, in the order of ids; columns `m0`, `m1` ... as doubles:
 * the facts, then the shares of categories.
 */
export function measuresOf({ measures, categories, ...params }: Asked, kit: SqlKit): Sql {
  const facts = measures.map((name) => sql`f.${id(snakeCase(name))}`);
  const columns = [...facts, ...categories.map((category) => sql`s.${id(columnOfShare(category))}`)];
  const values = columns.map((column, i) => sql`cast(${column} as double) as ${id(`m${i}`)}`);
  const present = columns.map((column) => sql`${column} is not null`);
  const shares =
    categories.length === 0
      ? nothing
      : sql`
join ${categoryShares(categories, kit)} s on s.customer_id = f.customer_id`;
  return sql`select ${join(values, ', ')}
from ${factsTable(params, kit)} f${shares}
where ${join(present, ' and ')} and ${isCustomerAsked(sql`f.customer_id`, params, kit)}
order by f.customer_id nulls last`;
}
