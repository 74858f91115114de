import type { SqlKit } from '../../../analysis/define.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import { isCustomerAsked, type Population } from '../../../analysis/population.ts';
import { id, join, sql, type Sql } from '../../../data/sql/sql.ts';
import { snakeCase } from '../../../lib/names.ts';

/** One row per customer who is asked about and has all measures, in the order of ids; columns `m0`, `m1` ... as doubles. */
export function measuresOf(
  { measures, ...params }: Population & { readonly measures: readonly string[] },
  kit: SqlKit,
): Sql {
  const columns = measures.map((name) => sql`f.${id(snakeCase(name))}`);
  const values = columns.map((column, i) => sql`cast(${column} as double) as ${id(`m${i}`)}`);
  const present = columns.map((column) => sql`${column} is not null`);
  return sql`select ${join(values, ', ')}
from ${factsTable({}, kit)} f
where ${join(present, ' and ')} and ${isCustomerAsked(sql`f.customer_id`, params, kit)}
order by f.customer_id nulls last`;
}
