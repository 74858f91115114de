import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import { isFatal, translate, translateOpening } from './errors.ts';

describe('translate', () => {
  it.each([
    ['Binder Error: Referenced column "x" not found', 'warehouse.failed'],
    ['INTERRUPT Error: Interrupted!', 'statement.cancelled'],
    ['Out of Memory Error: could not allocate block of size 256.0 KiB', 'statement.out_of_memory'],
    [
      "Out of Memory Error: failed to offload data block\nThis limit was set by the 'max_temp_directory_size' setting.",
      'statement.out_of_memory',
    ],
    ['IO Error: Could not write file "x": No space left on device', 'warehouse.disk_full'],
    ['FATAL Error: Failed to create checkpoint because of error: No space left on device', 'warehouse.disk_full'],
    ['FATAL Error: Failed: database has been invalidated because of a previous fatal error.', 'warehouse.unavailable'],
    ['Failed to query: connection disconnected', 'warehouse.unavailable'],
  ])('%s', (words, code) => {
    const cause = new Error(words);
    expect(translate(cause, '/data/x.duckdb')).toMatchObject({ code, cause });
  });

  it('passes an error of ours, and takes what is no Error', () => {
    const own = new AppError('limit.rows', 'too many');
    expect(translate(own, 'x')).toBe(own);
    expect(translate('words', 'x')).toMatchObject({ code: 'warehouse.failed', cause: 'words' });
  });
});

describe('translateOpening', () => {
  it.each([
    ['IO Error: Could not set lock on file "x": Conflicting lock is held', 'warehouse.locked'],
    ['IO Error: Could not write file "x": No space left on device', 'warehouse.disk_full'],
    ['IO Error: Trying to read a database file with version number 99', 'warehouse.unavailable'],
    ['IO Error: Cannot open file "x": Permission denied', 'warehouse.unavailable'],
  ])('%s', (words, code) => {
    expect(translateOpening(new Error(words), 'x')).toMatchObject({ code });
  });
});

describe('isFatal', () => {
  it('says after which errors the database must be opened anew', () => {
    expect(isFatal(new Error('FATAL Error: Failed to create checkpoint'))).toBe(true);
    expect(isFatal(new Error('Binder Error: no'))).toBe(false);
    expect(isFatal('FATAL Error')).toBe(false);
  });
});
