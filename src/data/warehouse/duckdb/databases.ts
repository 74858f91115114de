import { AppError } from '../../../lib/app-error.ts';
import type { Tenant } from '../tenant.ts';
import type { Database } from './database.ts';
import { isFatal, translate } from './errors.ts';

/** The open databases, one per tenant. */
export type Databases = {
  /** The tenant's database, opened by the first caller; the others wait for it. One that cannot be opened is tried again by the next caller. */
  of(tenant: Tenant): Promise<Database>;
  opened(): readonly Database[];
  /** The error of ours for what the engine threw. After a fatal one the database is closed, and opened anew by the next caller. */
  explain(tenant: Tenant, database: Database, cause: unknown): AppError;
  close(reason: AppError): Promise<void>;
};

export function createDatabases(open: (tenant: Tenant) => Promise<Database>): Databases {
  const opening = new Map<string, Promise<Database>>();
  const opened = new Map<string, Database>();
  const closing = new Map<string, Promise<void>>();
  let closed: AppError | undefined;

  const openOnce = async (tenant: Tenant): Promise<Database> => {
    try {
      // Two handles of one file must not meet: closing the first would take the lock of the second away.
      await closing.get(tenant.id);
      const database = await open(tenant);
      if (closed !== undefined) {
        await database.close(closed);
        throw closed;
      }
      opened.set(tenant.id, database);
      return database;
    } catch (cause) {
      opening.delete(tenant.id);
      throw cause;
    }
  };

  const discard = (tenant: Tenant, database: Database) => {
    if (opened.get(tenant.id) !== database) return;
    opened.delete(tenant.id);
    opening.delete(tenant.id);
    const reason = new AppError('warehouse.unavailable', 'The database is opened again after a failed write.', {
      headers: { 'retry-after': '1' },
    });
    closing.set(tenant.id, database.close(reason));
  };

  return {
    of(tenant) {
      if (closed !== undefined) return Promise.reject(closed);
      const known = opening.get(tenant.id) ?? openOnce(tenant);
      opening.set(tenant.id, known);
      return known;
    },
    opened: () => [...opened.values()],
    explain(tenant, database, cause) {
      if (isFatal(cause)) discard(tenant, database);
      return translate(cause, database.file);
    },
    async close(reason) {
      closed = reason;
      await Promise.all([...closing.values(), ...[...opened.values()].map((database) => database.close(reason))]);
      await Promise.allSettled(opening.values());
      opened.clear();
    },
  };
}
