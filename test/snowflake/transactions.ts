import type { World } from './perform.ts';
import type { Session } from './sessions.ts';

/** A statement that fails leaves Snowflake's transaction as it was; DuckDB's is lost (1.5.5), so it is made again. */
export async function recover({ connection, done, isInTransaction }: Session): Promise<void> {
  if (!isInTransaction) return;
  await connection.run('rollback');
  await connection.run('begin transaction');
  for (const work of done) await work();
}

/** After a transaction: locks are given back, and what it changed is noted unless it was rolled back. */
export async function settle(session: Session, { engine, locks }: World, isKept: boolean): Promise<void> {
  if (isKept && session.changed.size > 0) await engine.noteChanges(session.changed);
  session.changed.clear();
  session.done.length = 0;
  locks.release(session);
}
