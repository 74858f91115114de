import { basename } from 'node:path';
import { AppError } from '../../../lib/app-error.ts';
import type { ErrorCode } from '../../../lib/error-catalog.ts';

type Meaning = { when: RegExp; code: ErrorCode; detail: (file: string) => string };

/** What the engine's words mean to a client while a statement runs; the first that fits. The words themselves stay in `cause`. */
const RUNNING: readonly Meaning[] = [
  {
    when: /No space left on device|disk quota exceeded/i,
    code: 'warehouse.disk_full',
    detail: (file) => `There is no space left to write ${basename(file)} or to spill intermediate results.`,
  },
  {
    when: /max_temp_directory_size/,
    code: 'statement.out_of_memory',
    detail: () => 'Intermediate results fit neither into MEMORY_LIMIT nor into SPILL_BYTES.',
  },
  {
    when: /^Out of Memory Error/,
    code: 'statement.out_of_memory',
    detail: () => 'The statement needs more memory than MEMORY_LIMIT.',
  },
  { when: /INTERRUPT Error/, code: 'statement.cancelled', detail: () => 'The statement was stopped.' },
  {
    when: /database has been invalidated|connection disconnected|instance closed/,
    code: 'warehouse.unavailable',
    detail: () => 'The database was closed after a failed write; the next statement opens it again.',
  },
  { when: /(?:)/, code: 'warehouse.failed', detail: () => 'The statement could not be run.' },
];

const OPENING: readonly Meaning[] = [
  {
    when: /Could not set lock on file/,
    code: 'warehouse.locked',
    detail: (file) => `Another process has ${file} open.`,
  },
  RUNNING[0]!,
  {
    when: /not a valid DuckDB database file|database file with version|corrupt|checksum/i,
    code: 'warehouse.unavailable',
    detail: (file) => `${file} is not a database that this version can read.`,
  },
  {
    when: /(?:)/,
    code: 'warehouse.unavailable',
    detail: (file) => `${file} cannot be opened: its folder is missing, or it may not be read or written.`,
  },
];

/** The error of ours for what the engine threw while a statement ran; one of ours passes unchanged. */
export function translate(cause: unknown, file: string): AppError {
  return explain(RUNNING, cause, file);
}

/** The same for what it threw while `file` was opened. */
export function translateOpening(cause: unknown, file: string): AppError {
  return explain(OPENING, cause, file);
}

/** A checkpoint that could not be written leaves a database that answers nothing any more: it must be opened anew. */
export function isFatal(cause: unknown): boolean {
  return cause instanceof Error && /FATAL Error|database has been invalidated/.test(cause.message);
}

function explain(meanings: readonly Meaning[], cause: unknown, file: string): AppError {
  if (cause instanceof AppError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const { code, detail } = meanings.find(({ when }) => when.test(words))!;
  const headers = code === 'warehouse.locked' || code === 'warehouse.unavailable' ? { 'retry-after': '5' } : {};
  return new AppError(code, detail(file), { cause, headers });
}
