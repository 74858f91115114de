import type { Dialect } from '../../sql/dialect.ts';
import type { TableDescription } from '../../warehouse/port.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../core-tables.ts';
import { freeName } from '../free-name.ts';
import type { CoreTableName } from '../model.ts';
import { type DraftAttribute, type DraftDataset, type DraftEntry, personal } from './draft-entry.ts';
import { addressOf, draftKeyed } from './draft-keyed.ts';
import { draftRelationship } from './draft-relationship.ts';
import { guessTables, type TableGuesses } from './guess-tables.ts';
import { tableName } from './keys.ts';
import { looksPersonal } from './words.ts';
import { writeDraft } from './write-draft.ts';

/** A drafted catalog: its text, and the core tables that no table of the warehouse looks like. */
export type Draft = { readonly text: string; readonly missing: readonly CoreTableName[] };

/**
 * A catalog for a warehouse, guessed from the names and types of its tables and columns; no row is read. Every guess
 * has its reason beside it. It passes the check when nothing is missing. `from` says in its first line what was read.
 */
export function draftCatalog(described: readonly TableDescription[], dialect: Dialect, from: string): Draft {
  const tables = described
    .map(withNamedColumns)
    .filter(({ path, columns }) => path.every(isName) && columns.length > 0);
  const managed = tables.filter((table) => isManaged(table, dialect));
  const isAllManaged = managed.length === CORE_TABLE_NAMES.length;
  const guesses = guessTables(isAllManaged ? [] : tables);
  const core = isAllManaged
    ? new Map(managed.map((table) => managedEntry(table, dialect)))
    : guessedEntries(guesses, dialect);
  const { customers, products, relationships } = guesses;
  const used = isAllManaged ? managed : [customers?.table, products?.table, relationships?.lines];
  const datasets = draftDatasets(tables.filter((table) => !used.includes(table)));
  return {
    text: writeDraft(core, datasets, from),
    missing: CORE_TABLE_NAMES.filter((name) => !core.has(name)),
  };
}

/** A catalog cannot name what is called by blanks alone. */
const isName = (name: string) => /\S/.test(name);

function withNamedColumns(table: TableDescription): TableDescription {
  return { ...table, columns: table.columns.filter(({ name }) => isName(name)) };
}

function isManaged(table: TableDescription, { fold }: Dialect): boolean {
  const core = CORE_TABLE_NAMES.find((name) => table.path.length === 1 && tableName(table) === fold(name));
  const names = new Set(table.columns.map(({ name }) => name));
  return core !== undefined && CORE_TABLES[core].columns.every(({ name }) => names.has(fold(name)));
}

function managedEntry(table: TableDescription, { fold }: Dialect): [CoreTableName, DraftEntry] {
  const core = CORE_TABLE_NAMES.find((name) => fold(name) === tableName(table))!;
  const names = new Set(CORE_TABLES[core].columns.map(({ name }) => fold(name)));
  const extra = table.columns.filter(({ name }) => !names.has(name));
  const oursOf = (name: string) => (fold(name.toLowerCase()) === name ? name.toLowerCase() : name);
  const attributes = new Map(
    extra.map(({ name, type }): [string, DraftAttribute] => [oursOf(name), { type, ...personal(name) }]),
  );
  return [core, { reason: 'managed: the table of the service itself', columns: new Map(), attributes }];
}

function guessedEntries(guesses: TableGuesses, dialect: Dialect): Map<CoreTableName, DraftEntry> {
  const entries = new Map<CoreTableName, DraftEntry>();
  if (guesses.customers !== undefined) entries.set('customers', draftKeyed('customers', guesses.customers, dialect));
  if (guesses.products !== undefined) entries.set('products', draftKeyed('products', guesses.products, dialect));
  if (guesses.relationships !== undefined) {
    entries.set('customer_products', draftRelationship(guesses.relationships, dialect));
  }
  return entries;
}

function draftDatasets(tables: readonly TableDescription[]): Map<string, DraftDataset> {
  const taken = new Set<string>(CORE_TABLE_NAMES);
  return new Map(
    tables.map((table) => {
      const columns = table.columns.map(({ name }) => name).filter(looksPersonal);
      return [freeName(table.path.join('_'), taken), { table: addressOf(table), personal: columns }];
    }),
  );
}
