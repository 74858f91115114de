import type { SqlKit } from '../../../analysis/define.ts';
import { FactsRow, type FactsOptions } from '../../../analysis/facts/model.ts';
import { factsTable } from '../../../analysis/facts/table.ts';
import { isCustomerAsked, type Population } from '../../../analysis/population.ts';
import { id, join, sql, type Sql } from '../../../data/sql/sql.ts';
import { snakeCase } from '../../../lib/names.ts';

type Figures = Readonly<Record<string, Sql>>;
type Asked = Population & Partial<FactsOptions>;

const mean = (column: Sql) => sql`avg(cast(${column} as double))`;
const FACTS = Object.keys(FactsRow.properties).map(snakeCase);

/** One row per name of `column` that a customer has: how many, their value, and `figures`; most customers first. */
function grouped(column: string, name: string, figures: Figures, params: Asked, kit: SqlKit): Sql {
  const named = Object.entries(figures).map(([figure, expression]) => sql`${expression} as ${id(figure)}`);
  const shown = [name, 'customers', 'value', ...Object.keys(figures)].map((figure) => sql`g.${id(figure)}`);
  return sql`with g as (
  select f.${id(column)} as ${id(name)}, count(*) as customers, sum(f.value) as value, ${join(named, ', ')}
  from ${factsTable(params, kit)} f
  where ${isCustomerAsked(sql`f.customer_id`, params, kit)}
  group by f.${id(column)}
),
t as (
  select sum(g.customers) as customers, sum(g.value) as value from g
)
select ${join(shown, ', ')}, cast(g.customers as double) / nullif(t.customers, 0) as share,
  cast(g.value as double) / nullif(cast(t.value as double), 0) as value_share
from g
cross join t
order by g.customers desc nulls last, g.${id(name)} nulls last`;
}

/** One row per RFM segment that has customers. */
export function rfmSegments(params: Asked, kit: SqlKit): Sql {
  const means = {
    mean_recency_days: mean(sql`f.recency_days`),
    mean_frequency: mean(sql`f.frequency`),
    mean_monetary: mean(sql`f.monetary`),
  };
  return grouped('rfm_segment', 'segment', means, params, kit);
}

/** One row per lifecycle stage that has customers. */
export function lifecycleStages(params: Asked, kit: SqlKit): Sql {
  return grouped('lifecycle', 'stage', { value_monthly: sql`sum(f.value_monthly)` }, params, kit);
}

/** One row per tier that has customers. */
export function valueTiers(params: Asked, kit: SqlKit): Sql {
  const figures = { mean_value: mean(sql`f.value`), least_value: sql`min(f.value)` };
  return grouped('tier', 'tier', figures, params, kit);
}

/** One row per customer who is asked about: who it is, and every fact. */
export function customersWithFacts(params: Asked, kit: SqlKit): Sql {
  const columns = FACTS.map((name) => sql`f.${id(name)}`);
  return sql`select c.customer_name, c.customer_type, c.region, ${join(columns, ', ')}
from ${factsTable(params, kit)} f
join ${kit.t.customers} c on c.customer_id = f.customer_id
where ${isCustomerAsked(sql`f.customer_id`, params, kit)}`;
}
