import { unknownObject } from './errors.ts';
import { saying } from './execute.ts';
import type { World } from './perform.ts';
import type { Answer } from './results.ts';
import { nameSession, type Session } from './sessions.ts';
import type { SessionCommand } from './sql/session.ts';
import { settle } from './transactions.ts';

type Command = Exclude<SessionCommand, { kind: 'show' | 'describe' }>;

/** USE, ALTER SESSION, BEGIN, COMMIT, ROLLBACK. */
export async function runCommand(session: Session, command: Command, world: World): Promise<Answer> {
  if (command.kind === 'use') await use(session, command, world);
  else if (command.kind === 'parameter') setParameter(session, command.name, command.value);
  else if (command.kind === 'begin') {
    // A BEGIN within a transaction does nothing, as COMMIT and ROLLBACK without one.
    if (!session.isInTransaction) await session.connection.run('begin transaction');
    session.isInTransaction = true;
  } else if (session.isInTransaction) {
    session.isInTransaction = false;
    let isKept = false;
    try {
      await session.connection.run(command.kind);
      isKept = command.kind === 'commit';
    } finally {
      await settle(session, world, isKept);
    }
  }
  return saying('Statement executed successfully.');
}

function setParameter({ parameters }: Session, name: string, value: string | undefined): void {
  if (value === undefined) parameters.delete(name);
  else parameters.set(name, value);
}

async function use(session: Session, { what, name }: Extract<Command, { kind: 'use' }>, world: World): Promise<void> {
  const [last, database = session.database] = name.toReversed();
  if (what === 'ROLE' && session.user.roles?.includes(last!) !== true) throw unknownObject(last!, 'Role');
  if (what === 'WAREHOUSE' && !world.access.warehouses.has(last!)) throw unknownObject(last!);
  if (what === 'DATABASE' && !(last! in world.settled.databases)) throw unknownObject(last!, 'Database');
  if (what === 'ROLE') session.role = last!;
  if (what === 'WAREHOUSE') session.warehouse = last!;
  if (what === 'DATABASE') Object.assign(session, { database: last!, schema: 'PUBLIC' });
  if (what === 'SCHEMA') Object.assign(session, { database, schema: last! });
  await nameSession(session, world.settled);
}
