import type { Sql } from './sql.ts';

/** How an engine spells the few things that the engines spell differently. A member that one analysis alone uses is a sign to rewrite the analysis. */
export type Dialect = {
  readonly engine: 'duckdb' | 'snowflake';
  /** A quoted name. */
  quote(name: string): string;
  /** A table over one bound JSON array of texts: one column `id`, in no order. The text of the statement does not depend on the ids. */
  idList(ids: readonly string[]): Sql;
  /** Case-insensitive containment of a bound text, with no pattern characters. */
  contains(column: Sql, text: string): Sql;
  /** A double with NaN and the infinities as null, which is how answers show them. */
  finite(column: Sql): Sql;
};
