import { AppError } from '../../lib/app-error.ts';

const BUSY = 5;

/** What an operator can do something about, by SQLite's primary result code; all others are mistakes of ours and pass unchanged. */
const SQLITE_REASONS: Readonly<Record<number, string>> = {
  [BUSY]: 'another process holds it locked',
  8: 'it is read-only',
  10: 'reading or writing it failed',
  11: 'it is damaged; restore it from a backup, or move it away to start without its records',
  13: 'the disk is full',
  14: 'it cannot be opened; its folder must exist and be writable',
  26: 'it is not a SQLite file; restore it from a backup, or move it away to start without its records',
};

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; file and folder must be writable for the user that runs the service',
  EPERM: 'permission denied; file and folder must be writable for the user that runs the service',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
};

/** Runs `work`; a failure that comes from the file or the disk becomes `state.unavailable` with the file and the reason. */
export function withClearErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new AppError('state.unavailable', `${file}: ${reason}`, { cause: error });
  }
}

/** Whether SQLite refused because another connection holds the lock. */
export function isLocked(error: unknown): boolean {
  return sqliteCode(error) === BUSY;
}

function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = sqliteCode(error);
  if (code !== undefined) return SQLITE_REASONS[code];
  return 'code' in error && typeof error.code === 'string' ? SYSTEM_REASONS[error.code] : undefined;
}

/** SQLite's primary result code. */
function sqliteCode(error: unknown): number | undefined {
  const isOurs = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isOurs ? Number(error.errcode) & 0xff : undefined;
}
