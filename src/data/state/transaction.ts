import type { DatabaseSync } from 'node:sqlite';

/**
 * `work` in one transaction that holds the write lock from its start: all of it is stored when this returns, nothing
 * when it throws. `work` is synchronous, so that no other statement of this process falls between.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    // SQLite has rolled back already after some errors, a full disk among them.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
