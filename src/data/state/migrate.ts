import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../lib/app-error.ts';
import type { Migration } from './migrations.ts';
import { inTransaction } from './transaction.ts';

type Applied = { readonly number: number; readonly name: string; readonly checksum: string };

/**
 * Brings the schema up to the last of `migrations`, each in a transaction of its own with its checksum. What was
 * applied is read inside that transaction, so that of two processes that open one file one migrates and one waits.
 * Throws `state.unavailable` when a step was changed after it ran here, or when a newer version of the service ran one.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[], clock: () => Date): void {
  inTransaction(database, () =>
    database.exec(`create table if not exists migrations
      (number integer primary key, name text not null, checksum text not null, applied_at text not null) strict`),
  );
  inTransaction(database, () => refuseUnknownMigrations(database, migrations));
  for (const migration of migrations) {
    inTransaction(database, () => {
      if (applied(database).some(({ number }) => number === migration.number)) return;
      database.exec(migration.sql);
      database
        .prepare('insert into migrations (number, name, checksum, applied_at) values (?, ?, ?, ?)')
        .run(migration.number, migration.name, checksumOf(migration), clock().toISOString());
    });
  }
}

/** Hex SHA-256 of the step's text. */
export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

/** Throws `state.unavailable` when the file had steps that are not these. */
export function refuseUnknownMigrations(database: DatabaseSync, migrations: readonly Migration[]): void {
  for (const row of applied(database)) {
    const known = migrations.find(({ number }) => number === row.number);
    const step = `migration ${row.number} "${row.name}"`;
    if (known === undefined)
      throw new AppError(
        'state.unavailable',
        `${step} is not known: a newer version of the service wrote these records (this one knows ${migrations.length}). ` +
          'Start that version, or use another DATA_DIR.',
      );
    if (checksumOf(known) !== row.checksum)
      throw new AppError(
        'state.unavailable',
        `${step} was changed after it had been applied here. Restore its text, and add a new migration instead.`,
      );
  }
}

function applied(database: DatabaseSync): readonly Applied[] {
  const rows = database.prepare('select number, name, checksum from migrations order by number').all();
  return rows.map(({ number, name, checksum }) => ({
    number: Number(number),
    name: String(name),
    checksum: String(checksum),
  }));
}
