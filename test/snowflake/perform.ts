import { needsWarehouse, type Access } from './access.ts';
import type { Bindings } from './binds.ts';
import { runCommand } from './commands.ts';
import type { Engine } from './engine.ts';
import { type Cutting, runDefine, runQuery, runWrite, saying } from './execute.ts';
import { runCopy } from './load.ts';
import type { Locks } from './locks.ts';
import type { Settled } from './options.ts';
import { type Answer, plainAnswer, STATEMENT_TYPES } from './results.ts';
import { scopeOf, type Session } from './sessions.ts';
import { runDescribe, runShow } from './show.ts';
import { keyOf } from './sql/names.ts';
import { type Stage, type Statement, translate } from './sql/statement.ts';
import type { Stages } from './stage.ts';
import { settle } from './transactions.ts';

/** What statements work on. */
export type World = {
  readonly engine: Engine;
  readonly stages: Stages;
  readonly locks: Locks;
  readonly access: Access;
  readonly settled: Settled;
  readonly url: string;
};
export type Asked = {
  readonly sql: string;
  readonly bindings: Bindings | undefined;
  readonly bindStage: string | undefined;
  readonly cutting: Cutting;
};

/** How a statement waits: `enter` takes a place on the warehouse and resolves with what gives it back. */
export type Control = {
  readonly signal: AbortSignal;
  readonly started: () => void;
  readonly enter: () => Promise<() => void>;
};

/** Carries out one statement of a session: translate, check rights, lock, take a place, run, note what changed. */
export async function perform(session: Session, asked: Asked, world: World, control: Control): Promise<Answer> {
  const translated = translate(asked.sql, { ...scopeOf(session), now: world.settled.now() });
  const { statement } = translated;
  world.access.check(session, translated);
  if (needsWarehouse(translated)) world.access.checkWarehouse(session);
  if ('target' in statement && statement.target !== undefined) {
    await world.locks.acquire(session, keyOf(statement.target), control.signal);
  }
  try {
    // Only after the lock: who holds it needs a place to come to its end.
    const leave = needsWarehouse(translated) ? await control.enter() : () => {};
    control.started();
    const work = () => run(session, statement, asked, world);
    const answer = await work().finally(leave);
    if (session.isInTransaction && 'target' in statement) session.done.push(work);
    return answer;
  } finally {
    if (!session.isInTransaction) await settle(session, world, true);
  }
}

async function run(session: Session, statement: Statement, asked: Asked, world: World): Promise<Answer> {
  const bindings =
    asked.bindStage === undefined ? asked.bindings : stagedBindings(asked.bindStage, session, world.stages);
  switch (statement.kind) {
    case 'query':
      return runQuery(session, statement.text, bindings, asked.cutting);
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return runWrite(session, statement, bindings);
    case 'define':
      return runDefine(session, statement);
    case 'copy':
      return runCopy(session, statement, world.stages);
    case 'put':
      return {
        ...plainAnswer([], [], STATEMENT_TYPES.session),
        transfer: world.stages.transfer(statement, session, world.url),
      };
    case 'stage':
      return runStage(session, statement, world.stages);
    case 'show':
      return runShow(statement, session, world.access);
    case 'describe':
      return runDescribe(statement.table, session);
    case 'use':
    case 'parameter':
    case 'begin':
    case 'commit':
    case 'rollback':
      return runCommand(session, statement, world);
  }
}

/** Binds of a bulk statement that the driver has put into its stage; what they are is for the columns to say. */
function stagedBindings(reference: string, session: Session, stages: Stages): Bindings {
  const rows = stages.bindRows(reference, session);
  const columns = rows[0] ?? [];
  return Object.fromEntries(
    columns.map((_, i) => [String(i + 1), { type: 'TEXT', value: rows.map((row) => row[i] ?? null) }]),
  );
}

function runStage(session: Session, { name, action }: Stage, stages: Stages): Answer {
  stages[action === 'drop' ? 'drop' : 'create'](name, session);
  return saying(`Stage area ${name} successfully ${action === 'drop' ? 'dropped' : 'created'}.`);
}
