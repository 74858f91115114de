import type { Dialect } from '../../sql/dialect.ts';

/** An expression for the texts of columns with something between them; what is null is left out, or empty between dashes. */
export function joinedTexts(between: ' ' | '-', columns: readonly string[], { engine, quote }: Dialect): string {
  const names = columns.map(quote);
  if (engine === 'duckdb') return `concat_ws('${between}', ${names.join(', ')})`;
  // One null makes all of it null there: https://docs.snowflake.com/en/sql-reference/functions/concat_ws
  const texts = names.map((name) => `coalesce(cast(${name} as varchar), '')`);
  const joined = `concat_ws('${between}', ${texts.join(', ')})`;
  return between === ' ' ? `trim(${joined})` : joined;
}
