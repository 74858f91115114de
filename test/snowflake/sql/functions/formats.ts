import { quoteText } from '../names.ts';
import type { Source } from '../source.ts';

/** Elements of a date format, longest first. https://docs.snowflake.com/en/sql-reference/date-time-input-output */
const ELEMENTS: Readonly<Record<string, string>> = {
  YYYY: '%Y',
  HH24: '%H',
  HH12: '%I',
  MON: '%b',
  FF3: '%g',
  FF6: '%f',
  YY: '%y',
  MM: '%m',
  DD: '%d',
  DY: '%a',
  MI: '%M',
  SS: '%S',
};
const NEXT = new RegExp(`"([^"]*)"|(${Object.keys(ELEMENTS).join('|')})|([^A-Za-z"])|(.)`, 'gi');

/** A format of DuckDB as a quoted text; letters that mean nothing we know are refused. */
export function duckdbFormat(format: string, source: Source): string {
  const text = format.replace(NEXT, (_, literal?: string, element?: string, mark?: string, other?: string) => {
    if (element !== undefined) return ELEMENTS[element.toUpperCase()]!;
    if (other !== undefined && other.toUpperCase() !== 'T') source.refuse(`format element ${other} in ${format}`);
    return (literal ?? mark ?? other!).replaceAll('%', '%%');
  });
  return quoteText(text);
}
