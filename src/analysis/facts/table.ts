import { derived, type DerivedValue } from '../../data/sql/sql.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { SqlKit } from '../define.ts';
import { customerFacts } from './facts-sql.ts';
import { DEFAULT_FACTS_OPTIONS, requireFactsOptions, type FactsOptions } from './model.ts';

/**
 * The facts of each customer as a table, one row per customer, columns those of FactsRow in snake_case. Built once per
 * data version, asOf, options and RFM table. Throws request.invalid for options that do not agree.
 */
export function factsTable(options: Partial<FactsOptions>, kit: SqlKit): DerivedValue {
  const { newDays, dormantDays, churnedDays, rfmMonths, tierA, tierB } = { ...DEFAULT_FACTS_OPTIONS, ...options };
  const settled = requireFactsOptions({ newDays, dormantDays, churnedDays, rfmMonths, tierA, tierB });
  return derived({
    name: 'customer.facts',
    argument: canonicalJson([kit.asOf, settled, kit.saved.rfmTable]),
    key: 'customer_id',
    select: customerFacts(settled, kit),
  });
}
