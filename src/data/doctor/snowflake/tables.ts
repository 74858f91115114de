import { AppError } from '../../../lib/app-error.ts';
import { type Finding, lacking, well, wrong } from '../finding.ts';
import type { Account } from './account.ts';
import { addressed, shown } from './names.ts';
import { type NamedTable, namesOf } from './named-tables.ts';
import { grantsFor, type Need, type Rights } from './rights.ts';

/**
 * Whether the tables can be read. That is tried, not looked up: there are more ways to be granted something than can be
 * listed. Compiling a statement needs no virtual warehouse.
 */
export async function readFinding(tables: readonly NamedTable[], account: Account, rights: Rights): Promise<Finding> {
  const unread: NamedTable[] = [];
  for (const table of tables) if (!(await isReadable(table, account))) unread.push(table);
  const missing = unread.filter(({ isManaged, isSeen }) => isSeen || !isManaged);
  const toMake = unread.filter((table) => !missing.includes(table));
  const { database, schema, role } = account;
  const making: Need = { privilege: 'CREATE TABLE', kind: 'SCHEMA', name: addressed(database, schema) };
  const mayMake = toMake.length === 0 || rights.has(making);
  const needs = [...needed(missing, account, rights), ...(mayMake ? [] : [making])];
  const waits = toMake.length === 0 ? '' : `; ${namesOf(toMake)} ${mayMake ? 'are' : 'cannot be'} made at the start`;
  if (missing.length > 0) {
    const says = `${namesOf(missing)}: not there, or role ${shown(role)} may not read`;
    return wrong('tables', `${says}${waits}`, grantsFor(needs, role));
  }
  const says = `${tables.length - toMake.length} can be read${waits}`;
  return mayMake ? well('tables', says) : wrong('tables', says, grantsFor(needs, role));
}

async function isReadable({ address }: NamedTable, { warehouse, owner }: Account): Promise<boolean> {
  try {
    await warehouse.describe(owner, `select * from ${address}`);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'warehouse.forbidden') return false;
    throw error;
  }
}

/** To read a table, its database and its schema have to be usable too. */
function needed(tables: readonly NamedTable[], { database }: Account, rights: Rights): readonly Need[] {
  const usable = tables.flatMap(({ schema }): Need[] => [
    { privilege: 'USAGE', kind: 'DATABASE', name: shown(database) },
    { privilege: 'USAGE', kind: 'SCHEMA', name: addressed(database, schema) },
  ]);
  const distinct = [...new Map(usable.map((need) => [need.name, need])).values()];
  return [
    ...distinct.filter((need) => !rights.has(need)),
    ...tables.map(({ kind, address: name }): Need => ({ privilege: 'SELECT', kind, name })),
  ];
}

const CHANGES = ['INSERT', 'UPDATE', 'DELETE'];

/** Whether records can be written: tables of the service have to be; your own may be read only, which is said. */
export function writeFinding(tables: readonly NamedTable[], rights: Rights, role: string): Finding {
  const needsOf = ({ kind, address: name }: NamedTable) =>
    CHANGES.map((privilege): Need => ({ privilege, kind, name })).filter((need) => !rights.has(need));
  const written = tables.filter(({ core, isSeen, kind }) => core !== undefined && isSeen && kind === 'TABLE');
  const closed = written.filter((table) => needsOf(table).length > 0);
  if (written.length === 0) return well('writing', 'no table to write yet');
  if (closed.length === 0) return well('writing', `${written.map(({ core }) => core).join(', ')} can be written`);
  const says = `role ${shown(role)} may not write ${namesOf(closed)}`;
  const advice = grantsFor(closed.flatMap(needsOf), role);
  if (closed.some(({ isManaged }) => isManaged)) return wrong('writing', says, advice);
  return lacking('writing', `${says}: they are read only, and writes are refused`, advice);
}
