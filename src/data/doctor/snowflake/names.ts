import { snowflakeDialect } from '../../sql/snowflake-dialect.ts';

/** Words that name nothing unless they are quoted: https://docs.snowflake.com/en/sql-reference/reserved-keywords */
const RESERVED = new Set(
  `ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME
  CURRENT_TIMESTAMP CURRENT_USER DELETE DISTINCT DROP ELSE EXISTS EXCEPT FALSE FOLLOWING FOR FROM FULL GRANT GROUP HAVING ILIKE IN
  INCREMENT INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER
  QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION
  UNIQUE UPDATE USING VALUES WHEN WHENEVER WHERE WITH`.split(/\s+/),
);

/** A stored name as a statement writes it: bare when it means itself. */
export const shown = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : snowflakeDialect.quote(name);

/** An address without its quotes, however it was written, to be compared. */
export const bare = (address: string): string =>
  address.replaceAll(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));

export const addressed = (...path: readonly string[]): string => path.map(shown).join('.');
