import { addDays, daysBetween } from '../../../analysis/period.ts';
import { AppError } from '../../../lib/app-error.ts';

/** Days of two splits of the same length, each a day on which something ends. */
export type SplitDays = {
  /** First day of what is to be found. */
  readonly cut: string;
  /** The same of the split before, on which parameters are chosen. */
  readonly validationCut: string;
  /** Last day of what was had before either cut, and asOf. */
  readonly ends: readonly [validation: string, test: string, asOf: string];
};

/** As far ahead as next products look, so that the default is what their model was chosen by. */
const DEFAULT_DAYS = 90;

/** Throws request.invalid for a cut after asOf, or so early that there is no day before it. */
export function splitDays(given: string | undefined, asOf: string): SplitDays {
  const cut = given ?? addDays(asOf, 1 - DEFAULT_DAYS);
  if (cut > asOf) throw invalid(`must be at most asOf, ${asOf}: nothing starts after it`);
  const length = daysBetween(cut, asOf) + 1;
  if (daysBetween(FIRST_DAY, cut) <= length)
    throw invalid(`is too early: the split before it would begin before the year 1`);
  const validationCut = addDays(cut, -length);
  return { cut, validationCut, ends: [addDays(validationCut, -1), addDays(cut, -1), asOf] };
}

/** Days before it are not kept. */
const FIRST_DAY = '0001-01-01';

function invalid(detail: string): AppError {
  return new AppError('request.invalid', `?cut ${detail}`, { errors: [{ pointer: '?cut', detail }] });
}
