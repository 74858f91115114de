import { AppError } from '../../lib/app-error.ts';

/** Most rows that a transaction reads: the service's own questions, which a small RESULT_ROWS must not break. */
export const OWN_ROWS = 100_000;

export function tooManyRows(maxRows: number): AppError {
  return new AppError('limit.rows', `The answer has more than ${maxRows} rows.`);
}
