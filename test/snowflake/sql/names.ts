/**
 * DuckDB compares names without case, Snowflake with it. A name with lower-case letters carries a mark of which they are,
 * so that "id" and ID stay two names: id is stored as id§3.
 */
export function storedName(name: string): string {
  let mask = 0n;
  for (const [i, letter] of name.split('').entries()) if (letter !== letter.toUpperCase()) mask |= 1n << BigInt(i);
  return mask === 0n ? name : `${name}§${mask.toString(16)}`;
}

export const shownName = (stored: string) => stored.replace(/§[0-9a-f]+$/, '');
export const quoteName = (name: string) => `"${storedName(name).replaceAll('"', '""')}"`;
export const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** As Snowflake shows a name: bare when it folds to itself. */
export const printedName = (name: string) => (/^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name}"`);

/**
 * Words that cannot name anything unless they are quoted.
 * https://docs.snowflake.com/en/sql-reference/reserved-keywords
 */
export const RESERVED: ReadonlySet<string> = new Set(
  `ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME
  CURRENT_TIMESTAMP CURRENT_USER DELETE DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP GSCLUSTER HAVING
  ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON
  OR ORDER QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE
  TRY_CAST UNION UNIQUE UPDATE USING VALUES WHEN WHENEVER WHERE WITH EXCEPT LIMIT FETCH OFFSET ASC DESC`.split(/\s+/),
);

/** A table, view or stage by its full name. */
export type ObjectName = { readonly database: string; readonly schema: string; readonly name: string };
export const keyOf = ({ database, schema, name }: ObjectName) => [database, schema, name].map(printedName).join('.');
export const addressOf = ({ database, schema, name }: ObjectName) => [database, schema, name].map(quoteName).join('.');
