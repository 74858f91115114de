import { type DuckDBConnection, type DuckDBPreparedStatement, LIST, VARCHAR } from '@duckdb/node-api';
import { bindRows, bindTo, isBulk, type Bindings, type BoundValue } from './binds.ts';
import { duplicateRow } from './errors.ts';
import type { Session } from './sessions.ts';
import { type Answer, collect, plainAnswer, STATEMENT_TYPES } from './results.ts';
import { keyOf } from './sql/names.ts';
import type { Define, Write } from './sql/statement.ts';
import { plainColumn } from './types/encode.ts';

/** How an answer is cut, and what replaces VARIANT cells. */
export type Cutting = { readonly inlineRows: number; readonly chunkRows: number; readonly cell: string | undefined };

async function prepared(connection: DuckDBConnection, text: string, values: readonly BoundValue[]) {
  const statement = await connection.prepare(text);
  bindTo(statement, values);
  return statement;
}

export async function runQuery(
  { connection }: Session,
  text: string,
  bindings: Bindings | undefined,
  { inlineRows, chunkRows, cell }: Cutting,
): Promise<Answer> {
  const statement = await prepared(connection, text, bindRows(bindings)[0]!);
  return collect(await statement.stream(), inlineRows, chunkRows, cell);
}

const COUNTS: Readonly<Record<Write['kind'], readonly string[]>> = {
  insert: ['number of rows inserted'],
  update: ['number of rows updated', 'number of multi-joined rows updated'],
  delete: ['number of rows deleted'],
  merge: ['number of rows inserted', 'number of rows updated'],
};

/** Runs an INSERT, UPDATE, DELETE or MERGE, once for each row of binds, all or none. */
export async function runWrite(session: Session, write: Write, bindings: Bindings | undefined): Promise<Answer> {
  const rows = bindRows(bindings);
  const work = () => writeRows(session.connection, write, rows);
  const needsTransaction = isBulk(bindings) && !session.isInTransaction;
  const counts = await (needsTransaction ? inTransaction(session.connection, work) : work());
  session.changed.add(keyOf(write.target));
  const names = COUNTS[write.kind];
  return plainAnswer(
    names.map((name) => plainColumn(name, 'fixed')),
    [names.map((_, i) => String(counts[i] ?? 0))],
    STATEMENT_TYPES[write.kind],
  );
}

async function writeRows(connection: DuckDBConnection, write: Write, rows: readonly (readonly BoundValue[])[]) {
  if (write.bulk !== undefined && rows.length > 1) return [await writeLists(connection, write.bulk, rows), 0];
  const statement = await connection.prepare(write.text);
  const counts = [0, 0];
  for (const row of rows) {
    if (write.guard !== undefined) await refuseDuplicates(connection, write.guard, row);
    bindTo(statement, row);
    if (write.kind === 'merge') await addActions(statement, counts);
    else counts[0]! += (await statement.run()).rowsChanged;
  }
  return counts;
}

async function writeLists(connection: DuckDBConnection, text: string, rows: readonly (readonly BoundValue[])[]) {
  const statement = await connection.prepare(text);
  for (let i = 1; i <= statement.parameterCount; i += 1) {
    const number = Number(statement.parameterName(i));
    statement.bindList(
      i,
      rows.map((row) => row[number - 1]?.value ?? null),
      LIST(VARCHAR),
    );
  }
  return (await statement.run()).rowsChanged;
}

async function addActions(statement: DuckDBPreparedStatement, counts: number[]): Promise<void> {
  const reader = await statement.runAndReadAll();
  for (const [action] of reader.getRows()) counts[action === 'INSERT' ? 0 : 1]! += 1;
}

async function refuseDuplicates(
  connection: DuckDBConnection,
  guard: string,
  row: readonly BoundValue[],
): Promise<void> {
  const reader = await (await prepared(connection, guard, row)).runAndReadAll();
  if (reader.currentRowCount > 0) throw duplicateRow();
}

export async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin transaction');
  try {
    const value = await work();
    await connection.run('commit');
    return value;
  } catch (error) {
    await connection.run('rollback');
    throw error;
  }
}

/** CREATE, ALTER, DROP, TRUNCATE. */
export async function runDefine(session: Session, { texts, says, target, temporary }: Define): Promise<Answer> {
  for (const text of texts) await session.connection.run(text);
  if (target !== undefined) session.changed.add(keyOf(target));
  if (target !== undefined && temporary === 'made') session.temporary.add(keyOf(target));
  if (target !== undefined && temporary === 'dropped') session.temporary.delete(keyOf(target));
  return saying(says, STATEMENT_TYPES.define);
}

export const saying = (text: string, type: number = STATEMENT_TYPES.session) =>
  plainAnswer([plainColumn('status')], [[text]], type);
