import { AGGREGATES } from './functions/aggregates.ts';
import { DATES } from './functions/dates.ts';
import { type Functions, PAGES } from './functions/known.ts';
import { TEXTS } from './functions/texts.ts';
import { VALUES } from './functions/values.ts';

/** Every function that a statement of the service may use. */
export const FUNCTIONS: Functions = Object.freeze({ ...AGGREGATES, ...TEXTS, ...DATES, ...VALUES });

/** Functions of the FROM clause and of GENERATOR, which the grammar itself knows. */
export const TABLE_FUNCTIONS: Readonly<Record<string, string>> = Object.freeze({
  FLATTEN: 'flatten',
  GENERATOR: 'generator',
  RESULT_SCAN: 'result_scan',
  SEQ4: 'seq1',
  EXTRACT: 'extract',
});

/** The address of a function's documentation; undefined for one that is not on the list. */
export function pageOf(name: string): string | undefined {
  const page = FUNCTIONS[name]?.page ?? TABLE_FUNCTIONS[name];
  return page === undefined ? undefined : `${PAGES}${page}`;
}
