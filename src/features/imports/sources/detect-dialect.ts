import { csvForm, emptyFound, scanRecord } from './csv-record.ts';

export type Dialect = { readonly delimiter: string; readonly quote: string };

/** `undefined` in `declared`: to be detected. `width`: the number of columns when they are declared. */
export type DialectQuestion = {
  readonly head: Buffer;
  readonly isWhole: boolean;
  readonly maxBytes: number;
  readonly declared: { readonly delimiter: string | undefined; readonly quote: string | undefined };
  readonly width: number | undefined;
};

/** In this order when several fit equally well. */
const DELIMITERS = [',', ';', '\t', '|'];
const RECORDS = 200;

/**
 * The delimiter that gives most of the first records as many fields as the first one has, and more than one; a comma when
 * none does so for half of them. The quote is `"` unless `'` makes more records fit, or quotes a field in each of them while `"` quotes none.
 */
export function detectDialect(question: DialectQuestion): Dialect {
  const { declared } = question;
  const quotes = declared.quote === undefined ? ['"', "'"] : [declared.quote];
  const delimiters = declared.delimiter === undefined ? DELIMITERS : [declared.delimiter];
  const best = quotes
    .filter((quote) => delimiters.some((delimiter) => delimiter !== quote))
    .map((quote) => bestDelimiter(question, quote, delimiters));
  const [usual, other] = best;
  const { delimiter, quote } = other !== undefined && isBetter(other, usual!) ? other : usual!;
  return { delimiter, quote };
}

function isBetter(other: Trial, usual: Trial): boolean {
  if (other.problems > 0 || other.quoted === 0 || usual.quoted > 0) return false;
  return other.fitting > usual.fitting || other.quoted >= other.records - 1;
}

type Trial = Dialect & Counts;
type Counts = { fitting: number; records: number; problems: number; quoted: number };

function bestDelimiter(question: DialectQuestion, quote: string, delimiters: readonly string[]): Trial {
  const trials = delimiters
    .filter((delimiter) => delimiter !== quote)
    .map((delimiter) => ({ delimiter, quote, ...tryOut(question, delimiter, quote) }));
  // What fits less than half of the records says nothing.
  const weight = ({ fitting, records }: Counts) => (2 * fitting > records ? fitting / records : 0);
  return trials.reduce((best, trial) => (weight(trial) > weight(best) ? trial : best));
}

/** Reads the first records in this way; `quoted` counts records with a quoted field. */
function tryOut({ head, isWhole, maxBytes, width }: DialectQuestion, delimiter: string, quote: string): Counts {
  const form = csvForm(delimiter, quote, maxBytes);
  const found = emptyFound();
  const counts: Counts = { fitting: 0, records: 0, problems: 0, quoted: 0 };
  let wanted = width;
  for (let at = 0; at < head.length && counts.records < RECORDS; at = found.next) {
    if (!scanRecord(head, at, isWhole, form, found)) break;
    if (found.problem !== undefined) counts.problems += 1;
    if (found.next < 0) break;
    if (found.problem !== undefined || found.end === at) continue;
    wanted ??= found.fields;
    counts.records += 1;
    if (found.isQuoted) counts.quoted += 1;
    if (wanted > 1 && found.fields === wanted) counts.fitting += 1;
  }
  return counts;
}
