/**
 * Names of our own on Snowflake. They are written in lower case and mostly unquoted, and an unquoted name means its upper
 * case there (https://docs.snowflake.com/en/sql-reference/identifiers-syntax). So a plain name of ours is printed in upper
 * case when it has to be quoted, and read back in lower case: `customer_id` is CUSTOMER_ID. Every other name is printed as
 * it is; one that would be taken for such an upper-case one gets a mark: `REGION` is =REGION.
 */
const PLAIN = /^[a-z_][a-z0-9_]*$/;
const FOLDED = /^[A-Z_][A-Z0-9_]*$/;
/** A name of ours that looks like a folded one, and what such names become. */
const ALIKE = /^=*[A-Z_][A-Z0-9_]*$/;

/** The stored name that a setting or a catalog means: of a plain one its upper case, as in a statement; of a quoted one what is within. */
export function storedName(written: string): string {
  const quoted = /^"((?:[^"]|"")+)"$/.exec(written);
  if (quoted !== null) return quoted[1]!.replaceAll('""', '"');
  return /^[A-Za-z_][A-Za-z0-9_$]*$/.test(written) ? written.toUpperCase() : written;
}

/** A name of ours as Snowflake has it. */
export function printedName(ours: string): string {
  if (PLAIN.test(ours)) return ours.toUpperCase();
  return ALIKE.test(ours) ? `=${ours}` : ours;
}

/** Our name of a column of a result: whatever ours is, `ourName(printedName(ours))` is it. */
export function ourName(column: string): string {
  if (FOLDED.test(column)) return column.toLowerCase();
  return ALIKE.test(column) ? column.slice(1) : column;
}
