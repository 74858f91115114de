import type { Dialect } from '../../data/sql/dialect.ts';
import { join, sql, type Sql } from '../../data/sql/sql.ts';
import { bindAs, columnOf, filterCondition, type Filter } from '../filter.ts';
import { foldRule, type Definitions } from './fold-rule.ts';
import type { Members } from './members.ts';
import type { Rule } from './rule.ts';

/**
 * The condition that a rule's customers meet, over a table expression `q` that has a column for each member: true for
 * them; false, or null where a value is missing, for all others, as `where` and `case when` take it. Segments that the
 * rule refers to are written in their places. Throws `segment.invalid`, see `foldRule`.
 */
export function ruleCondition(rule: Rule, members: Members, segments: Definitions, dialect: Dialect): Sql {
  return foldRule<Sql>(rule, members, segments, {
    all: (parts) => sql`(${join(parts, ' and ')})`,
    any: (parts) => sql`(${join(parts, ' or ')})`,
    // Null is not true, so that "not" is everybody else; under "and" and "or" alone it does no harm.
    not: (part) => sql`not coalesce(${part}, false)`,
    condition: (filter) => (filter.operator === 'in' ? oneOf(filter, dialect) : filterCondition(filter, dialect)),
  });
}

/** Not the sub-select of the lists' filter: Snowflake allows one in `where` only, and rules stand in `case when` too. */
function oneOf({ field, values }: Filter, dialect: Dialect): Sql {
  const list = values.map((value) => bindAs(field.type, value));
  return sql`${columnOf(field, dialect)} in (${join(list, ', ')})`;
}
