import type { TableDescription } from '../../warehouse/port.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { CORE_TABLES } from '../core-tables.ts';
import { type DraftEntry, leftOver } from './draft-entry.ts';
import { type Guess, guessColumns } from './guess-columns.ts';
import { joinedTexts } from './joined-texts.ts';
import type { KeyedTable } from './guess-tables.ts';
import { wordsIn } from './words.ts';

/** The address of a table as a catalog writes it: parts with a dot in them are quoted. */
export function addressOf({ path }: TableDescription): string {
  return path.map((part) => (/^[^".\s]+$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');
}

/** The entry of the customers or the products. */
export function draftKeyed(
  kind: 'customers' | 'products',
  { table, key, reason }: KeyedTable,
  dialect: Dialect,
): DraftEntry {
  const columns = new Map<string, Guess>([[CORE_TABLES[kind].key, { column: key.name, reason: 'the key' }]]);
  const rest = table.columns.filter((column) => column !== key);
  for (const [name, guess] of guessColumns(kind, rest)) columns.set(name, guess);
  const parts = ['first name', 'last name'].map((words) =>
    rest.find((column) => wordsIn(column.name).join(' ') === words),
  );
  if (kind === 'customers' && !hasFullName(columns) && parts.every((part) => part !== undefined)) {
    const uses = parts.map((part) => part.name);
    columns.set('customer_name', {
      expression: joinedTexts(' ', uses, dialect),
      uses,
      reason: 'first and last name',
    });
  }
  return { reason, table: addressOf(table), columns, attributes: leftOver(kind, table.columns, columns) };
}

function hasFullName(columns: ReadonlyMap<string, Guess>): boolean {
  const name = columns.get('customer_name');
  return name !== undefined && 'column' in name && !/first|last/i.test(name.column);
}
