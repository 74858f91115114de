import { hash } from 'node:crypto';
import { derived, id, join, sql, type DerivedValue } from '../../data/sql/sql.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { compareText } from '../../lib/compare-text.ts';
import type { SqlKit } from '../define.ts';
import { isCounted } from '../measures.ts';

const PREFIX = 'categoryShare.';

/** The name of the measure: `categoryShare.Home`. */
export function categoryShare(category: string): string {
  return `${PREFIX}${category}`;
}

/** The category whose share a name is of; undefined for other names. */
export function categoryOfShare(name: string): string | undefined {
  return name.startsWith(PREFIX) && name.length > PREFIX.length ? name.slice(PREFIX.length) : undefined;
}

/** The column of a share. A category may be any text, which the name of a column may not. */
export function columnOfShare(category: string): string {
  return `category_share_${hash('sha256', category, 'hex').slice(0, 24)}`;
}

/**
 * Which part of a customer's relationships is with products of each of these categories: one row per customer who has
 * relationships that count on asOf, a column (`columnOfShare`) for each, double 0..1. Built once per data version, asOf
 * and categories.
 */
export function categoryShares(categories: readonly string[], kit: SqlKit): DerivedValue {
  const ordered = [...new Set(categories)].toSorted(compareText);
  const shares = ordered.map(
    (category) =>
      sql`cast(count(case when p.product_category = ${category} then 1 end) as double) / nullif(count(*), 0) as ${id(columnOfShare(category))}`,
  );
  return derived({
    name: 'customer.category-shares',
    argument: canonicalJson([kit.asOf, ordered]),
    key: 'customer_id',
    select: sql`select r.customer_id, ${join(shares, ', ')}
from ${kit.t.customerProducts} r
left join ${kit.t.products} p on p.product_id = r.product_id
where r.customer_id is not null and ${isCounted(kit.asOf)}
group by r.customer_id`,
  });
}
