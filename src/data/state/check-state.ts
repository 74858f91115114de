import { DatabaseSync } from 'node:sqlite';
import { withClearErrors } from './clear-error.ts';
import { refuseUnknownMigrations } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';

/** Throws `state.unavailable` when `openState` would refuse the file, which is not changed. */
export function checkState(file: string): void {
  withClearErrors(file, () => {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      refuseUnknownMigrations(database, MIGRATIONS);
    } finally {
      database.close();
    }
  });
}
